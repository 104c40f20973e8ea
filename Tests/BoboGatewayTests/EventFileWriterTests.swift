import BoboEngine
import Foundation
import Testing

@testable import BoboGateway

@Suite struct EventFileWriterTests {
    private let folder = NSTemporaryDirectory() + UUID().uuidString
    private var path: String { folder + "/events.jsonl" }

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    private func makeWriter(replaces: Bool = false) throws -> EventFileWriter {
        try EventFileWriter(path: path, replaces: replaces, stop: -1)
    }

    private func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test(
        "What was written is read with the same bytes",
        arguments: [
            "{\"a\": 1}", "ON", "", " 1 ", "\"\\ud800\"", "\"\u{0}\"", "nul", "[1,]", "12345678901234567890", "1e400",
            "\"\\u0000\"", "{\"a\":1}{", "\t", "ü\u{2028}",
        ])
    func roundTrip(payload: String) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let writer = try makeWriter()
        try writer.begin()
        let bytes = Array(payload.utf8)
        #expect(
            try bytes.withUnsafeBytes {
                try writer.write(timestamp: -5, topic: "a \"b\"\n", payload: $0, isRetained: true)
            })
        try writer.write(timestamp: 7)
        try writer.flush()
        let reader = try EventFileReader(path: path) { number, reason in Issue.record("\(number): \(reason)") }
        let first = try #require(try reader.next()).event
        #expect(first.timestamp == -5)
        #expect(first.isRetained)
        #expect(first.message?.topic == "a \"b\"\n")
        // Blanks around JSON are no part of it.
        let expected = payload == " 1 " ? "1" : payload
        #expect(first.message?.payload == Array(expected.utf8))
        let second = try #require(try reader.next()).event
        #expect(second.timestamp == 7)
        #expect(second.message == nil)
        #expect(try reader.next() == nil)
    }

    @Test("A file that is there is refused, or kept until there is something to write")
    func existing() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("mine".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: EventFileWriteError.exists(path: path)) { try makeWriter() }
        let writer = try makeWriter(replaces: true)
        writer.discard()
        #expect(try text() == "mine")
        try writer.begin()
        #expect(try text() == "")
    }

    @Test("A file that nothing came of is taken away, one that has begun is kept")
    func discarded() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try makeWriter()
        #expect(FileManager.default.fileExists(atPath: path))
        first.discard()
        #expect(!FileManager.default.fileExists(atPath: path))
        let second = try makeWriter()
        try second.begin()
        second.discard()
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test("A folder that is not there is told with the system's reason")
    func noFolder() throws {
        #expect(throws: EventFileWriteError.cannotCreate(path: path + "/a/b", reason: "Not a directory")) {
            try Data().write(to: URL(fileURLWithPath: path))
            _ = try EventFileWriter(path: path + "/a/b", replaces: false, stop: -1)
        }
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("A line longer than readers take is left out")
    func tooLong() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let writer = try makeWriter()
        try writer.begin()
        let bytes = [UInt8](repeating: 0xFF, count: EventFileReader.maximumLine / 4 * 3)
        #expect(
            try !bytes.withUnsafeBytes { try writer.write(timestamp: 1, topic: "a", payload: $0, isRetained: false) })
        #expect(!writer.hasBuffered)
    }

    @Test("A full disk is told, not passed over")
    func fullDisk() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let writer = try EventFileWriter(path: "/dev/full", replaces: false, stop: -1)
        try writer.begin()
        try writer.write(timestamp: 1)
        #expect(throws: EventFileWriteError.cannotWrite(path: "/dev/full", reason: "No space left on device")) {
            try writer.flush()
        }
    }
}
