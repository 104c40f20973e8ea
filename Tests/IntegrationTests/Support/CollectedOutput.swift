import Foundation

/// What a process writes to one of its outputs, collected by a thread as it comes, so that the process never waits.
///
/// Safe to share: all of it is read and changed under `condition` only.
final class CollectedOutput: @unchecked Sendable {
    private let condition = NSCondition()
    private var bytes: [UInt8] = []
    private var hasEnded = false
    /// Behind the line that `waitForLine` has found last.
    private var searched = 0

    init(reading handle: FileHandle) {
        Thread.detachNewThread { [self] in
            // Not FileHandle's own `read`, which waits till the piece is full.
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(handle.fileDescriptor, &piece, piece.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                condition.withLock {
                    bytes.append(contentsOf: piece[..<count])
                    condition.broadcast()
                }
            }
            condition.withLock {
                hasEnded = true
                condition.broadcast()
            }
        }
    }

    var text: String { condition.withLock { String(decoding: bytes, as: UTF8.self) } }

    var lines: [String] { text.split(separator: "\n").map(String.init) }

    /// The next line, behind the one that was found last, that holds this text.
    @discardableResult
    func waitForLine(containing part: String, timeout: Duration) throws -> String {
        let limit = Date(timeIntervalSinceNow: timeout / .seconds(1))
        condition.lock()
        defer { condition.unlock() }
        while true {
            while let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: bytes[searched..<end], as: UTF8.self)
                searched = end + 1
                if line.contains(part) { return line }
            }
            guard !hasEnded, condition.wait(until: limit) else {
                throw TimedOut(
                    waitedFor: "line with \"\(part)\"\(hasEnded ? " before the end" : "")", timeout: timeout,
                    found: String(decoding: bytes, as: UTF8.self))
            }
        }
    }

    /// Till the process, and whoever has inherited the output from it, has closed it.
    func waitForEnd(timeout: Duration) throws {
        let limit = Date(timeIntervalSinceNow: timeout / .seconds(1))
        condition.lock()
        defer { condition.unlock() }
        while !hasEnded {
            guard condition.wait(until: limit) else {
                throw TimedOut(
                    waitedFor: "end of output", timeout: timeout, found: String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}
