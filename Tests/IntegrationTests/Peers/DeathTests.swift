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

    private static func count(_ gateways: Gateways) -> Int {
        gateways.client.messages.count { $0.topic == "bobo/events/each" }
    }

    private func waitForEvents(_ count: Int, _ gateways: Gateways) throws {
        try gateways.wait(for: "\(count) events") {
            Self.count(gateways) >= count && (try? Set(Self.numbers(gateways)).count) == count
        }
    }

    /// Without `event_id`, so that a message that two gateways act on is two events.
    private func expectOnce(_ count: Int, _ gateways: Gateways) throws {
        let events = Dictionary(grouping: try gateways.events(of: "each")) { Int($0["data"]["data"].number ?? -1) }
        let lost = Set(1...count).subtracting(events.keys).sorted()
        let twice = events.values.filter { $0.count > 1 }
            .map { $0.map { "\($0["data"]["data"]) \($0["id"]) of \($0["gateway"])" }.joined(separator: ", ") }
        let said = gateways.setup.names.flatMap { name in gateways.log(of: name).map { "\($0) \(name)" } }
        #expect(lost.isEmpty && twice.isEmpty, "lost \(lost), twice \(twice.sorted()), \(said.sorted())")
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
        setup.pingAfter = "20s"
        setup.patterns["second"] = """
            phenomenon: second
            patterns: [{name: each, input: [bobo/events/trip], blocks: [{followed_by: 'true'}]}]
            emit: {data: payload.data.data.key}
            """
        setup.patterns["trip"] = Trip.pattern(steps: 1)
        let gateways = try Gateways(setup)
        try gateways.start()
        // gw-a completes both; who publishes the second is decided by a hash of the run, so it is tried till it is gw-b.
        // What gw-b sends stays on the way then, and is lost with it.
        let output = try gateways.process("gw-b").output
        var keys: [String] = []
        func isPublished(_ key: String) -> Bool {
            (try? gateways.client.data(of: "second").contains { $0.string == key }) == true
        }
        func isShown(_ key: String) -> Bool {
            output.lines.contains { $0.contains("bobo.complex.second") && $0.contains("\"\(key)\"") }
        }
        while keys.last.map(isShown) != true, keys.count < 30 {
            try gateways.relay("gw-b").release()
            try gateways.waitTillTogether()
            try gateways.relay("gw-b").hold(.toBroker, of: .peers)
            let key = "k\(keys.count)"
            keys.append(key)
            try gateways.say(1, of: key, on: .left)
            // Neither, where a ping was under way that gw-b has not acknowledged: the rest waits behind it.
            try? gateways.wait(for: "a publisher of \(key)", timeout: .seconds(2)) { isPublished(key) || isShown(key) }
        }
        let last = try #require(keys.last)
        #expect(isShown(last) && !isPublished(last))
        try gateways.kill("gw-b")
        try gateways.wait(for: "\(last) of gw-a") { isPublished(last) }
        try gateways.wait(for: "all of them") { keys.allSatisfy(isPublished) }
        #expect(Set(try gateways.trips().map(\.key)) == Set(keys))
        try gateways.wait(for: "that it says so") { !gateways.log(of: "gw-a", containing: "in place of gw-b").isEmpty }
    }

    @Test("A planned stop hands the partitions over: each message counts once", arguments: [SIGTERM, SIGINT])
    func plannedStop(signal: Int32) throws {
        var setup = Self.divided()
        setup.lines = ["log_level: debug"]
        let gateways = try Gateways(setup)
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
        while gateways.running.count == 3, .now < deadline {
            try publish()
            // No faster than they are.
            try gateways.wait(for: "most of \(number)") { Self.count(gateways) > number - 200 }
        }
        #expect(try gateways.process("gw-b").waitForExit() == 0)
        try gateways.waitTillTogether()
        for _ in 1...5 { try publish() }
        // Where nobody was there in time to read in its place, the rest waits for its return.
        if !gateways.log(of: "gw-b", containing: "session=ended").isEmpty {
            try waitForEvents(number, gateways)
            try expectOnce(number, gateways)
        }
        // It went without anybody taking it for dead.
        #expect(gateways.log(of: "gw-a", containing: "full state: it has acknowledged").isEmpty)
        // And comes back to its share.
        try gateways.start("gw-b")
        try gateways.waitTillTogether()
        for _ in 1...2 { try publish() }
        try waitForEvents(number, gateways)
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
