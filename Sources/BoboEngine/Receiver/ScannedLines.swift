import CSimdjson

/// Lines of an event file that have been scanned for an engine, on any thread: which fields there are of those that its
/// patterns read.
// Safe: it changes only while it is filled. Whoever has it hands it on as a whole.
package final class ScannedLines: @unchecked Sendable {
    /// Bytes of lines that are scanned at once, and how many lines.
    private static let size = 1 << 16
    private static let lineCount = 4096

    private let parser: PayloadParser
    private let room = FixedArray(count: ScannedLines.lineCount) { _ in bobo_scanned_line() }
    private var text = UnsafeMutableRawBufferPointer.allocate(
        byteCount: ScannedLines.size + EventLineParser.padding, alignment: 64)
    /// Of lines, blank ones and bad ones among them.
    package private(set) var count = 0

    fileprivate init(paths: Paths) { parser = PayloadParser(paths: paths) }

    deinit { text.deallocate() }

    var lines: UnsafePointer<bobo_scanned_line> { UnsafePointer(room.pointer) }

    /// Scans some lines in place of those before.
    /// - Parameter bytes: whole lines, the last with its line break; one at least.
    /// - Returns: of how many bytes.
    package func scan(_ bytes: UnsafeRawBufferPointer) -> Int {
        let taken = UnsafeRawBufferPointer(rebasing: bytes[..<ScannedLines.end(bytes)])
        if text.count < taken.count + EventLineParser.padding {
            text.deallocate()
            text = .allocate(byteCount: taken.count + EventLineParser.padding, alignment: 64)
        }
        text.copyMemory(from: taken)
        text[taken.count...].initializeMemory(as: UInt8.self, repeating: 0)
        parser.begin(lines: UnsafeRawBufferPointer(rebasing: text[..<taken.count]))
        count = parser.nextLines(into: room, values: .max)
        guard count > 0, let start = text.baseAddress, let last = lines[count - 1].line else { return taken.count }
        return UnsafeRawPointer(last) - UnsafeRawPointer(start) + lines[count - 1].line_length + 1
    }

    /// Behind the last line that fits; where none does, behind the first.
    private static func end(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count > size else { return bytes.count }
        let last = bytes[..<size].lastIndex(of: 0x0A) ?? bytes[size...].firstIndex(of: 0x0A)
        return last.map { $0 + 1 } ?? bytes.count
    }
}

extension Engine {
    /// Room for lines that are scanned for this engine's patterns, as they are now.
    package func makeScannedLines() -> ScannedLines { ScannedLines(paths: receiver.paths) }
}
