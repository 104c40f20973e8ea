import Foundation
import Testing

/// What `bobo run` publishes, as others see it.
@Suite(.waiting) struct PublishedEventTests {
    let site: Site

    init() throws { site = try Site() }

    /// A client that is not ours: each message as topic, quality of service, retained flag, content type and payload.
    private func subscriber(_ filter: String, _ arguments: String...) throws -> BoboProcess {
        // What it has stored the broker sends once the subscription is made.
        try site.broker.client().publish("test/subscribed", "yes", retain: true)
        let client = try BoboProcess(
            ["-p", site.broker.port, "-V", "5", "-F", "%t %q %r %C %p", "-t", filter, "-t", "test/subscribed"]
                + arguments, in: site.folder, program: "mosquitto_sub")
        _ = try client.output.waitForLine(containing: "test/subscribed", timeout: .seconds(10))
        return client
    }

    @Test("A sensor's message becomes a complex event: structured CloudEvents over MQTT 5, QoS 1, not retained")
    func structured() throws {
        try site.pattern("warm", each: "home/+/temperature", where: "payload.celsius > 30")
        let gateway = try site.gateway()
        let subscriber = try subscriber("bobo/events/#", "-q", "2", "--retain-as-published")
        let sensor = try BoboProcess(
            [
                "-p", site.broker.port, "-t", "home/kitchen/temperature", "-m",
                #"{"celsius": 31.50, "unit": "°C"}"#,
            ], in: site.folder, program: "mosquitto_pub")
        #expect(try sensor.waitForExit() == 0)
        let line = try subscriber.output.waitForLine(containing: "specversion", timeout: .seconds(10))
        let parts = line.split(separator: " ", maxSplits: 4).map(String.init)
        #expect(parts[..<4] == ["bobo/events/warm", "1", "0", "application/cloudevents+json"])
        // As it was written.
        #expect(parts[4].contains(#"{"celsius": 31.50, "unit": "°C"}"#))
        let event = try ReadJSON(parts[4])
        #expect(event["specversion"] == "1.0")
        #expect(event["source"] == "bobo")
        #expect(event["gateway"] == "gw")
        #expect(event["type"] == "bobo.complex.warm")
        #expect(event["subject"] == "each")
        #expect(event["datacontenttype"] == "application/json")
        #expect(event["id"].string?.isEmpty == false)
        let data = event["data"]
        #expect(data["phenomenon"] == "warm")
        #expect(data["pattern"] == "each")
        #expect(data["run"].string?.isEmpty == false)
        #expect(data["key"] == nil)
        #expect(data["data"]["celsius"] == 31.5)
        let accepted = data["history"][""][0]
        #expect(accepted["kind"] == "simple")
        #expect(accepted["topic"] == "home/kitchen/temperature")
        let time = try Date(
            #require(event["time"].string), strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        #expect(abs(time.timeIntervalSinceNow) < 60)
        #expect(accepted["ts"].number == (time.timeIntervalSince1970 * 1000).rounded())
        // Standard output is no terminal, and shows the same.
        #expect(try gateway.output.waitForLine(containing: "warm", timeout: .seconds(10)) == parts[4])
    }

    @Test("emit's topic, qos and retain are what goes out")
    func emit() throws {
        try site.write(
            """
            phenomenon: alarm
            patterns:
              - {name: each, input: [home/+/smoke], key: 'levels[1]', blocks: [{followed_by: 'true', group: smoke}]}
            emit: {topic: "alarms/${key}/${smoke[0].payload.level}", qos: 2, retain: true}
            """, pattern: "alarm")
        let gateway = try site.gateway()
        let subscriber = try subscriber("alarms/#", "-q", "2", "--retain-as-published")
        let client = try site.listener("bobo/events/#")
        try client.publish("home/hall/smoke", #"{"level": "high"}"#)
        let line = try subscriber.output.waitForLine(containing: "specversion", timeout: .seconds(10))
        #expect(line.hasPrefix("alarms/hall/high 2 1 application/cloudevents+json {"))
        let later = try site.listener("alarms/#")
        #expect(try later.waitForMessage(on: "alarms/hall/high").isRetained)
        _ = gateway
        #expect(client.messages.isEmpty)
    }

    @Test("Over MQTT 3.1.1 events arrive as well")
    func version3() throws {
        try site.configure("broker: {version: 3.1.1}")
        try site.pattern("any", each: "home/#")
        let gateway = try site.gateway()
        #expect(gateway.errors.text.contains("version=3.1.1"))
        let client = try site.listener("bobo/events/#")
        try client.publish("home/a", "1")
        try client.publish("home/b", "2")
        #expect(try client.waitForData(of: "any", 2) == [1, 2])
    }

    @Test(
        "The status is retained: online while it runs, offline when it stops, or is killed",
        arguments: [SIGTERM, SIGKILL])
    func status(signal: Int32) throws {
        try site.pattern("any", each: "home/#")
        let gateway = try site.gateway()
        let before = try site.listener("bobo/status/#")
        let online = try before.waitForMessage(on: "bobo/status/gw")
        #expect(online == .init("bobo/status/gw", "online", isRetained: true))
        gateway.send(signal)
        try before.waitForMessage(on: "bobo/status/gw") { $0.text == "offline" }
        let after = try site.listener("bobo/status/#")
        #expect(try after.waitForMessage(on: "bobo/status/gw") == .init("bobo/status/gw", "offline", isRetained: true))
        #expect(try gateway.waitForExit() == (signal == SIGTERM ? 0 : 128 + SIGKILL))
    }

    @Test("On a terminal each complex event is a line for people")
    func terminal() throws {
        try site.write(
            """
            phenomenon: smoke
            patterns:
              - {name: each, input: [home/+/smoke], key: 'levels[1]', blocks: [{followed_by: 'true', group: smoke}]}
            emit: {data: '{"density": payload.density}'}
            """, pattern: "smoke")
        let command = "\(BoboProcess.executable) run --broker \(site.broker.url) --instance gw"
        let terminal = try BoboProcess(
            ["-qefc", command, "/dev/null"], in: site.folder, environment: ["TZ": "UTC"], program: "/usr/bin/script")
        _ = try terminal.output.waitForLine(containing: "gateway gw is ready", timeout: .seconds(10))
        try site.broker.client().publish("home/kitchen/smoke", #"{"density": 2}"#)
        let line = try terminal.output.waitForLine(containing: "density", timeout: .seconds(10))
        let expected =
            #/[0-9]{2}:[0-9]{2}:[0-9]{2}  smoke kitchen  \{"density":2\}  after home/kitchen/smoke \{"density": 2\}\s*/#
        #expect(line.wholeMatch(of: expected) != nil, "\(line)")
        // What would colour the terminal, or worse.
        try site.broker.client().publish("home/kitchen/smoke", "\u{1B}[31mdensity\u{9B}2J\nend")
        let harmless = try terminal.output.waitForLine(containing: "density", timeout: .seconds(10))
        #expect(harmless.contains("after home/kitchen/smoke \u{FFFD}[31mdensity\u{FFFD}2Jend"))
    }

    @Test("Figures are published every stats_interval")
    func statistics() throws {
        try site.configure("stats_interval: 100ms")
        try site.pattern("any", each: "home/#")
        try site.write(
            """
            phenomenon: pair
            patterns:
              - name: a-then-b
                input: [home/a, home/b]
                singleton: true
                blocks: [{followed_by: {on: home/a}}, {followed_by: {on: home/b}}]
            """, pattern: "pair")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/stats/gw", "bobo/events/#")
        for text in ["1", "2", "3"] { try client.publish("home/a", text) }
        try client.waitForData(of: "any", 3)
        let message = try client.waitForMessage(on: "bobo/stats/gw") {
            try ReadJSON($0.text)["messages"]["received"] == 3 && ReadJSON($0.text)["events_published"] == 3
        }
        #expect(!message.isRetained)
        let figures = try ReadJSON(message.text)
        #expect(figures["messages"]["events"] == 3)
        #expect(figures["messages"]["dropped"] == 0)
        #expect(figures["messages"]["late"] == 0)
        #expect(figures["messages"]["failed"] == 0)
        #expect(figures["messages"]["per_second"].number != nil)
        #expect(figures["runs"]["active"] == 1)
        #expect(figures["runs"]["started"] == 4)
        #expect(figures["runs"]["completed"] == 3)
        #expect(figures["runs"]["halted"] == 0)
        #expect(figures["queue"] == 0)
        #expect(try #require(figures["memory"].number) > 1_000_000.0)
        #expect(try #require(figures["uptime"].number) > 0.0)
        #expect(try #require(figures["ts"].number) > 1.7e12)
        #expect(figures["version"].string?.isEmpty == false)
        _ = gateway
    }

    @Test("The prefix stands before all that a gateway publishes, and is heeded in patterns")
    func prefix() throws {
        try site.configure("{prefix: plant7, stats_interval: 100ms}")
        try site.pattern("any", each: "home/#")
        try site.pattern("upon", each: "plant7/events/any", data: "payload.data.data")
        let gateway = try site.gateway()
        let client = try site.listener("#")
        try client.publish("home/a", "7")
        let built = try client.waitForMessage(on: "plant7/events/upon")
        #expect(try ReadJSON(built.text)["data"]["data"] == 7)
        try client.waitForMessage(on: "plant7/status/gw")
        try client.waitForMessage(on: "plant7/stats/gw")
        #expect(!client.messages.contains { $0.topic.hasPrefix("bobo/") })
        _ = gateway
    }
}
