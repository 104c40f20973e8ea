/// Lines on their way to a file, written in place.
package struct LineBuffer: ~Copyable {
    private var lines: ByteBuffer

    package init(capacity: Int) { lines = ByteBuffer(capacity: capacity) }

    package var bytes: UnsafeRawBufferPointer { lines.bytes }

    package mutating func append(line: [UInt8]) {
        lines.append(line)
        lines.append(0x0A)
    }

    package mutating func append(line event: ComplexEvent) {
        lines.append(event)
        lines.append(0x0A)
    }

    package mutating func removeFirst(_ count: Int) { lines.removeFirst(count) }
}
