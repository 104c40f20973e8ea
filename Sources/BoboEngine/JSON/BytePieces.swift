/// Pieces of text, each found by its number, in one place: what is seldom read costs few looks at memory.
struct BytePieces: ~Copyable {
    // At the beginning of a line of the processor's caches, of 64 bytes. Safe: this alone owns the memory, in which `count + 1` bounds stand, where each piece begins and where the last ends, and
    // behind them the bytes. Nothing of it changes.
    private let bounds: UnsafeMutablePointer<UInt32>
    private let count: Int

    /// - Parameter write: appends the piece of that number. All together are less than 4 GB.
    init(count: Int, _ write: (Int, inout ByteBuffer) -> Void) {
        var bytes = ByteBuffer()
        var ends: [Int] = [0]
        for number in 0..<count {
            write(number, &bytes)
            ends.append(bytes.count)
        }
        let head = MemoryLayout<UInt32>.stride * ends.count
        let room = UnsafeMutableRawPointer.allocate(byteCount: head + bytes.count, alignment: 64)
        bounds = room.bindMemory(to: UInt32.self, capacity: ends.count)
        for (number, end) in ends.enumerated() { (bounds + number).initialize(to: UInt32(head + end)) }
        UnsafeMutableRawBufferPointer(start: room + head, count: bytes.count).copyMemory(from: bytes.bytes)
        self.count = count
    }

    deinit { UnsafeMutableRawPointer(bounds).deallocate() }

    /// Where all lies.
    var start: UnsafeRawPointer { UnsafeRawPointer(bounds) }

    /// Good as long as these are there.
    @inline(__always)
    subscript(number: Int) -> UnsafeRawBufferPointer {
        assert(number >= 0 && number < count)
        let (from, to) = (Int(bounds[number]), Int(bounds[number + 1]))
        return UnsafeRawBufferPointer(start: UnsafeRawPointer(bounds) + from, count: to - from)
    }
}
