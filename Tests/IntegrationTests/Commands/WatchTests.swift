import Foundation
import Testing

/// `bobo watch`.
@Suite(.waiting) struct WatchTests {
    let site: Site

    init() throws { site = try Site() }

    private func watch(_ arguments: String...) throws -> BoboProcess {
        let process = try BoboProcess(["watch", "--broker", site.broker.url] + arguments, in: site.folder)
        try process.waitForLine(containing: "watching")
        return process
    }

    private func end(_ process: BoboProcess) throws -> [ReadJSON] {
        process.send(SIGINT)
        #expect(try process.waitForExit() == 0)
        return try process.output.lines.map { try ReadJSON($0) }
    }

    private func event(_ id: String, phenomenon: String = "fire", source: String = "bobo", gateway: String = "gw")
        -> String
    {
        #"{"specversion":"1.0","id":"\#(id)","source":"\#(source)","gateway":"\#(gateway)","#
            + #""type":"bobo.complex.\#(phenomenon)","subject":"q","time":"2026-11-23T18:00:00.123Z","#
            + #""datacontenttype":"application/json","data":{"phenomenon":"\#(phenomenon)","pattern":"q","run":"\#(id)","#
            + #""key":"kitchen","data":null,"history":{}}}"#
    }

    @Test(
        "Complex events of running gateways, as JSON where nobody sits at a terminal; gateways are named as they come")
    func events() throws {
        try site.pattern("any", each: "home/#", data: "payload")
        let gateway = try site.gateway()
        let process = try watch()
        try process.waitForLine(containing: "gateway gw is online")
        let client = try site.listener("bobo/events/any")
        try client.publish("home/a", #"{"x": 1}"#)
        let published = try client.waitForMessage(on: "bobo/events/any")
        _ = try process.output.waitForLine(containing: "bobo.complex.any", timeout: .seconds(10))
        gateway.send(SIGTERM)
        try process.waitForLine(containing: "gateway gw is offline")
        let lines = try end(process)
        #expect(lines.count == 1)
        #expect(lines.first == (try ReadJSON(published.text)))
    }

    @Test("An event that two gateways publish is shown once: repeats are told by source and id")
    func repeats() throws {
        let process = try watch()
        let client = try site.broker.client()
        try client.publish("bobo/events/fire", event("1", gateway: "a"))
        try client.publish("bobo/events/fire", event("1", gateway: "b"))
        try client.publish("bobo/events/fire", event("1", source: "other"))
        try client.publish("bobo/events/fire", event("2"))
        _ = try process.output.waitForLine(containing: #""id":"2""#, timeout: .seconds(10))
        #expect(
            try end(process).map { "\($0["source"].string ?? "") \($0["id"].string ?? "")" } == [
                "bobo 1", "other 1", "bobo 2",
            ])
    }

    @Test("Only the phenomena that are named; what was stored is old news; what is no event is said")
    func choice() throws {
        let client = try site.broker.client()
        try client.publish("bobo/events/fire", event("0"), retain: true)
        let process = try watch("fire", "leak")
        try client.publish("bobo/events/fall", event("1", phenomenon: "fall"))
        for bad in ["", "no JSON", "{}", "[1]", #"{"id": 1}"#] { try client.publish("bobo/events/fire", bad) }
        try client.publish("bobo/events/leak", event("2", phenomenon: "leak"))
        _ = try process.output.waitForLine(containing: #""id":"2""#, timeout: .seconds(10))
        #expect(try end(process).map { $0["id"] } == ["2"])
        #expect(process.errors.text.contains("bobo/events/fire: a message that no gateway wrote; left out"))
        #expect(process.errors.lines.count { $0.contains("left out") } == 1)
    }

    @Test("--runs asks each gateway that is online, and shows what it tells of its runs")
    func runs() throws {
        let client = try site.listener("bobo/watch/+")
        try client.publish("bobo/status/gone", "offline", retain: true)
        try client.publish("bobo/status/one", "online", retain: true)
        let process = try watch("--runs", "fire")
        try client.waitForMessage(on: "bobo/watch/one")
        try client.publish("bobo/status/two", "online")
        try client.waitForMessage(on: "bobo/watch/two")
        #expect(!client.messages.contains { $0.topic == "bobo/watch/gone" })
        func change(_ phenomenon: String, _ change: String) -> String {
            #"{"ts":1764000000000,"gateway":"one","phenomenon":"\#(phenomenon)","pattern":"q","key":null,"#
                + #""change":"\#(change)","reason":null,"block":1,"group":"","event":null,"count":1,"runs":["1"]}"#
        }
        try client.publish("bobo/runs/one", change("fall", "started"))
        try client.publish("bobo/runs/one", "nonsense")
        try client.publish("bobo/runs/one", #"{"gateway":"one","left_out":7}"#)
        try client.publish("bobo/runs/one", change("fire", "started"))
        try client.publish("bobo/runs/two", change("fire", "completed"))
        _ = try process.output.waitForLine(containing: "completed", timeout: .seconds(10))
        let lines = try end(process)
        #expect(lines.map { $0["change"] } == ["started", "completed"])
        #expect(process.errors.text.contains("one: 7 changes of runs were left out"))
    }

    @Test("Nobody is asked for runs without --runs")
    func notAsked() throws {
        let client = try site.listener("bobo/watch/+", "bobo/events/+")
        try client.publish("bobo/status/one", "online", retain: true)
        let process = try watch()
        try process.waitForLine(containing: "gateway one is online")
        try client.publish("bobo/events/fire", event("1"))
        _ = try process.output.waitForLine(containing: #""id":"1""#, timeout: .seconds(10))
        _ = try end(process)
        try client.waitForMessages(1)
        #expect(!client.messages.contains { $0.topic.hasPrefix("bobo/watch/") })
    }

    @Test("A name that is none is a wrong use; a broker that is gone for too long ends it with 69")
    func failures() throws {
        let wrong = try BoboProcess.run(["watch", "--broker", site.broker.url, "a/b"], in: site.folder)
        #expect(wrong.status == 64)
        let process = try watch("--timeout", "300ms")
        site.broker.stop()
        #expect(try process.waitForExit() == 69)
    }

    @Test("--runs shows how the runs of a real gateway start and complete")
    func realRuns() throws {
        try site.write(
            """
            phenomenon: pair
            patterns:
              - name: two
                key: levels[1]
                blocks: [{followed_by: {on: home/+/a}}, {followed_by: {on: home/+/b}}]
            """, pattern: "pair")
        let gateway = try site.gateway()
        let process = try watch("--runs")
        try process.waitForLine(containing: "gateway gw is online")
        let client = try site.listener("bobo/runs/gw")
        // The question may still be on its way: until it is there nothing is told.
        var number = 0
        while client.messages.isEmpty, number < 200 {
            number += 1
            try client.publish("home/k\(number)/a", "1")
            _ = try? client.waitForMessage(on: "bobo/runs/gw", timeout: .milliseconds(100))
        }
        try client.publish("home/k\(number)/b", "1")
        _ = try process.output.waitForLine(containing: #""change":"completed""#, timeout: .seconds(10))
        gateway.send(SIGTERM)
        let changes = try end(process).filter { $0["key"].string == "k\(number)" }.compactMap { $0["change"].string }
        #expect(changes.first == "started" && changes.last == "completed", "\(changes)")
    }
}
