import Foundation
import Testing

/// Of Debian's `prometheus`, which is large, so that `scripts/setup` does not install it.
private let promtoolPath = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first {
    FileManager.default.isExecutableFile(atPath: $0)
}

/// The page, its JSON, and the figures, over HTTP.
@Suite(.waiting) struct PageTests {
    let site: Site
    let port: Int
    private let gateway: BoboProcess

    init() throws {
        site = try Site()
        try site.write(
            """
            phenomenon: pair
            description: two
            patterns:
              - name: one & two
                input: [home/+]
                key: levels[1]
                blocks: [{followed_by: payload > 1, group: begun}, {followed_by: payload > 5}]
            actions: [{log: {message: done}}]
            """, pattern: "pair")
        try site.configure("http: {listen: \"127.0.0.1:0\"}\nstats_interval: 200ms")
        gateway = try site.gateway()
        port = try gateway.pagePort()
    }

    private func get(_ path: String) throws -> RawHTTP.Answer { try RawHTTP.ask("GET", path, port: port) }

    private func publish(_ messages: [(String, String)]) throws {
        let client = try site.listener("bobo/events/pair", "bobo/stats/gw")
        for (topic, payload) in messages { try client.publish(topic, payload) }
        try client.waitForMessage(on: "bobo/stats/gw") {
            try ReadJSON($0.text)["messages"]["received"].number.map { Int($0) >= messages.count } ?? false
        }
    }

