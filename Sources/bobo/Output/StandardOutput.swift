import BoboEngine
import Foundation

/// Results as lines to a file or to standard output, in large pieces; on a terminal line by line.
final class LineWriter {
    private let descriptor: Int32
    private let isTerminal: Bool
    private var buffer = LineBuffer(capacity: LineWriter.pieceSize + 1 << 14)
    /// The system writes whole pages for less, and many that stand together for less still.
    private static let pieceSize = 1 << 17

    /// Why results cannot be written.
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let code: Int32

        var description: String { "\(path) cannot be written: \(String(cString: strerror(code)))" }
        /// Whoever read standard output has gone, as `head` does: no fault.
        var isBrokenPipe: Bool { code == EPIPE }
    }

    private let path: String

    /// - Parameter path: `-` for standard output.
    init(path: String = "-") throws {
        self.path = path == "-" ? "standard output" : path
        descriptor =
            path == "-" ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
        isTerminal = isatty(descriptor) == 1
    }

    deinit { if descriptor != STDOUT_FILENO { close(descriptor) } }

    func write(line: [UInt8]) throws {
        buffer.append(line: line)
        try passOn()
    }

    func write(line: String) throws { try write(line: Array(line.utf8)) }

    func write(line event: ComplexEvent) throws {
        buffer.append(line: event)
        try passOn()
    }

    private func passOn() throws {
        if isTerminal { return try flush() }
        let count = buffer.bytes.count
        if count >= LineWriter.pieceSize { try flush(count - count % LineWriter.pieceSize) }
    }

    func flush() throws { try flush(buffer.bytes.count) }

    /// Writes the first bytes of what waits.
    private func flush(_ count: Int) throws {
        var written = 0
        // What cannot be written is gone.
        defer { buffer.removeFirst(count) }
        while written < count {
            let result = Foundation.write(descriptor, buffer.bytes.baseAddress.map { $0 + written }, count - written)
            if result >= 0 {
                written += result
            } else if errno != EINTR {
                throw Failure(path: path, code: errno)
            }
        }
    }
}

/// Says something that is no result.
func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
