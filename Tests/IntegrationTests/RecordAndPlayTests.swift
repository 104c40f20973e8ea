import Foundation
import Testing

@Suite struct RecordAndPlayTests {
    @Test("What was recorded is played with the same topics, bytes and retained marks")
    func roundTrip() throws {
        let (first, second) = (try BrokerProcess(), try BrokerProcess())
        let folder = try TestFolder()
        let sent: [BrokerClient.Message] = [
            .init("home/state", "closed", isRetained: true), .init("a/b/c", #"{"n":1.0,"t":"\u00e4\n","l":[ ]}"#),
            .init("/", "true"), .init("ü/ \"quoted\"", "-0.0"), .init("a//b", "1e400"), .init("a", "{\"a\":1"),
            .init("a", Array(0...255)), .init("a", ""), .init("a", "\u{FEFF}{}"), .init("a", "\r\n"),
            .init("a", String(repeating: "[", count: 2000) + String(repeating: "]", count: 2000)),
            .init("a", String(repeating: "ab\"\\", count: 100_000)),
        ]
        let client = try first.client()
        try client.publish(sent[0].topic, sent[0].payload, retain: true)
        let recorder = try BoboProcess(["record", "--broker", first.url, "--output", "events.jsonl"], in: folder)
        try recorder.waitForLine(containing: "recording from")
        for message in sent.dropFirst() { try client.publish(message.topic, message.payload) }
        recorder.send(SIGINT)
        #expect(try recorder.waitForExit() == 0)

        let live = try second.client()
        try live.subscribe("#")
        let player = try BoboProcess.run(["play", "events.jsonl", "--broker", second.url], in: folder)
        #expect(player.status == 0)
        #expect(!player.errors.contains("skipped"))
        try live.waitForMessages(sent.count)
        #expect(live.messages.map(\.topic) == sent.map(\.topic))
        #expect(live.messages.map(\.payload) == sent.map(\.payload))
        let late = try second.client()
        try late.subscribe("#")
        try late.waitForMessages(1)
        #expect(late.messages == [sent[0]])
    }

    @Test("20,000 messages, published as fast as the broker takes them, are all recorded, in order")
    func many() throws {
        let broker = try BrokerProcess()
        let folder = try TestFolder()
        let lines = (0..<20_000).map { #"{"ts":1,"topic":"sensor/\#($0 % 100)","payload":\#($0)}"# }
        try folder.write(lines.joined(separator: "\n"), to: "events.jsonl")
        let recorder = try BoboProcess(["record", "--broker", broker.url, "--output", "new.jsonl"], in: folder)
        try recorder.waitForLine(containing: "recording from")
        #expect(try BoboProcess.run(["play", "events.jsonl", "--broker", broker.url], in: folder).status == 0)
        // Comes after all others; the recorder may be behind, and writes at least once a second.
        try broker.client().publish("echo", "end")
        try folder.waitForText("\"echo\"", in: "new.jsonl")
        recorder.send(SIGINT)
        #expect(try recorder.waitForExit() == 0)
        let recorded = try folder.lines(of: "new.jsonl").map { $0.replacing(/^\{"ts":[0-9]+/, with: "{\"ts\":1") }
        #expect(Array(recorded.prefix(lines.count)) == lines)
    }
}