    @Test("The page and its parts are there, and load nothing from elsewhere")
    func files() throws {
        let page = try get("/")
        #expect(page.status == 200)
        #expect(page.header("content-type") == "text/html; charset=utf-8")
        #expect(page.header("content-security-policy")?.hasPrefix("default-src 'none'") == true)
        let parts = page.body.matches(of: #/(?:src|href)="([^"]+)"/#).map { String($0.output.1) }
        #expect(parts.contains("/page.js") && parts.allSatisfy { $0.hasPrefix("/") })
        var modules = parts
        while let path = modules.popLast() {
            let part = try get(path)
            #expect(part.status == 200, "\(path)")
            let imports = part.body.matches(of: #/from "\.(\/[a-z]+\.js)"/#).map { String($0.output.1) }
            modules += imports
            #expect(part.body.firstMatch(of: #/https?:\/\/(?!www\.w3\.org)/#) == nil, "\(path) names another host")
        }
    }

    @Test("What the page shows is there as JSON: figures, patterns with their runs by block, events, topics")
    func state() throws {
        try publish([("home/kitchen", "2"), ("home/hall", "3"), ("home/kitchen", "6")])
        let state = try ReadJSON(get("/api/state").body)
        #expect(state["gateway"]["instance"] == "gw")
        #expect(state["gateway"]["not_ready"] == nil)
        #expect(state["figures"]["received"] == 3)
        #expect(state["figures"]["completed"] == 1)
        #expect(state["patterns"][0]["phenomenon"] == "pair")
        #expect(state["patterns"][0]["pattern"] == "one & two")
        // 6 completes the first run of its key, and begins another one.
        #expect(state["patterns"][0]["runs"] == [0, 2])
        #expect(state["events"][0]["event"]["data"]["key"] == "kitchen")
        #expect(state["topics"].values.map(\.["topic"].description).sorted() == ["\"home/hall\"", "\"home/kitchen\""])
        #expect(state["peers"] == nil)
        let topics = try ReadJSON(get("/api/topics?search=hall").body)
        #expect(topics.count == 1)
        #expect(topics[0]["payload"] == "3")
        let patterns = try ReadJSON(get("/api/patterns").body)
        #expect(patterns[0]["patterns"][0]["blocks"] == 2)
    }

    @Test("A pattern as a picture, and its runs with their way so far")
    func pattern() throws {
        try publish([("home/hall", "3"), ("home/kitchen", "2")])
        let picture = try get("/api/picture?phenomenon=pair&pattern=one+%26%20two&width=500")
        #expect(picture.header("content-type") == "image/svg+xml; charset=utf-8")
        #expect(picture.body.contains("data-blocks=\"1-1\""))
        #expect(!picture.body.contains("<style") && !picture.body.contains("style="), "the page forbids them")
        let runs = try ReadJSON(get("/api/runs?phenomenon=pair&pattern=one%20%26%20two&block=1").body)
        #expect(runs.count == 2)
        let hall = try #require(runs.values.first { $0["key"] == "hall" })
        #expect(hall["events"][0]["topic"] == "home/hall")
        #expect(hall["events"][0]["payload"] == "3")
        #expect(hall["events"][0]["group"] == "begun")
        #expect(try ReadJSON(get("/api/runs?phenomenon=pair&pattern=one%20%26%20two&block=0").body).count == 0)
        for path in [
            "/api/runs?phenomenon=pair&pattern=x", "/api/picture?phenomenon=x",
            "/api/picture?phenomenon=pair&pattern=x",
        ] {
            #expect(try get(path).status == 404, "\(path)")
        }
        for path in [
            "/api/runs", "/api/picture", "/api/picture?phenomenon=pair&width=true",
            "/api/runs?phenomenon=pair&pattern=one%20%26%20two&block=x",
            "/api/topics?search=%ff",
        ] {
            #expect(try get(path).status == 400, "\(path)")
        }
    }

    @Test("The stream begins with the whole, then tells what changes more than twice a second")
    func stream() throws {
        let stream = try RawHTTP(port: port)
        stream.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        func count(_ name: String, _ bytes: [UInt8]) -> Int {
            String(decoding: bytes, as: UTF8.self).components(separatedBy: "event: \(name)\n").count - 1
        }
        try stream.read { count("state", $0) == 1 }
        let begin = ContinuousClock.now
        let before = count("tick", stream.received)
        try publish([("home/hall", "3"), ("home/hall", "9")])
        try stream.read { count("tick", $0) >= before + 10 }
        #expect((ContinuousClock.now - begin) / 10 < .milliseconds(500))
        #expect(stream.answer?.header("content-type") == "text/event-stream")
        for part in [#""runs":[[0,[0,1]]]"#, #""events":[{"number":1,"event":{"specversion":"1.0""#] {
            try stream.read { String(decoding: $0, as: UTF8.self).contains(part) }
        }
    }

    @Test("What Prometheus reads counts what there was")
    func metrics() throws {
        try publish([("home/kitchen", "2"), ("home/hall", "3"), ("home/kitchen", "6")])
        let metrics = try get("/metrics")
        #expect(metrics.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
        for line in [
            #"bobo_messages_total{result="event"} 3"#, #"bobo_runs{phenomenon="pair",pattern="one & two",block="1"} 2"#,
            "bobo_runs_started_total 3", "bobo_runs_completed_total 1", #"bobo_runs_halted_total{cause="within"} 0"#,
            "bobo_engine_event_seconds_count 3", "bobo_late_events_total 0", "bobo_timers 0", "bobo_queue_messages 0",
            #"bobo_actions_total{action="log",result="success"} 1"#, "bobo_ready 1",
            #"bobo_complex_events_total{phenomenon="pair",pattern="one & two"} 1"#,
        ] {
            #expect(metrics.body.split(separator: "\n").contains(Substring(line)), "\(line)")
        }
        #expect(metrics.body.contains("\nprocess_resident_memory_bytes "))
    }

    @Test("What Prometheus reads is sound by promtool", .enabled(if: promtoolPath != nil, "there is no promtool"))
    func promtool() throws {
        try publish([("home/kitchen", "2"), ("home/kitchen", "6")])
        let process = try BoboProcess(["check", "metrics"], in: site.folder, program: promtoolPath)
        try process.write(get("/metrics").body)
        try process.closeInput()
        #expect(try process.waitForExit() == 0, "\(process.errors.text)\(process.output.text)")
        #expect(process.errors.text + process.output.text == "")
    }

    @Test("Each metric that is there is described, and the dashboard asks for no other")
    func dashboard() throws {
        let names = Set(
            try get("/metrics").body.matches(of: #/# HELP ([a-z_]+) /#).map { String($0.output.1) })
        let types = Set(
            try get("/metrics").body.matches(of: #/# TYPE ([a-z_]+) /#).map { String($0.output.1) })
        #expect(names == types)
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let dashboard = try String(contentsOf: root.appending(path: "docs/grafana-dashboard.json"), encoding: .utf8)
        #expect(throws: Never.self) { try ReadJSON(dashboard) }
        let source = try String(
            contentsOf: root.appending(path: "Sources/BoboGateway/Metrics/MetricNames.swift"), encoding: .utf8)
        let known = Set(source.matches(of: #/"((?:bobo|process)_[a-z_]+)"/#).map { String($0.output.1) })
        let asked = Set(dashboard.matches(of: #/\b((?:bobo|process)_[a-z_]+)/#).map { String($0.output.1) })
        for name in asked {
            let family = name.replacing(#/_(bucket|sum|count)$/#, with: "")
            #expect(known.contains(name) || known.contains(family), "\(name)")
        }
        #expect(asked.count > 10)
    }

    @Test("Healthy while the loop answers, ready while it takes part; the page ends with the gateway")
    func health() throws {
        #expect(try get("/healthz").status == 200)
        #expect(try get("/readyz").status == 200)
        let stream = try RawHTTP(port: port)
        stream.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try stream.read { !$0.isEmpty }
        site.broker.stop()
        let end = ContinuousClock.now + .seconds(20)
        var answer = try get("/readyz")
        while answer.status != 503, ContinuousClock.now < end { answer = try get("/readyz") }
        #expect(answer.status == 503 && answer.body.contains("no connection to the broker"))
        #expect(try get("/healthz").status == 200)
        gateway.send(SIGTERM)
        #expect(try gateway.waitForExit() == 0)
    }
}
