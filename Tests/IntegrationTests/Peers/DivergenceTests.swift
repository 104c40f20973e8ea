import Foundation
import Testing

/// Two gateways, one for what is on the left and one for what is on the right, that hear nothing of each other for a while,
/// and take one run different ways.
@Suite(.waiting) struct DivergenceTests {
    let gateways: Gateways

    private func part() throws {
        for relay in gateways.relays.values { relay.hold(.fromBroker, of: .peers) }
    }

    private func meet() throws {
        for relay in gateways.relays.values { relay.release() }
    }

    init() throws {
        gateways = try Gateways(Trip.setup(steps: 5, isRelayed: true))
        try gateways.start()
    }

    /// A run that both hold, so many steps on; by messages 1 to so many.
    private func begin(_ key: String, steps: Int) throws {
        for step in 1...steps { try gateways.say(step, of: key, on: .left) }
        try gateways.wait(for: "run at gw-b") { [gateways] in
            gateways.messages(from: "gw-a", to: "gw-b").contains { message in
                message["updated"].values.contains { $0.historyLength == steps }
            } && gateways.messages(from: "gw-a", to: "gw-b").last?["open"] != true
        }
        try gateways.waitForActiveRuns(1)
    }

    /// Waits till a gateway has taken so many messages, though it cannot tell its peer.
    private func waitForEvents(_ count: Int, of name: String) throws {
        try gateways.waitForStatistics(of: name, "\(count) messages") { $0["messages"]["events"] == ReadJSON(count) }
    }

    private struct Ends: Equatable {
        var completed: Int
        var halted: Int
    }

    /// What a gateway knows of ended runs: it tells that to its peer, which is killed and started again.
    private func endsKnown(by name: String) throws -> Ends {
        let other = name == "gw-a" ? "gw-b" : "gw-a"
        try gateways.waitTillTogether()
        try gateways.kill(other)
        let place = try gateways.catchUp()
        try gateways.start(other)
        try gateways.waitTillTogether()
        let parts = gateways.messages(from: name, to: other, since: place).filter { $0["part"].number ?? 0 > 0 }
        // A run may stand there twice.
        func identifiers(_ list: String) -> Set<String> {
            Set(
                parts.flatMap { $0[list].values }.flatMap { entry in
                    entry["id"].string.map { [$0] } ?? entry["id"].values.compactMap(\.string)
                })
        }
        return Ends(completed: identifiers("completed").count, halted: identifiers("halted").count)
    }

    @Test("Two that complete one run with different events make one complex event: all repeats bear its id")
    func completedTwice() throws {
        try begin("k", steps: 4)
        try part()
        let left = try gateways.say(5, of: "k", on: .left)
        let right = try gateways.say(5, of: "k", on: .right)
        try gateways.waitForStatistics(of: "gw-a", "completion") { $0["runs"]["completed"] == 1 }
        try gateways.waitForStatistics(of: "gw-b", "completion") { $0["runs"]["completed"] == 1 }
        try meet()
        try gateways.waitTillTogether()
        try gateways.goAround("next", steps: 5)
        let trips = try gateways.trips(of: "k")
        #expect((1...2).contains(trips.count))
        #expect(Set(trips.map(\.id)).count == 1)
        #expect(Set(trips.map(\.seen)).isSubset(of: [[1, 2, 3, 4, left], [1, 2, 3, 4, right]]))
        // The figures count what a gateway has completed itself: this run, and one of those.
        for name in gateways.setup.names {
            try gateways.waitForStatistics(of: name, "two completed") {
                $0["runs"]["completed"] == 2 && $0["runs"]["active"] == 0
            }
        }
        #expect(try endsKnown(by: "gw-b") == Ends(completed: 3, halted: 0))
    }

    @Test("One completes a run and another halts it: it is complete everywhere")
    func completedAndHalted() throws {
        try begin("k", steps: 4)
        try part()
        try gateways.say(5, of: "k", on: .left)
        try gateways.say(0, of: "k", on: .right)
        try gateways.waitForStatistics(of: "gw-a", "completion") { $0["runs"]["completed"] == 1 }
        try gateways.waitForStatistics(of: "gw-b", "halt") { $0["runs"]["halted"] == 1 && $0["runs"]["completed"] == 0 }
        try meet()
        try gateways.waitForTrip(of: "k")
        try gateways.goAround("next", steps: 5)
        #expect(try gateways.trips(of: "k").count == 1)
        let ends = try endsKnown(by: "gw-b")
        #expect(ends == Ends(completed: 3, halted: 0))
        // Nor does it come back with the rest of its events.
        try gateways.waitTillTogether()
        try gateways.say(5, of: "k", on: .right)
        try gateways.goAround("end", steps: 5)
        #expect(try gateways.trips(of: "k").count == 1)
    }

    @Test("An update several blocks ahead is taken over with its whole history")
    func ahead() throws {
        try begin("k", steps: 1)
        try part()
        for step in 2...4 { try gateways.say(step, of: "k", on: .left) }
        try waitForEvents(4, of: "gw-a")
        try gateways.waitForActiveRuns(1, at: ["gw-b"])
        try meet()
        try gateways.waitTillTogether()
        try gateways.say(5, of: "k", on: .right)
        #expect(try gateways.waitForTrip(of: "k").seen == [1, 2, 3, 4, 5])
    }

    @Test("An update behind changes nothing: the copy that is farther stands, also where the other has news")
    func behind() throws {
        try begin("k", steps: 1)
        try part()
        var expected = [1]
        for step in 2...4 { expected.append(try gateways.say(step, of: "k", on: .right)) }
        try waitForEvents(3, of: "gw-b")
        try gateways.say(2, of: "k", on: .left)
        try waitForEvents(2, of: "gw-a")
        try meet()
        try gateways.waitTillTogether()
        // Whoever reads the last step has the farther copy.
        expected.append(try gateways.say(5, of: "k", on: .left))
        #expect(try gateways.waitForTrip(of: "k").seen == expected)
        try gateways.waitForActiveRuns(0)
    }

    @Test("An update of a run that another has halted changes nothing: it is halted everywhere")
    func updateAgainstHalt() throws {
        try begin("k", steps: 2)
        try part()
        try gateways.say(0, of: "k", on: .right)
        try gateways.waitForStatistics(of: "gw-b", "halt") { $0["runs"]["halted"] == 1 }
        for step in 3...4 { try gateways.say(step, of: "k", on: .left) }
        try waitForEvents(4, of: "gw-a")
        try meet()
        try gateways.waitForActiveRuns(0)
        for side in [Side.left, .right] { try gateways.say(5, of: "k", on: side) }
        try gateways.goAround("next", steps: 5)
        #expect(try gateways.trips(of: "k").isEmpty)
        try gateways.waitForActiveRuns(0)
    }
}
