import Foundation
import Testing

/// Times and identities that `sensors` reads from messages.
@Suite(.waiting) struct SensorTimeTests {
    let site: Site

    init() throws { site = try Site() }

    private func configure(_ more: String = "") throws {
        try site.configure(
            """
            stats_interval: 100ms
            sensors:
              - filter: home/+
                timestamp: unix_millis(payload.ms)
                event_id: string(payload.seq)
            \(more)
            """)
    }

    private func message(_ ms: Int64, _ seq: Int) -> String { #"{"ms": \#(ms), "seq": \#(seq)}"# }

    private var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    @Test("The sensor's own timestamp is the event's; where it fails, or lies too far ahead, the arrival is, counted")
    func timestamp() throws {
        try configure()
        try site.pattern("any", each: "home/+", data: "payload.seq")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/any", "bobo/stats/gw")
        let start = now
        try client.publish("home/a", message(start - 3_600_000, 1))
        try client.publish("home/a", #"{"seq": 2}"#)
        try client.publish("home/a", message(start + 3_600_000, 3))
        try client.waitForData(of: "any", 3)
        let times = try client.json(on: "bobo/events/any").map { $0["data"]["history"][""][0]["ts"].number ?? 0 }
        #expect(times[0] == Double(start - 3_600_000))
        #expect(times[1...].allSatisfy { abs($0 - Double(start)) < 60_000 })
        try client.waitForMessage(on: "bobo/stats/gw") { try ReadJSON($0.text)["messages"]["failed"] == 1 }
        try gateway.waitForLine(containing: "1 timestamps could not be read")
        try gateway.waitForLine(containing: "1 timestamps lay too far ahead")
    }

    @Test("An event keeps its order by its timestamp within max_lateness")
    func lateness() throws {
        try configure("max_lateness: 10s")
        try site.pattern("any", each: "home/+", data: "payload.seq")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/any")
        let start = now - 60_000
        try client.publish("home/a", message(start + 2000, 3))
        try client.publish("home/a", message(start, 1))
        try client.publish("home/a", message(start + 1000, 2))
        try client.publish("home/a", message(start + 30_000, 4))
        #expect(try client.waitForData(of: "any", 3) == [1, 2, 3])
        _ = gateway
    }

    @Test("While nothing comes the clock goes on at the pace of real time, and what waits is taken")
    func pace() throws {
        try configure("max_lateness: 300ms")
        try site.pattern("any", each: "home/+", data: "payload.seq")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/any")
        try client.publish("home/a", message(now - 60_000, 1))
        #expect(try client.waitForData(of: "any", timeout: .seconds(5)) == [1])
        _ = gateway
    }

    @Test("An event older than the clock is late: counted, and processed or dropped", arguments: ["process", "drop"])
    func late(rule: String) throws {
        try configure("late: \(rule)")
        try site.pattern("any", each: "home/+", data: "payload.seq")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/any", "bobo/stats/gw")
        let start = now
        try client.publish("home/a", message(start - 1000, 1))
        try client.publish("home/a", message(start - 60_000, 2))
        try client.publish("home/a", message(start + 5000, 3))
        #expect(try client.waitForData(of: "any", rule == "drop" ? 2 : 3) == (rule == "drop" ? [1, 3] : [1, 2, 3]))
        try client.waitForMessage(on: "bobo/stats/gw") { try ReadJSON($0.text)["messages"]["late"] == 1 }
        _ = gateway
    }

    @Test("An event_id makes a repeat's complex event bear the same id, also in another gateway's life")
    func identity() throws {
        try configure()
        try site.pattern("any", each: "home/+", data: "payload.seq")
        let client = try site.listener("bobo/events/any")
        func run(_ count: Int, _ text: String, on topic: String = "home/a") throws {
            try client.publish(topic, text)
            try client.waitForData(of: "any", count)
        }
        let first = try site.gateway()
        try run(1, message(now, 7))
        first.send(SIGTERM)
        #expect(try first.waitForExit() == 0)
        let second = try site.gateway()
        try run(2, message(now, 7))
        try run(3, message(now, 8))
        try run(4, message(now, 8), on: "home/b")
        // Of these nothing is known but that each came for itself.
        try run(5, #"{"ms": 1}"#)
        try run(6, #"{"ms": 1}"#)
        let ids = try client.json(on: "bobo/events/any").map { try #require($0["id"].string) }
        #expect(ids[0] == ids[1])
        #expect(Set(ids).count == 5)
        _ = second
    }
}
