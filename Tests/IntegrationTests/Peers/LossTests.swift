import Foundation
import Testing

/// What may be lost where something fails, and what not: the table `What can be lost` of the specification, row by row.
@Suite(.waiting) struct LossTests {
    enum Fault: CaseIterable { case killed, standsStill, brokerStopped }

    private static let sides = ["left", "right", "other"]

    /// Three gateways, three partitions; each message is an event of its own, known again where two read it.
    private func setup(copies: Int) -> Gateways.Setup {
        var setup = Gateways.Setup()
        setup.names = ["gw-a", "gw-b", "gw-c"]
        setup.filters = Self.sides.map { "home/\($0)/#" }
        setup.copies = copies
        setup.sensors = ["{filter: home/+/+, event_id: string(payload.seq)}"]
        setup.patterns = [
            "each": """
            phenomenon: each
            patterns: [{name: each, input: [home/+/+], blocks: [{followed_by: 'true'}]}]
            emit: {data: payload.seq}
            """
        ]
        return setup
    }

    /// Publishes ten messages of each partition.
    private func publish(_ gateways: Gateways) throws {
        for side in Self.sides {
            for _ in 1...10 {
                gateways.said += 1
                try gateways.client.publish("home/\(side)/sensor", #"{"seq": \#(gateways.said)}"#)
            }
        }
    }

    /// By message, the ids of its complex events: those that were heard, and, since nobody hears anything while the broker is away,
    /// those that the gateways have said. A gateway that is killed may have published what it had no time to say.
    private func published(_ gateways: Gateways) throws -> [Int: Set<String>] {
        var ids: [Int: Set<String>] = [:]
        for event in try gateways.outputs.map({ try ReadJSON($0) }) + gateways.events(of: "each") {
            ids[Int(event["data"]["data"].number ?? -1), default: []].insert(event["id"].description)
        }
        return ids
    }

    private func waitForAll(_ gateways: Gateways) throws {
        try gateways.wait(for: "all of \(gateways.said)") {
            (try? published(gateways).keys.contains(gateways.said)) == true
                && (try? published(gateways).count) == gateways.said
        }
    }

    /// Whom a partition has for its only, or its first, reader.
    private func reader(of side: String, _ gateways: Gateways) throws -> String {
        let figures = try gateways.waitForStatistics(of: "gw-a", "figures") { _ in true }
        return try #require(figures["partitions"]["home/\(side)/#"][0].string)
    }

    @Test(
        "Nothing is lost, and nothing counts twice, where a gateway is killed and returns, where one stands still, and where the broker is stopped and started with its sessions",
        arguments: Fault.allCases, [1, 2])
    func nothing(fault: Fault, copies: Int) throws {
        var setup = setup(copies: copies)
        setup.keepsSessions = true
        let gateways = try Gateways(setup)
        try gateways.start()
        let victim = try reader(of: "left", gateways)
        try publish(gateways)
        switch fault {
        case .killed:
            try gateways.kill(victim)
            try publish(gateways)
            try gateways.start(victim)
        case .standsStill:
            try gateways.pause(victim)
            try publish(gateways)
            // Longer than the second after which what lay in a socket is taken for old.
            let since = ContinuousClock.now
            try gateways.wait(for: "a while") { ContinuousClock.now - since > .seconds(2) }
            try gateways.resume(victim)
        case .brokerStopped:
            gateways.broker.stop()
            try gateways.broker.start()
            try gateways.reconnect()
            try publish(gateways)
        }
        try publish(gateways)
        try waitForAll(gateways)
        try gateways.waitTillTogether()
        try publish(gateways)
        try waitForAll(gateways)
        #expect(try published(gateways).values.allSatisfy { $0.count == 1 })
    }

    @Test(
        "A gateway that is killed and does not return: with two copies nothing is lost, with one nothing but what came before another read its partitions",
        arguments: [1, 2])
    func gone(copies: Int) throws {
        let gateways = try Gateways(setup(copies: copies))
        try gateways.start()
        let victim = try reader(of: "left", gateways)
        try publish(gateways)
        try waitForAll(gateways)
        try gateways.kill(victim)
        let between = gateways.said + 1
        try publish(gateways)
        let after = gateways.said + 1
        try gateways.waitTillTogether()
        try publish(gateways)
        let expected = copies == 2 ? Set(1...gateways.said) : Set(1..<between).union(after...gateways.said)
        try gateways.wait(for: "what is not lost") { (try? expected.isSubset(of: published(gateways).keys)) == true }
        // What the others have read all along.
        let lost = Set(1...gateways.said).subtracting(try published(gateways).keys)
        #expect(lost.allSatisfy { (between..<after).contains($0) })
    }

    @Test("Two of three are killed: what only they had read may be lost, and the third reads all that follows")
    func two() throws {
        let gateways = try Gateways(setup(copies: 2))
        try gateways.start()
        try publish(gateways)
        try waitForAll(gateways)
        for name in ["gw-a", "gw-b"] { try gateways.kill(name) }
        let between = gateways.said + 1
        try publish(gateways)
        let after = gateways.said + 1
        try gateways.waitForStatistics(of: "gw-c", "all partitions") { figures in
            figures["partitions"].values.allSatisfy { $0.count == 1 && $0[0] == "gw-c" }
        }
        try publish(gateways)
        let expected = Set(1..<between).union(after...gateways.said)
        try gateways.wait(for: "what follows") { (try? expected.isSubset(of: published(gateways).keys)) == true }
        // They come back to a share, and all three go on.
        for name in ["gw-a", "gw-b"] { try gateways.start(name) }
        try gateways.waitTillTogether()
        let again = gateways.said + 1
        try publish(gateways)
        try gateways.wait(for: "what comes then") {
            (try? Set(again...gateways.said).isSubset(of: published(gateways).keys)) == true
        }
    }

    @Test("The broker is killed: the gateways live, find together again, and take what comes then")
    func brokerKilled() throws {
        let gateways = try Gateways(setup(copies: 1))
        try gateways.start()
        try publish(gateways)
        try waitForAll(gateways)
        gateways.broker.kill()
        try gateways.broker.start()
        try gateways.reconnect()
        try gateways.waitTillTogether()
        #expect(gateways.running.count == 3)
        let after = gateways.said + 1
        try publish(gateways)
        try gateways.wait(for: "what comes then") {
            (try? Set(after...gateways.said).isSubset(of: published(gateways).keys)) == true
        }
        #expect(try published(gateways).values.allSatisfy { $0.count == 1 })
    }
}
