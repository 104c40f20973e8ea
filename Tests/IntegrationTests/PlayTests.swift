import BoboMQTT
import Foundation
import Testing

@Suite(.waiting) struct PlayTests {
    let broker: BrokerProcess
    let folder: TestFolder

    init() throws {
        broker = try BrokerProcess()
        folder = try TestFolder()
    }

    private func play(_ text: String, _ arguments: String...) throws -> (status: Int32, output: String, errors: String)
    {
        try folder.write(text, to: "events.jsonl")
        return try BoboProcess.run(["play", "events.jsonl", "--broker", broker.url] + arguments, in: folder)
    }

    /// A client that has subscribed to all.
    private func reader() throws -> BrokerClient {
        let reader = try broker.client()
        try reader.subscribe("#")
        return reader
    }

    @Test("All kinds of payload arrive byte for byte, in order", arguments: ["0", "1", "2"])
    func payloads(qos: String) throws {
        let reader = try reader()
        let result = try play(
            #"""
            {"ts":1000,"topic":"home/json","payload":{"a": 1.50, "b":[1e2,"\u00fc"]}}
            {"ts":1000,"topic":"home/text","text":"line \"one\"\nline two \u0000 ü"}
            {"topic":"home/bytes","base64":"/wA=","ts":1000}
            {"ts":1000,"topic":"home/empty","text":""}
            {"ts":1000}

            """#, "--qos", qos)
        #expect(result.status == 0)
        #expect(result.output.isEmpty)
        try reader.waitForMessages(4)
        #expect(
            reader.messages == [
                .init("home/json", #"{"a": 1.50, "b":[1e2,"\u00fc"]}"#),
                .init("home/text", "line \"one\"\nline two \u{0} ü"),
                .init("home/bytes", [0xFF, 0x00]), .init("home/empty", ""),
            ])
    }

    @Test("Retained lines are stored by the broker, others are not")
    func retained() throws {
        let result = try play(
            #"""
            {"ts":1,"topic":"home/door","text":"closed","retained":true}
            {"ts":2,"topic":"home/window","text":"closed"}

            """#)
        #expect(result.status == 0)
        let reader = try reader()
        try reader.waitForMessages(1)
        #expect(reader.messages == [.init("home/door", "closed", isRetained: true)])
    }

    @Test("Gaps are kept, by the speed's factor; a line that goes back in time is sent at once")
    func gaps() throws {
        let text = #"""
            {"ts":100000,"topic":"a","payload":1}
            {"ts":102000,"topic":"a","payload":2}
            {"ts":101000,"topic":"a","payload":3}
            {"ts":104000,"topic":"a","payload":4}
            """#
        let start = ContinuousClock.now
        #expect(try play(text, "--speed", "4").status == 0)
        let took = ContinuousClock.now - start
        #expect(took >= .seconds(1))
        #expect(took < .seconds(3))
    }

    @Test("At speed 0 or max nothing is waited for", arguments: ["0", "max"])
    func unbounded(speed: String) throws {
        let reader = try reader()
        let lines = (0..<3000).map { #"{"ts":\#($0 * 60000),"topic":"a","payload":\#($0)}"# }
        #expect(try play(lines.joined(separator: "\n"), "--speed", speed).status == 0)
        try reader.waitForMessages(3000)
        #expect(reader.messages.map(\.text) == (0..<3000).map(String.init))
    }

    @Test("With --loop it begins anew until it is stopped")
    func loops() throws {
        let reader = try reader()
        try folder.write(
            #"{"ts":1,"topic":"a","payload":1}"# + "\n" + #"{"ts":2,"topic":"a","payload":2}"#, to: "two.jsonl")
        let player = try BoboProcess(
            ["play", "two.jsonl", "--loop", "--speed", "100", "--broker", broker.url], in: folder)
        try reader.waitForMessages(6)
        player.send(SIGINT)
        #expect(try player.waitForExit() == 0)
        #expect(reader.messages.prefix(6).map(\.text) == ["1", "2", "1", "2", "1", "2"])
    }

    @Test("Standard input is played as it comes")
    func standardInput() throws {
        let reader = try reader()
        let player = try BoboProcess(["play", "-", "--broker", broker.url], in: folder)
        try player.write(#"{"ts":1,"topic":"a","payload":1}"# + "\n")
        try reader.waitForMessages(1)
        try player.write(#"{"ts":2,"topic":"a","payload":2}"# + "\n")
        try reader.waitForMessages(2)
        try player.closeInput()
        #expect(try player.waitForExit() == 0)
    }

    @Test(
        "Ctrl-C ends it while it waits for standard input, or for a line that is due later", arguments: [true, false])
    func interrupted(waitsForInput: Bool) throws {
        let reader = try reader()
        let player = try BoboProcess(["play", "-", "--broker", broker.url], in: folder)
        try player.write(#"{"ts":1,"topic":"a","payload":1}"# + "\n")
        if !waitsForInput { try player.write(#"{"ts":3600000,"topic":"a","payload":2}"# + "\n") }
        try reader.waitForMessages(1)
        player.send(SIGINT)
        #expect(try player.waitForExit() == 0)
        #expect(reader.messages.count == 1)
    }

    @Test("A bad line is reported with its number and skipped")
    func badLines() throws {
        let reader = try reader()
        let result = try play(
            #"""
            {"ts":1,"topic":"a","payload":1}
            no JSON
            {"ts":1,"topic":"a/+","payload":1}
            {"topic":"a","payload":1}
            {"ts":1,"topic":"a","base64":"?"}
            {"ts":1,"topic":"a","payload":2}
            """#)
        #expect(result.status == 0)
        for number in [2, 3, 4, 5] { #expect(result.errors.contains("events.jsonl:\(number): ")) }
        #expect(result.errors.contains("4 lines skipped"))
        try reader.waitForMessages(2)
        #expect(reader.messages.map(\.text) == ["1", "2"])
    }

    @Test("With --strict the first bad line ends it, after what was before is acknowledged")
    func strict() throws {
        let reader = try reader()
        let result = try play(
            #"""
            {"ts":1,"topic":"a","payload":1}
            {"ts":1,"topic":"a/+","payload":1}
            {"ts":1,"topic":"a","payload":2}
            """#, "--strict")
        #expect(result.status == 65)
        #expect(result.errors.contains("events.jsonl:2: "))
        try reader.waitForMessages(1)
        #expect(reader.messages.map(\.text) == ["1"])
    }

    @Test("A file that is not there is bad input, at once")
    func absentFile() throws {
        let result = try BoboProcess.run(["play", "none.jsonl", "--broker", "mqtt://127.0.0.1:1"], in: folder)
        #expect(result.status == 65)
        #expect(result.errors.contains("none.jsonl"))
    }

    @Test("A file of which nothing can be played is not played over and over")
    func nothingToLoop() throws {
        #expect(try play("no JSON\n", "--loop", "--speed", "max").status == 65)
    }

    @Test("A broker that is stopped in the midst, and started again, costs no message")
    func brokerStopped() throws {
        let broker = try BrokerProcess(keeps: true)
        let lines = (0..<400).map { #"{"ts":\#($0 * 5),"topic":"a","payload":\#($0)}"# }
        try folder.write(lines.joined(separator: "\n"), to: "events.jsonl")
        func reader() throws -> BrokerClient {
            try broker.client {
                $0.clientID = "reader"
                $0.cleanStart = false
                $0.sessionExpiry = 600
            }
        }
        let before = try reader()
        try before.subscribe("a")
        let player = try BoboProcess(["play", "events.jsonl", "--broker", broker.url], in: folder)
        try before.waitForMessages(50)
        broker.stop()
        try player.waitForLine(containing: "trying again")
        try broker.start()
        let after = try reader()
        #expect(try player.waitForExit() == 0)
        try after.waitForMessage("399")
        #expect(Set((before.messages + after.messages).map(\.text)) == Set((0..<400).map(String.init)))
        #expect(player.errors.text.contains("\nconnected\n"))
        #expect(player.errors.text.contains("played 400 messages"))
    }

    @Test("What a broker's rules forbid is told, and the exit status says so")
    func forbidden() throws {
        let rules = try folder.write("topic read #\ntopic write allowed/#\n", to: "acl")
        let broker = try BrokerProcess(lines: ["acl_file \(rules)"])
        try folder.write(
            #"{"ts":1,"topic":"allowed/a","payload":1}"# + "\n" + #"{"ts":1,"topic":"b","payload":2}"#,
            to: "events.jsonl")
        let result = try BoboProcess.run(["play", "events.jsonl", "--broker", broker.url], in: folder)
        #expect(result.status == 69)
        #expect(result.errors.contains("does not take b: Not authorized"))
    }
}
