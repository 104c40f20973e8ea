import Testing

/// A tiny queue under a flood.
@Suite(.waiting) struct QueueTests {
    private static let flood = 5000

    @Test(
        "A full queue drops what its rule says, counts it, and the gateway goes on",
        arguments: ["drop_newest", "drop_oldest"])
    func drops(rule: String) throws {
        let site = try Site()
        try site.configure("{queue: {size: 10, when_full: \(rule)}, stats_interval: 100ms}")
        try site.pattern("any", each: "home/#")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#", "bobo/stats/gw")
        try client.publish("home/a", (0..<Self.flood).map(String.init))
        try client.waitForMessage(on: "bobo/stats/gw", timeout: .seconds(30)) {
            let figures = try ReadJSON($0.text)
            return figures["messages"]["received"].number == Double(Self.flood) && figures["queue"] == 0
        }
        try client.publish("home/a", "\"end\"")
        try client.waitForMessage(on: "bobo/events/any") { try ReadJSON($0.text)["data"]["data"] == "end" }
        let all = Double(Self.flood + 1)
        let message = try client.waitForMessage(on: "bobo/stats/gw") {
            try ReadJSON($0.text)["messages"]["received"].number == all
        }
        let figures = try ReadJSON(message.text)["messages"]
        let (events, dropped) = (try #require(figures["events"].number), try #require(figures["dropped"].number))
        #expect(dropped > 0)
        #expect(events + dropped == all)
        #expect(try Double(client.data(of: "any").count) == events)
        // What is kept keeps its order.
        let numbers = try client.data(of: "any").compactMap(\.number)
        #expect(numbers == numbers.sorted())
        try gateway.waitForLine(containing: "the queue was full")
    }

    @Test("`wait` loses nothing and keeps the order", arguments: ["5", "3.1.1"])
    func waits(version: String) throws {
        let site = try Site()
        try site.configure("{broker: {version: \(version)}, queue: {size: 10, when_full: wait}, stats_interval: 100ms}")
        try site.pattern("any", each: "home/#")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#", "bobo/stats/gw")
        try client.publish("home/a", (0..<Self.flood).map(String.init))
        let numbers = try client.waitForData(of: "any", Self.flood, timeout: .seconds(60)).compactMap(\.number)
        #expect(numbers == (0..<Self.flood).map(Double.init))
        let message = try client.waitForMessage(on: "bobo/stats/gw") {
            try ReadJSON($0.text)["messages"]["received"].number == Double(Self.flood)
        }
        #expect(try ReadJSON(message.text)["messages"]["dropped"] == 0)
        _ = gateway
    }
}
