import Foundation
import Testing

/// A gateway that hears of nobody for longer than ended runs are remembered, while its runs end elsewhere.
@Suite(.waiting) struct AwayTests {
    enum Absence: CaseIterable { case standsStill, withoutBroker }

    @Test(
        "Nothing that has ended meanwhile comes back, and no event completes a second run", arguments: Absence.allCases)
    func longAbsence(absence: Absence) throws {
        var setup = Gateways.Setup()
        setup.names = ["gw-a", "gw-b", "gw-c"]
        setup.filters = Trip.filters + ["home/other/#"]
        setup.patterns = ["trip": Trip.pattern()]
        setup.resyncAfter = "1500ms"
        setup.rememberAge = "6s"
        setup.isRelayed = true
        let gateways = try Gateways(setup)
        try gateways.start()
        // Whoever reads what is on the left goes away: what it has taken itself is the most that could come back.
        let figures = try gateways.waitForStatistics(of: "gw-a", "figures") { _ in true }
        let absent = try #require(figures["partitions"]["home/left/#"][0].string)
        for key in ["done", "off", "on"] { try gateways.say(1, of: key, on: .left) }
        try gateways.waitForActiveRuns(3)

        let start = ContinuousClock.now
        switch absence {
        case .standsStill: try gateways.pause(absent)
        case .withoutBroker: try gateways.relay(absent).shut()
        }
        let others = setup.names.filter { $0 != absent }
        // They read in its place, and end its runs; one more begins and ends, on topics that it had read.
        for name in others {
            try gateways.waitForStatistics(of: name, "division among two") { figures in
                figures["partitions"].values.allSatisfy { $0.count == 1 && $0[0].string != absent }
            }
        }
        try gateways.say(0, of: "off", on: .left)
        for step in 2...3 { try gateways.say(step, of: "done", on: .left) }
        for step in 1...3 { try gateways.say(step, of: "between", on: .left) }
        for key in ["done", "between"] { try gateways.waitForTrip(of: key) }
        try gateways.waitForActiveRuns(1, at: others)
        // Longer than the others remember: that is what is tested.
        try gateways.wait(for: "end of remember.age", timeout: .seconds(30)) {
            ContinuousClock.now - start > .seconds(9)
        }
        let known = gateways.log(of: absent).count
        switch absence {
        case .standsStill: try gateways.resume(absent)
        case .withoutBroker: try gateways.relay(absent).open()
        }
        try gateways.waitTillTogether()
        try gateways.waitForActiveRuns(1)
        let said = gateways.log(of: absent).dropFirst(known)
        if absence == .standsStill { #expect(said.contains { $0.contains("this gateway was away") }, "\(said)") }
        #expect(gateways.log(of: absent).contains { $0.contains("active runs dropped") })

        for key in ["done", "off", "between"] {
            for step in 2...3 { for side in [Side.left, .right] { try gateways.say(step, of: key, on: side) } }
        }
        for step in 2...3 { try gateways.say(step, of: "on", on: .left) }
        try gateways.waitForTrip(of: "on")
        try gateways.goAround("next")
        try gateways.waitForActiveRuns(0)
        let trips = try gateways.trips()
        #expect(
            Dictionary(grouping: trips, by: \.key).mapValues(\.count) == [
                "done": 1, "between": 1, "on": 1, "next-left": 1, "next-right": 1,
            ])
    }
}
