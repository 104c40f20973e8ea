import Foundation

/// A folder of a test, gone with this value.
final class TestFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "bobo-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(of name: String) -> String { path + "/" + name }

    /// Writes a file, in folders that are made for it, all at once.
    ///
    /// - Returns: the path of the file.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = URL(fileURLWithPath: path(of: name))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file, options: .atomic)
        return path(of: name)
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(of: name))), as: UTF8.self)
    }

    func lines(of name: String) throws -> [String] { try read(name).split(separator: "\n").map(String.init) }

    /// Waits till a file that a process writes holds a text.
    func waitForText(_ text: String, in name: String, timeout: Duration = .seconds(20)) throws {
        let deadline = ContinuousClock.now + timeout
        while !((try? read(name)) ?? "").contains(text) {
            guard ContinuousClock.now < deadline else {
                throw TimedOut(waitedFor: "\(text) in \(name)", timeout: timeout, found: (try? read(name)) ?? "")
            }
            poll(nil, 0, 20)
        }
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(of: name)) }

    func contains(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(of: name)) }
}
