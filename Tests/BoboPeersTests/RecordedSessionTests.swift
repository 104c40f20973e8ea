import BoboEngine
import CEL
import Foundation
import Testing

@testable import BoboPeers

/// A session of three gateways with all that the protocol has, read again by a reader that was written from
/// `docs/peer-protocol.md` alone.
@Suite struct RecordedSessionTests {
    private static let key = (0..<32).map { UInt8(255 - $0) }

    private func session(isSealed: Bool) -> Network {
        let network = Network(["a", "b", "c"], seed: 4) {
            $0.key = isSealed ? Self.key : nil
            $0.rememberAge = .seconds(120)
            $0.division.partitions = ["home/#"]
        }
        let run = FakeRuns.run
        network.start()
        // A group, a loop, payloads of all kinds, both ends.
        for number in 0..<5 { network.act("a") { $0.move(run("\(number)"), $0.event()) } }
        network.run(for: .seconds(1))
        for number in 3..<5 { network.act("a") { $0.move(run("\(number)"), $0.event(), block: 1) } }
        network.run(for: .seconds(1))
        let event = network["a"].runs.event()
        for number in 0..<5 { network.act("a") { $0.move(run("\(number)"), event) } }
        network.run(for: .seconds(1))
        network.act("b") { $0.move(run("text"), $0.event(payload: "warm", format: .text)) }
        network.act("b") { $0.move(run("bytes"), $0.event(payload: "x", format: .bytes)) }
        network.run(for: .seconds(1))
        network.act("a") { $0.move(run("0"), $0.event()) }
        network.act("a") { $0.complete(run("1"), $0.event()) }
        network.run(for: .seconds(1))
        network.act("a") { $0.complete(run("fresh"), $0.event()) }
        network.run(for: .seconds(1))
        network.act("a") { $0.halt(run("2")) }
        network.run(for: .seconds(1))
        let last = HistoryEntry(event: network["a"].runs.event(), group: "g")
        network.with("a") { peers, moment, runs in
            let rests = [(Int64?.none, [last]), (7, [])].enumerated().map { number, rest in
                RestCopy(
                    phenomenon: "fire", pattern: "smoke", version: FakeRuns.version("1"), key: .string("k\(number)"),
                    run: run("1"), timestamp: 5, ended: rest.0, history: rest.1)
            }
            peers.take(rests: rests, at: moment, runs)
        }
        network.run(for: .seconds(1))
        network.act("a") { $0.move(run("new"), $0.event(payload: #"{"a": [1, {"b": "é\n"}]}"#)) }
        network.run(for: .seconds(1))
        network["c"].runs.forgetAll()
        network.act("a") { $0.move(run("0"), $0.event()) }
        network.run(for: .seconds(40))
        network.restart("b")
        network.run(for: .seconds(2))
        network.loss = 0.3
        for number in 10..<40 {
            network.act("c") { $0.move(run("\(number)"), $0.event()) }
            network.run(for: .milliseconds(700))
        }
        network.loss = 0
        network.disconnect("a")
        network.run(for: .seconds(70))
        network.connect("a")
        network.run(for: .seconds(20))
        let text = String(repeating: "y", count: 50_000)
        network["c"].isConnected = false
        for _ in 0..<12 { network.act("c") { $0.move(run("long"), $0.event(payload: #""\#(text)""#)) } }
        network["c"].isConnected = true
        network.run(for: .seconds(20))
        return network
    }

    private func read(_ network: Network, isSealed: Bool) throws -> (status: Int32, output: String) {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("session-\(UUID().uuidString).jsonl")
        defer { try? FileManager.default.removeItem(at: file) }
        let key = isSealed ? "\"\(Base64.encode(Self.key))\"" : "null"
        var lines = ["{\"key\":\(key),\"prefix\":\"bobo\"}"]
        for message in network.sent {
            lines.append(
                "{\"from\":\"\(message.from)\",\"to\":\"\(message.to)\",\"bytes\":\"\(Base64.encode(message.bytes))\"}")
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        if let kept = ProcessInfo.processInfo.environment["BOBO_KEEP_SESSION"], !isSealed {
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: kept))
        }
        let reader = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Peers/read_messages.py")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", reader.path, file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    @Test(arguments: [false, true])
    func `A second reader decodes and checks each message of a session`(isSealed: Bool) throws {
        let network = session(isSealed: isSealed)
        for id in ["b", "c"] { #expect(network[id].runs.ranks == network["a"].runs.ranks) }
        let (status, output) = try read(network, isSealed: isSealed)
        #expect(status == 0, "\(output.prefix(3000))")
        let sorts = [
            "SYNC", "PING", "PING alone", "RESYNC", "RESYNC offer", "reset", "token", "echo", "away", "digest",
            "published", "need", "order", "updated", "updated base", "completed", "completed brief", "halted",
            "halted brief", "several runs", "several bases", "part of a history", "payload", "text", "base64",
            "resting",
        ]
        for sort in sorts { #expect(output.contains("\"\(sort)\":"), "no \(sort) in the session") }
    }
}
