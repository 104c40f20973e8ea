import Foundation
import Testing

/// A gateway that cannot reach its peer, for less than `ping_after`, for less than `resync_after`, for longer. The broker
/// delivers nothing to the peer meanwhile, on the connection of its inbox.
@Suite(.waiting) struct PeriodTests {
    private static func isFullState(_ message: ReadJSON) -> Bool { message["type"] == "RESYNC" }

    /// Begins five runs on the left, of which the peer does not hear. What goes out first is not acknowledged, be it the
    /// first run or a ping; the others wait behind it.
    private func fillStash(of gateways: Gateways) throws {
        try gateways.say(1, of: "k1", on: .left)
        // By the second figures after it the batch has gone.
        for _ in 1...2 {
            try gateways.waitForStatistics(of: "gw-a", "the first run") { $0["messages"]["events"] == 1 }
        }
        for number in 2...5 { try gateways.say(1, of: "k\(number)", on: .left) }
        try gateways.waitForStatistics(of: "gw-a", "a stash") { $0["peers"]["gw-b"]["stash"].number ?? 0 >= 4 }
    }

    @Test("What cannot be sent to a peer waits in the stash, and is sent when it can be")
    func stash() throws {
        var setup = Trip.setup(isRelayed: true)
        setup.pingAfter = "30s"
        let gateways = try Gateways(setup)
        try gateways.start()
        let place = try gateways.catchUp()
        try gateways.relay("gw-b").hold(.fromBroker, of: .peers)
        try fillStash(of: gateways)
        try gateways.say(2, of: "k1", on: .left)
        try gateways.waitForActiveRuns(0, at: ["gw-b"])

        try gateways.relay("gw-b").release()
        try gateways.waitForActiveRuns(5)
        let sent = gateways.messages(from: "gw-a", to: "gw-b", since: place)
        #expect(sent.contains { $0["type"] == nil && $0["updated"].count > 0 })
        #expect(!sent.contains(where: Self.isFullState))
        // What it took over is whole.
        try gateways.say(3, of: "k1", on: .right)
        #expect(try gateways.waitForTrip(of: "k1").seen == [1, 6, 7])
    }

    @Test("What was lost on the way is sent again when the connection is back")
    func lost() throws {
        let gateways = try Gateways(Trip.setup(isRelayed: true))
        try gateways.start()
        let relay = try gateways.relay("gw-a")
        relay.hold(.toBroker, of: .peers)
        for number in 1...5 { try gateways.say(1, of: "k\(number)", on: .left) }
        // Without it nothing says that the gateway has them: its figures are held, too. It acknowledges what it has taken.
        try gateways.waitForActiveRuns(0, at: ["gw-b"])
        relay.cut(.peers)
        relay.release()
        try gateways.waitForActiveRuns(5)
        try gateways.waitTillTogether()
        try gateways.say(2, of: "k1", on: .right)
        try gateways.waitTillTaken(1, by: "gw-b")
        try gateways.say(3, of: "k1", on: .right)
        #expect(try gateways.waitForTrip(of: "k1").seen == [1, 6, 7])
    }

    @Test("In the PING period the stash is kept: what waits follows as soon as the peer answers, and no full state")
    func ping() throws {
        let gateways = try Gateways(Trip.setup(isRelayed: true))
        try gateways.start()
        let place = try gateways.catchUp()
        try gateways.relay("gw-b").hold(.fromBroker, of: .peers)
        try fillStash(of: gateways)
        try gateways.waitForStatistics(of: "gw-a", "a stash in the PING period") { figures in
            figures["peers"]["gw-b"]["period"] == "ping" && figures["peers"]["gw-b"]["stash"].number ?? 0 >= 1
        }
        // The same message goes again and again.
        let under = gateways.messages(from: "gw-a", to: "gw-b", since: place).last { $0["seq"].number ?? 0 > 0 }
        let seq = try #require(under)["seq"]
        try gateways.wait(for: "the same message again") {
            gateways.messages(from: "gw-a", to: "gw-b", since: place).count { $0["seq"] == seq } >= 3
        }
        try gateways.relay("gw-b").release()
        try gateways.waitForActiveRuns(5)
        try gateways.waitForStatistics(of: "gw-a", "the SYNC period") { $0["peers"]["gw-b"]["period"] == "sync" }
        #expect(!gateways.messages(from: "gw-a", to: "gw-b", since: place).contains(where: Self.isFullState))
        #expect(gateways.log(of: "gw-a", containing: "the full state: it has acknowledged").isEmpty)
    }

    @Test("In the RESYNC period the stash is thrown away, and the peer gets the full state when it answers")
    func resync() throws {
        var setup = Trip.setup(isRelayed: true)
        setup.resyncAfter = "1500ms"
        let gateways = try Gateways(setup)
        try gateways.start()
        try gateways.say(1, of: "before", on: .left)
        try gateways.waitForActiveRuns(1)
        let place = try gateways.catchUp()
        try gateways.relay("gw-b").hold(.fromBroker, of: .peers)
        for number in 1...5 { try gateways.say(1, of: "k\(number)", on: .left) }
        try gateways.say(0, of: "before", on: .left)
        try gateways.waitForStatistics(of: "gw-a", "no stash in the RESYNC period") { figures in
            figures["peers"]["gw-b"]["period"] == "resync" && figures["peers"]["gw-b"]["stash"] == 0
                && figures["runs"]["active"] == 5
        }
        // What is sent meanwhile bears no runs.
        try gateways.wait(for: "offers") {
            gateways.messages(from: "gw-a", to: "gw-b", since: place).count { $0["part"] == 0 } >= 2
        }
        try gateways.waitForActiveRuns(1, at: ["gw-b"])
        try gateways.relay("gw-b").release()
        try gateways.waitForActiveRuns(5)
        let parts = gateways.messages(from: "gw-a", to: "gw-b", since: place).filter { $0["part"] == 1 }
        #expect(parts.contains { $0["updated"].count + $0["halted"].count > 0 })
        try gateways.waitTillTogether()
        for (step, key) in [(2, "k3"), (3, "k3"), (2, "before"), (3, "before")] {
            try gateways.say(step, of: key, on: .right)
        }
        #expect(try gateways.waitForTrip(of: "k3").seen == [4, 8, 9])
        try gateways.goAround("last")
        #expect(try gateways.trips(of: "before").isEmpty)
    }
}
