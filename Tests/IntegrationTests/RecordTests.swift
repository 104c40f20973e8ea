import Foundation
import Testing

@Suite struct RecordTests {
    let broker: BrokerProcess
    let folder: TestFolder

    init() throws {
        broker = try BrokerProcess()
        folder = try TestFolder()
    }

    /// A recorder that has begun.
    private func record(_ arguments: String...) throws -> BoboProcess {
        let recorder = try BoboProcess(
            ["record", "--broker", broker.url, "--output", "events.jsonl"] + arguments, in: folder)
        try recorder.waitForLine(containing: "recording from")
        return recorder
    }

    /// Ends it as Ctrl-C does.
    private func end(_ recorder: BoboProcess, with signal: Int32 = SIGINT) throws {
        recorder.send(signal)
        #expect(try recorder.waitForExit() == 0)
    }

    /// The lines less their timestamps, and the last, which has no more.
    private func recorded() throws -> [String] {
        let lines = try folder.lines(of: "events.jsonl")
        let contents = lines.map { $0.replacing(/^\{"ts":[0-9]+,?/, with: "{") }
        #expect(contents.last == "{}")
        return contents.dropLast()
    }

    @Test("JSON is recorded as written, other text as text, all else as base64")
    func payloads() throws {
        let recorder = try record()
        let client = try broker.client()
        try client.publish("home/json", #"{"a": 1.50, "b": [1e2, "ü\n"]}"#)
        try client.publish("home/json", "{\n  \"a\": 1\n}")
        try client.publish("home/text", "ON")
        try client.publish("home/text", "line \"one\"\nline two")
        try client.publish("home/empty", "")
        try client.publish("home/bytes", [0xFF, 0x00])
        try end(recorder)
        #expect(
            try recorded() == [
                #"{"topic":"home/json","payload":{"a": 1.50, "b": [1e2, "ü\n"]}}"#,
                #"{"topic":"home/json","payload":{  "a": 1}}"#,
                #"{"topic":"home/text","text":"ON"}"#,
                #"{"topic":"home/text","text":"line \"one\"\nline two"}"#,
                #"{"topic":"home/empty","text":""}"#,
                #"{"topic":"home/bytes","base64":"/wA="}"#,
            ])
    }
}
