/// Pieces of text in one place, each found by its number.
struct BytePieces: ~Copyable {
    private let bytes: ByteBuffer
    /// Where each begins, and where the last ends.
    private let bounds: FixedArray<Int>

    /// - Parameter write: appends the piece of that number.
    init(count: Int, _ write: (Int, inout ByteBuffer) -> Void) {
        var bytes = ByteBuffer()
        var bounds = [0]
        for number in 0..<count {
            write(number, &bytes)
            bounds.append(bytes.count)
        }
        self.bytes = bytes
        self.bounds = FixedArray(bounds)
    }

    /// Good as long as these are there.
    @inline(__always)
    subscript(number: Int) -> UnsafeRawBufferPointer {
        let (from, to) = (bounds[number], bounds[number + 1])
        return UnsafeRawBufferPointer(start: bytes.bytes.baseAddress.map { $0 + from }, count: to - from)
    }
}
