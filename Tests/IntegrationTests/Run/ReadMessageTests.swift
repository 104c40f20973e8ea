import Foundation
import Testing

/// Which messages `bobo run` takes for events, and as what.
@Suite(.waiting) struct ReadMessageTests {
    static let versions = ["5", "3.1.1"]

    @Test(
        "What the broker had stored is no event, unless `retained: true`, and not at a reconnect", arguments: versions)
    func retained(version: String) throws {
        let site = try Site(keeps: true)
        try site.configure(
            """
            broker: {version: \(version)}
            sensors: [{filter: wanted/#, retained: true}]
            """)
        try site.pattern("any", each: "home/#")
        try site.pattern("stored", each: "wanted/#")
        var client = try site.listener("bobo/events/#")
        try client.publish("home/a", #""stored""#, retain: true)
        try client.publish("wanted/a", #""stored""#, retain: true)
        let gateway = try site.gateway()
        try client.publish("home/a", #""live""#, retain: true)
        try client.publish("wanted/a", #""live""#, retain: true)
        #expect(try client.waitForData(of: "any") == ["live"])
        #expect(try client.waitForData(of: "stored", 2) == ["stored", "live"])

        site.broker.stop()
        try site.broker.start()
        try gateway.waitForLine(containing: "is ready", timeout: .seconds(20))
        client = try site.listener("bobo/events/#")
        try client.publish("home/a", #""after""#)
        try client.publish("wanted/a", #""after""#)
        #expect(try client.waitForData(of: "any") == ["after"])
        #expect(try client.waitForData(of: "stored") == ["after"])
    }

    @Test("A message that several filters match is one event", arguments: versions)
    func overlap(version: String) throws {
        let site = try Site()
        try site.configure("{broker: {version: \(version)}, stats_interval: 100ms}")
        try site.pattern("room", each: "home/kitchen/#", data: "topic")
        try site.pattern("kind", each: "home/+/temperature", data: "topic")
        try site.pattern("all", each: "home/#", data: "topic")
        try site.pattern("deep", each: "home/+/+/battery", data: "topic")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#", "bobo/stats/gw")
        for topic in ["kitchen/temperature", "hall/temperature", "kitchen/x/battery", "end"] {
            try client.publish("home/" + topic, "1")
        }
        try client.waitForData(of: "all", 4)
        #expect(
            try client.data(of: "all") == [
                "home/kitchen/temperature", "home/hall/temperature", "home/kitchen/x/battery", "home/end",
            ])
        #expect(try client.data(of: "room") == ["home/kitchen/temperature", "home/kitchen/x/battery"])
        #expect(try client.data(of: "kind") == ["home/kitchen/temperature", "home/hall/temperature"])
        #expect(try client.data(of: "deep") == ["home/kitchen/x/battery"])
        try client.waitForMessage(on: "bobo/stats/gw") { try ReadJSON($0.text)["messages"]["events"] == 4 }
        _ = gateway
    }

    @Test("Filters that overlap without either covering the other count once", arguments: versions)
    func crossing(version: String) throws {
        let site = try Site()
        try site.configure("broker: {version: \(version)}")
        try site.pattern("room", each: "home/kitchen/+", data: "topic")
        try site.pattern("kind", each: "home/+/temperature", data: "topic")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#")
        for topic in ["kitchen/temperature", "hall/temperature", "kitchen/smoke", "hall/smoke", "kitchen/temperature"] {
            try client.publish("home/" + topic, "1")
        }
        #expect(
            try client.waitForData(of: "room", 3) == [
                "home/kitchen/temperature", "home/kitchen/smoke", "home/kitchen/temperature",
            ])
        #expect(
            try client.waitForData(of: "kind", 3) == [
                "home/kitchen/temperature", "home/hall/temperature", "home/kitchen/temperature",
            ])
        _ = gateway
    }

    @Test("`format` says how a payload is read; what is not JSON where JSON is asked for is dropped and counted")
    func formats() throws {
        let site = try Site()
        try site.configure(
            """
            stats_interval: 100ms
            sensors:
              - {filter: home/json, format: json}
              - {filter: home/text, format: text}
              - {filter: home/bytes, format: bytes}
            """)
        try site.pattern("any", each: "home/+", data: "payload")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#", "bobo/stats/gw")
        try client.publish("home/json", "ON")
        try client.publish("home/json", "21.5")
        try client.publish("home/text", "21.5")
        try client.publish("home/bytes", "21.5")
        try client.publish("home/auto", "21.5")
        try client.publish("home/auto", "ON")
        let data = try client.waitForData(of: "any", 5)
        #expect(data[0] == 21.5)
        #expect(data[1] == "21.5")
        #expect(data[2]["base64"] == "MjEuNQ==")
        #expect(data[3] == 21.5)
        #expect(data[4] == "ON")
        try client.waitForMessage(on: "bobo/stats/gw") { try ReadJSON($0.text)["messages"]["dropped"] == 1 }
        try gateway.waitForLine(containing: "no JSON where `sensors` says JSON")
    }

    @Test("A field that no message has is told of, once, with the fields that they have")
    func misspelt() throws {
        let site = try Site()
        try site.configure("stats_interval: 100ms")
        try site.pattern("warm", each: "home/+", where: "payload.temprature > 20")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/stats/gw")
        for _ in 0..<60 { try client.publish("home/a", #"{"temperature": 21, "humidity": 40}"#) }
        let line = try gateway.waitForLine(containing: "failed on each of the first 20 messages")
        #expect(line.contains("patterns/warm.yaml:6:"))
        #expect(line.contains("no such field: temprature; they have temperature, humidity"))
        try client.waitForMessage(on: "bobo/stats/gw") { try ReadJSON($0.text)["messages"]["events"] == 60 }
        gateway.send(SIGTERM)
        #expect(try gateway.waitForExit() == 0)
        #expect(gateway.errors.lines.count { $0.contains("failed on each of") } == 1)
    }
}
