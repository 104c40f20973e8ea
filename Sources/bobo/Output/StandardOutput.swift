import Foundation

/// Results as lines to a file or to standard output, in large pieces; on a terminal line by line.
final class LineWriter {
    private let descriptor: Int32
    private let isTerminal: Bool
    private var buffer: [UInt8] = []
    private static let pieceSize = 1 << 16

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
        buffer.reserveCapacity(2 * LineWriter.pieceSize)
    }

    deinit { if descriptor != STDOUT_FILENO { close(descriptor) } }

    func write(line: [UInt8]) throws {
        buffer.append(contentsOf: line)
        buffer.append(0x0A)
        if isTerminal || buffer.count >= LineWriter.pieceSize { try flush() }
    }

    func write(line: String) throws { try write(line: Array(line.utf8)) }

    func flush() throws {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes { bytes in
                Foundation.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                buffer.removeAll(keepingCapacity: true)
                throw Failure(path: path, code: errno)
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }
}

/// Says something that is no result.
func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
