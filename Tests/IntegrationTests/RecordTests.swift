import Foundation
import Testing

@Suite(.waiting) struct RecordTests {
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

    /// The lines less their timestamps, and less the last, which has nothing else.
    private func recorded() throws -> [String] {
        let lines = try folder.lines(of: "events.jsonl")
        let contents = lines.map { $0.replacing(/^\{"ts":[0-9]+,?/, with: "{") }
        #expect(contents.last == "{}")
        return contents.dropLast()
    }

    private func recordedTimestamps() throws -> [Int64] {
        try folder.lines(of: "events.jsonl").compactMap { line in
            try /^\{"ts":([0-9]+)/.firstMatch(in: line).flatMap { Int64($0.output.1) }
        }
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

    @Test("What the broker had stored is marked as retained, a live message that is published as retained is not")
    func retained() throws {
        let client = try broker.client()
        try client.publish("home/door", "closed", retain: true)
        let recorder = try record()
        try client.publish("home/door", "open", retain: true)
        try end(recorder)
        #expect(
            try recorded() == [
                #"{"topic":"home/door","text":"closed","retained":true}"#, #"{"topic":"home/door","text":"open"}"#,
            ])
    }

    @Test("A message that several filters match is recorded once", arguments: ["5", "3.1.1"])
    func overlap(version: String) throws {
        try folder.write("broker: {version: \(version)}", to: "bobo.yaml")
        let recorder = try record(
            "home/+/temperature", "home/kitchen/#", "home/#/".replacing("/#/", with: "/kitchen/+"))
        let client = try broker.client()
        try client.publish("home/kitchen/temperature", "1")
        try client.publish("home/hall/temperature", "2")
        try client.publish("home/kitchen/smoke", "3")
        try client.publish("home/hall/smoke", "4")
        try end(recorder)
        #expect(
            try recorded() == [
                #"{"topic":"home/kitchen/temperature","payload":1}"#, #"{"topic":"home/hall/temperature","payload":2}"#,
                #"{"topic":"home/kitchen/smoke","payload":3}"#,
            ])
    }

    @Test("The gateways' own topics are left out")
    func ownTopics() throws {
        let recorder = try record()
        let client = try broker.client()
        try client.publish("bobo/events/fire", "1")
        try client.publish("home/a", "2")
        try end(recorder)
        #expect(try recorded() == [#"{"topic":"home/a","payload":2}"#])
    }

    @Test("A filter that names the prefix records the gateways' own topics, those only that it matches")
    func namedOwnTopics() throws {
        let recorder = try record("#", "bobo/events/#")
        let client = try broker.client()
        try client.publish("bobo/events/fire", "1")
        try client.publish("bobo/peer/gw-a", "2")
        try client.publish("home/a", "3")
        try end(recorder)
        #expect(
            try recorded() == [#"{"topic":"bobo/events/fire","payload":1}"#, #"{"topic":"home/a","payload":3}"#])
    }

    @Test("The prefix is the configuration's")
    func configuredPrefix() throws {
        try folder.write("prefix: gateways", to: "bobo.yaml")
        let recorder = try record()
        let client = try broker.client()
        try client.publish("bobo/events/fire", "1")
        try client.publish("gateways/events/fire", "2")
        try end(recorder)
        #expect(try recorded() == [#"{"topic":"bobo/events/fire","payload":1}"#])
    }

    @Test("Timestamps are times of arrival and do not go back; the last line is the time of the end")
    func timestamps() throws {
        let before = Int64(Date().timeIntervalSince1970 * 1000)
        let recorder = try record()
        let client = try broker.client()
        for number in 0..<20 { try client.publish("home/a", "\(number)") }
        try end(recorder)
        let after = Int64(Date().timeIntervalSince1970 * 1000) + 1
        let timestamps = try recordedTimestamps()
        #expect(timestamps.count == 21)
        #expect(timestamps == timestamps.sorted())
        #expect(timestamps.allSatisfy { before...after ~= $0 })
    }

    @Test("Ends by itself when its time is over")
    func duration() throws {
        let clock = ContinuousClock.now
        let recorder = try record("--for", "1s")
        #expect(try recorder.waitForExit() == 0)
        #expect(ContinuousClock.now - clock >= .seconds(1))
        #expect(try recorded() == [])
    }

    @Test("SIGTERM ends it in order, too")
    func terminated() throws {
        let recorder = try record()
        try broker.client().publish("home/a", "1")
        try end(recorder, with: SIGTERM)
        #expect(try recorded().count == 1)
    }

    @Test("Standard output takes only events, and each within a second")
    func standardOutput() throws {
        let recorder = try BoboProcess(["record", "--broker", broker.url, "--output", "-"], in: folder)
        try recorder.waitForLine(containing: "recording from")
        try broker.client().publish("home/a", "1")
        _ = try recorder.output.waitForLine(containing: #""payload":1"#, timeout: .seconds(2))
        try end(recorder)
        #expect(recorder.output.lines.allSatisfy { $0.hasPrefix(#"{"ts":"#) })
        #expect(recorder.errors.text.contains("recorded 1 message of 1 topic"))
    }

    @Test("A file that is there is not written over")
    func existing() throws {
        try folder.write("mine\n", to: "events.jsonl")
        let result = try BoboProcess.run(["record", "--broker", broker.url, "--output", "events.jsonl"], in: folder)
        #expect(result.status == 64)
        #expect(result.errors.contains("--force"))
        #expect(try folder.read("events.jsonl") == "mine\n")
    }

    @Test("With --force a file that is there is written over, once there is something to write")
    func forced() throws {
        try folder.write("mine\n", to: "events.jsonl")
        let absent = try BoboProcess.run(
            [
                "record", "--broker", "mqtt://127.0.0.1:1", "--output", "events.jsonl", "--force", "--timeout", "100ms",
            ], in: folder)
        #expect(absent.status == 69)
        #expect(try folder.read("events.jsonl") == "mine\n")
        try end(try record("--force"))
        #expect(try recorded() == [])
    }

    @Test("A broker that comes back is recorded on, with what it had kept meanwhile")
    func reconnect() throws {
        let broker = try BrokerProcess(keeps: true)
        let recorder = try BoboProcess(["record", "--broker", broker.url, "--output", "events.jsonl"], in: folder)
        try recorder.waitForLine(containing: "recording from")
        try broker.client().publish("home/a", "1")
        broker.stop()
        try recorder.waitForLine(containing: "trying again")
        try broker.start()
        // The recorder may not be back yet: the broker keeps it.
        try broker.client().publish("home/a", "2")
        try recorder.waitForLine(containing: "connected")
        try broker.client().publish("home/a", "3")
        try end(recorder)
        #expect(try recorded() == (1...3).map { #"{"topic":"home/a","payload":\#($0)}"# })
    }

    @Test("A broker that does not come back in time is given up, and what was recorded is whole")
    func lost() throws {
        let recorder = try record("--timeout", "500ms")
        try broker.client().publish("home/a", "1")
        broker.stop()
        #expect(try recorder.waitForExit() == 69)
        #expect(try recorded() == [#"{"topic":"home/a","payload":1}"#])
    }

    @Test("A filter that is none, or shared, is a wrong use", arguments: ["home/#/a", "$share/group/home/#", "a+"])
    func wrongFilter(filter: String) throws {
        let result = try BoboProcess.run(
            ["record", "--broker", broker.url, "--output", "events.jsonl", filter], in: folder)
        #expect(result.status == 64)
        #expect(!folder.contains("events.jsonl"))
    }
}
