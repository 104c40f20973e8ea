import Foundation
import Testing

/// Gateways that are killed, and that stop in order.
@Suite(.waiting) struct DeathTests {
    private static let rooms = (0..<12).map { "room\($0)" }

    /// Three gateways that divide six partitions among themselves; each message is an event of its own.
    private static func divided() -> Gateways.Setup {
        var setup = Gateways.Setup()
        setup.names = ["gw-a", "gw-b", "gw-c"]
        setup.filters = rooms.map { "home/\($0)/#" }
        setup.patterns = [
            "each": """
            phenomenon: each
            patterns: [{name: each, input: [home/+/sensor], blocks: [{followed_by: 'true'}]}]
            emit: {data: payload}
            """
        ]
        return setup
    }

    private static func numbers(_ gateways: Gateways) throws -> [Int] {
        try gateways.client.data(of: "each").map { Int($0.number ?? -1) }
    }

    private func expectOnce(_ count: Int, _ gateways: Gateways) throws {
        let numbers = try Self.numbers(gateways)
        let lost = Set(1...count).subtracting(numbers).sorted()
        let twice = Dictionary(grouping: numbers) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
        #expect(lost.isEmpty && twice.isEmpty, "lost \(lost), twice \(twice)")
    }

    @Test("A gateway that was killed gets all back when it returns, by RESET, and goes on with it")
    func reset() throws {
        let gateways = try Gateways(Trip.setup())
        try gateways.start()
        for number in 1...5 { try gateways.say(1, of: "k\(number)", on: .left) }
        try gateways.waitForActiveRuns(5)
        for step in 2...3 { try gateways.say(step, of: "k1", on: .left) }
        try gateways.waitForTrip(of: "k1")
        try gateways.say(0, of: "k2", on: .left)
        try gateways.waitForActiveRuns(3)
        try gateways.kill("gw-a")
        // The broker keeps it for the gateway.
        let late = try gateways.say(2, of: "k3", on: .left)
        let place = try gateways.catchUp()
        try gateways.start("gw-a")
        try gateways.waitTillTogether()
        try gateways.waitForActiveRuns(3)
        let asked = gateways.messages(from: "gw-a", to: "gw-b", since: place)
        #expect(asked.first?["reset"] == true && asked.first?["part"] == 0)
        let answered = gateways.messages(from: "gw-b", to: "gw-a", since: place)
        // Once for this epoch.
        #expect(answered.count { $0["part"] == 1 } == 1)
        let full = try #require(answered.first { $0["part"] == 1 })
        // Whoever has just begun had no part in what was completed: of that it gets the ids.
        #expect(full["completed"].values.allSatisfy { $0["version"] == nil })
        #expect(full["halted"].count == 1 && full["updated"].count >= 1)
        #expect(try gateways.process("gw-a").isRunning)

        let last = try gateways.say(3, of: "k3", on: .left)
        #expect(try gateways.waitForTrip(of: "k3").seen == [3, late, last])
        // What has ended does not go on.
        for key in ["k1", "k2"] { for step in 2...3 { try gateways.say(step, of: key, on: .left) } }
        try gateways.goAround("next")
        #expect(try gateways.trips(of: "k1").count == 1)
        #expect(try gateways.trips(of: "k2").isEmpty)
    }

    @Test("What the publisher had not published when it died another publishes: nothing is lost")
    func publisher() throws {
        var setup = Trip.setup(isRelayed: true)
        setup.patterns["second"] = """
            phenomenon: second
            patterns: [{name: each, input: [bobo/events/trip], blocks: [{followed_by: 'true'}]}]
            emit: {data: payload.data.data.key}
            """
        let gateways = try Gateways(setup)
        try gateways.start()
        // What it sends stays on the way, and is lost with it.
        try gateways.relay("gw-b").hold(.toBroker, of: .peers)
        let keys = (1...12).map { "k\($0)" }
        for key in keys { for step in 1...3 { try gateways.say(step, of: key, on: .left) } }
        // A gateway shows what it is about to publish. Each publishes some of them, by chance: by a hash of the run.
        let output = try gateways.process("gw-b").output
        _ = try output.waitForLine(containing: "bobo.complex.second", timeout: .seconds(30))
        try gateways.wait(for: "some of gw-a") { (try? gateways.client.data(of: "second").isEmpty) == false }
        let before = try gateways.client.data(of: "second").count
        #expect(before < keys.count)
        try gateways.kill("gw-b")
        try gateways.client.waitForData(of: "second", keys.count, timeout: .seconds(30))
        #expect(Set(try gateways.client.data(of: "second").compactMap(\.string)) == Set(keys))
        #expect(try gateways.client.data(of: "second").count == keys.count)
        #expect(Set(try gateways.trips().map(\.key)) == Set(keys))
        #expect(gateways.log(of: "gw-a", containing: "in place of gw-b").count >= 1)
    }

    @Test("A planned stop hands the partitions over: each message counts once", arguments: [SIGTERM, SIGINT])
    func plannedStop(signal: Int32) throws {
        let gateways = try Gateways(Self.divided())
        try gateways.start()
        var number = 0
        func publish() throws {
            for room in Self.rooms {
                number += 1
                try gateways.client.publish("home/\(room)/sensor", "\(number)")
            }
        }
        for _ in 1...5 { try publish() }
        try gateways.process("gw-b").send(signal)
        let deadline = ContinuousClock.now + .seconds(30)
        while gateways.running.count == 3, .now < deadline { try publish() }
        #expect(try gateways.process("gw-b").waitForExit() == 0)
        try gateways.waitTillTogether()
        for _ in 1...5 { try publish() }
        try gateways.client.waitForData(of: "each", number, timeout: .seconds(30))
        try expectOnce(number, gateways)
        // It went without anybody taking it for dead.
        #expect(gateways.log(of: "gw-a", containing: "full state: no success").isEmpty)
        // And comes back to its share.
        try gateways.start("gw-b")
        try gateways.waitTillTogether()
        for _ in 1...2 { try publish() }
        try gateways.client.waitForData(of: "each", number, timeout: .seconds(30))
        try expectOnce(number, gateways)
    }

    @Test("The partitions of a gateway that died are read by others within 2 s of its will")
    func death() throws {
        let gateways = try Gateways(Self.divided())
        try gateways.start()
        let figures = try gateways.waitForStatistics(of: "gw-a", "figures") { _ in true }
        let rooms = Self.rooms.filter { figures["partitions"]["home/\($0)/#"][0] == "gw-b" }
        #expect(!rooms.isEmpty)
        let place = try gateways.catchUp()
        try gateways.kill("gw-b")
        try gateways.wait(for: "will") {
            gateways.client.messages[place...].contains { $0.topic == "bobo/status/gw-b" && $0.text == "offline" }
        }
        let start = ContinuousClock.now
        var number = 0
        for room in rooms {
            var seen = false
            while !seen, ContinuousClock.now - start < .seconds(20) {
                number += 1
                try gateways.client.publish("home/\(room)/sensor", "\"\(room) \(number)\"")
                seen =
                    (try? gateways.wait(for: "event", timeout: .milliseconds(100)) {
                        (try? gateways.client.data(of: "each").contains { $0.string?.hasPrefix(room) == true }) == true
                    }) != nil
            }
            #expect(seen, "\(room)")
        }
        #expect(ContinuousClock.now - start < .seconds(2))
        try gateways.waitTillTogether()
    }
}
