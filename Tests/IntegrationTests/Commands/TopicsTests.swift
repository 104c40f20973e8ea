import Foundation
import Testing

@Suite(.waiting) struct TopicsTests {
    let site: Site

    init() throws { site = try Site() }

    private func listen(_ arguments: String...) throws -> BoboProcess {
        let process = try BoboProcess(["topics", "--broker", site.broker.url] + arguments, in: site.folder)
        try process.waitForLine(containing: "listening to")
        return process
    }

    /// Ends it as Ctrl-C does.
    private func end(_ process: BoboProcess) throws -> [String] {
        process.send(SIGINT)
        #expect(try process.waitForExit() == 0)
        return process.output.lines
    }

    @Test("Topics, how often, fields with types and ranges, the last payload, and what is stored; 80 columns wide")
    func table() throws {
        let client = try site.broker.client()
        try client.publish("home/door", "closed", retain: true)
        let process = try listen()
        for celsius in ["19.5", "23"] {
            try client.publish("home/kitchen", #"{"celsius": \#(celsius), "on": true, "state": {"mode": "eco"}}"#)
        }
        try client.publish("home/camera", [0xFF, 0x00])
        let name = "home/" + String(repeating: "long/", count: 20) + "topic"
        try client.publish(name, String(repeating: "text ", count: 100))
        let lines = try end(process)
        #expect(lines.first?.split(separator: " ") == ["TOPIC", "MESSAGES", "EVERY", "STORED"])
        let words = lines.map { $0.split(separator: " ").joined(separator: " ") }
        for line in [
            "home/door 0 - yes", #"payload text "closed""#, "last: closed", "payload.celsius number 19.5 to 23",
            "payload.on bool true", #"payload.state.mode text "eco""#,
            #"last: {"celsius": 23, "on": true, "state": {"mode": "eco"}}"#, "payload bytes 2 bytes",
            "last: 2 bytes that are no text", name,
        ] {
            #expect(words.contains(line), "\(line) in \(lines)")
        }
        #expect(words.contains { $0.wholeMatch(of: #/home/kitchen 2 [0-9.< ]+ m?s -/#) != nil })
        #expect(lines.allSatisfy { $0.count <= 80 || $0 == name })
        #expect(process.errors.text.contains("5 messages of 4 topics"))
    }

    @Test("With --json one object a topic, a line each")
    func json() throws {
        let process = try listen("--json", "home/+")
        let client = try site.broker.client()
        try client.publish("home/a", #"{"n": 1, "s": "x"}"#)
        try client.publish("home/a", #"{"n": 3, "s": "y"}"#)
        try client.publish("home/b", "ON")
        try client.publish("garden/c", "1")
        let lines = try end(process).map { try ReadJSON($0) }
        #expect(lines.map { $0["topic"] } == ["home/a", "home/b"])
        let topic = try #require(lines.first)
        #expect(topic["messages"] == 2)
        #expect(topic["stored"] == false)
        #expect((topic["every"].number ?? -1) >= 0)
        #expect(topic["fields"][0]["field"] == "payload.n")
        #expect(topic["fields"][0]["types"] == ["number"])
        #expect(topic["fields"][0]["min"] == 1)
        #expect(topic["fields"][0]["max"] == 3)
        #expect(topic["fields"][1]["texts"] == ["x", "y"])
        #expect(topic["last"]["payload"]["n"] == 3)
        #expect(lines[1]["last"]["text"] == "ON")
        #expect(lines[1]["every"] == nil)
    }

    @Test("Ends by itself when its time is over; nothing there is said")
    func duration() throws {
        let result = try BoboProcess.run(
            ["topics", "--broker", site.broker.url, "--for", "300ms", "nothing/#"], in: site.folder)
        #expect(result.status == 0)
        #expect(result.output == "")
        #expect(result.errors.contains("nothing came"))
    }

    @Test("A terminal is not made to obey what sensors send")
    func harmless() throws {
        let process = try listen()
        try site.broker.client().publish(
            "home/\u{202E}evil", #"{"\u001b[2J": "\u001b]0;title\u0007", "\u202e": "\u{202E}\u{1B}[2J"}"#)
        try site.broker.client().publish("home/text", "\u{1B}]0;title\u{7}\u{202E}")
        let output = try end(process).joined()
        #expect(!output.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    }

    @Test("What has come is shown where the broker is lost for good, and the exit status is 69")
    func lost() throws {
        let process = try listen("--timeout", "300ms", "--for", "1m")
        try site.broker.client().publish("home/a", "1")
        site.broker.stop()
        #expect(try process.waitForExit() == 69)
        #expect(process.output.text.contains("home/a"))
    }

    @Test("The gateways' own topics are left out unless named")
    func ownTopics() throws {
        let client = try site.broker.client()
        try client.publish("bobo/status/gw", "online", retain: true)
        let all = try BoboProcess.run(["topics", "--broker", site.broker.url, "--for", "200ms"], in: site.folder)
        #expect(all.output == "")
        let named = try BoboProcess.run(
            ["topics", "--broker", site.broker.url, "--for", "200ms", "bobo/status/+"], in: site.folder)
        #expect(named.output.contains("bobo/status/gw"))
    }
}
