import Testing

@testable import BoboEngine

/// Timers of runs that several gateways hold.
@Suite struct SharedTimerTests {
    private static let ab = ["{followed_by: A}", "{followed_by: B}"]
    private static let silence = ["{followed_by: A}", "{absent: B, for: 5s}"]

    // MARK: within

    @Test func anEventLaterThanWithinIsNotAccepted() throws {
        var gateways = try Gateways(1, blocks: SharedTimerTests.ab, "within: 2s")
        gateways.take("A@1 B@3.001", by: 0)
        #expect(gateways.completed(0) == [] && gateways.active(0) == ["1: 1"])
        gateways.take("B@3", by: 0)
        #expect(gateways.completed(0) == ["1 3"])
    }

    @Test func theClockHaltsCatchUpLaterAndSaysNothing() throws {
        var gateways = try Gateways(2, blocks: SharedTimerTests.ab, "within: 2s")
        gateways.take("A@1", by: 0)
        gateways.exchange()
        gateways.advance(to: 5)
        #expect(gateways.active(0) == ["1: 1"])
        gateways.advance(to: 5.001)
        #expect(gateways.active(0) == [] && gateways.active(1) == [])
        #expect(gateways.said(by: 0).isEmpty && gateways.said(by: 1).isEmpty)
        #expect(gateways[0].statistics.haltedRuns == [.within: 1])
    }

    @Test func aPeerThatComesWithItLaterIsTold() throws {
        var gateways = try Gateways(2, blocks: SharedTimerTests.ab, "within: 2s")
        gateways.take("A@1", by: 0)
        let begun = gateways.said(by: 0)
        gateways.tell(1, begun)
        gateways.advance(to: 6, 1)
        #expect(gateways.tell(1, begun) == [.ignored])
        #expect(gateways.tell(0, gateways.said(by: 1)) == [.halted])
        #expect(gateways.tell(1, begun) == [.ignored] && gateways.said(by: 1).isEmpty)
    }

    @Test func aGroupMovesWithoutThoseWhoseWithinIsOver() throws {
        var gateways = try Gateways(1, blocks: SharedTimerTests.ab + ["{followed_by: C}"], "within: 2s")
        gateways.take("A@1 A@2 A@2.5 B@3.5", by: 0)
        #expect(gateways.active(0) == ["1: 1", "2: 2 4", "2: 3 4"])
        gateways.take("C@3.6", by: 0)
        #expect(gateways.completed(0) == ["2 4 5", "3 4 5"])
    }

    @Test func aSingletonsRunThatIsOverLeavesRoom() throws {
        var gateways = try Gateways(1, blocks: SharedTimerTests.ab, "within: 2s\nsingleton: true")
        gateways.take("A@1 A@3 A@3.5 B@3.6", by: 0)
        #expect(gateways.completed(0) == ["3 4"])
    }

    @Test func theDigestLeavesOutWhatIsOver() throws {
        var gateways = try Gateways(2, blocks: SharedTimerTests.ab, "within: 2s")
        gateways.take("A@1", by: 0)
        #expect(gateways[0].digest() != gateways[1].digest())
        gateways.advance(to: 3.001)
        #expect(gateways.active(0) == ["1: 1"] && gateways[0].digest() == gateways[1].digest())
    }

    // MARK: absent

    @Test func theEngineDecidesNoAbsentByItself() throws {
        var gateways = try Gateways(2, blocks: SharedTimerTests.silence)
        gateways.take("A@1", by: 0)
        gateways.exchange()
        gateways.advance(to: 5.999)
        #expect(gateways[0].pendingDecisions.isEmpty)
        gateways.advance(to: 20)
        #expect(gateways.completed(0) == [] && gateways.active(0) == ["1: 1"])
        let pending = gateways[0].pendingDecisions
        #expect(pending.map(\.deadline) == [Trial.start + 6000])
        #expect(pending == gateways[1].pendingDecisions)
        #expect(gateways.decide(by: 1) == 1)
        gateways.exchange()
        #expect(gateways.completed(0) == ["1 at 6.0"] && gateways.completed(1) == ["1 at 6.0"])
        #expect(gateways[0].pendingDecisions.isEmpty && gateways[1].pendingDecisions.isEmpty)
    }

    @Test func whatIsNotDueIsNotDecided() throws {
        var gateways = try Gateways(1, blocks: SharedTimerTests.silence)
        gateways.take("A@1", by: 0)
        let run = gateways[0].activeRuns[0]
        #expect(!gateways[0].decide(run))
        #expect(!gateways[0].decide(Hash128()))
    }

    @Test func theEventMayStillCome() throws {
        var gateways = try Gateways(2, blocks: SharedTimerTests.silence)
        gateways.take("A@1", by: 0)
        gateways.exchange()
        gateways.advance(to: 7)
        gateways.take("B@5", by: 1)
        gateways.exchange()
        #expect(gateways.active(0) == [] && gateways[0].pendingDecisions.isEmpty)
        #expect(gateways.decide(by: 0) == 0 && gateways.completed(0) == [])
    }

    @Test func anEventOfTheDeadlineOrLaterIsOfferedToTheNextBlockAfterTheDecision() throws {
        var gateways = try Gateways(2, blocks: SharedTimerTests.silence + ["{followed_by: B}"])
        gateways.take("A@1", by: 0)
        gateways.exchange()
        gateways.take("B@6", by: 1)
        #expect(gateways.active(1) == ["1: 1"])
        gateways.tick(to: 60_000)
        gateways.advance(to: 7)
        gateways.decide(by: 0)
        gateways.exchange()
        #expect(gateways.completed(0) == ["1 2"] && gateways.completed(1) == ["1 2"])
    }

    @Test func whatWasReadDuringTheWaitIsNotOfferedToTheNextBlock() throws {
        var gateways = try Gateways(2, blocks: ["{followed_by: A}", "{absent: B, for: 500ms}", "{followed_by: C}"])
        gateways.take("A@1", by: 0)
        gateways.take("C@1.2", by: 1)
        gateways.advance(to: 1.6)
        gateways.decide(by: 0)
        gateways.exchange()
        #expect(gateways.active(1) == ["2: 1"] && gateways.agree)
    }

    @Test func theDeadlineFollowsFromTheHistory() throws {
        var gateways = try Gateways(
            2, blocks: ["{followed_by: A}", "{absent: B, for: 5s}", "{absent: C, for: 3s}"])
        gateways.take("A@1", by: 0)
        gateways.advance(to: 7)
        gateways.decide(by: 0)
        gateways.exchange()
        gateways.advance(to: 10)
        #expect(gateways[1].pendingDecisions.map(\.deadline) == [Trial.start + 9000])
        gateways.decide(by: 1)
        #expect(gateways.completed(1) == ["1 at 9.0"])
    }

    @Test func anUndecidedAbsentKeepsARunPastItsWithin() throws {
        var gateways = try Gateways(2, blocks: SharedTimerTests.silence + ["{followed_by: C}"], "within: 6s")
        gateways.take("A@1", by: 0)
        gateways.exchange()
        gateways.advance(to: 100)
        #expect(gateways.active(0) == ["1: 1"] && gateways.active(1) == ["1: 1"])
        gateways.decide(by: 0)
        #expect(gateways.active(0) == [])
        gateways.exchange()
        #expect(gateways.active(1) == [])
    }

    @Test func aGroupThatWaitsIsDecidedRunByRun() throws {
        var gateways = try Gateways(1, blocks: ["{followed_by: A}", "{followed_by: B}", "{absent: C, for: 1s}"])
        gateways.take("A@1 A@2 B@3", by: 0)
        gateways.advance(to: 4)
        let pending = gateways[0].pendingDecisions
        #expect(pending.count == 2)
        #expect(gateways[0].decide(pending[0].run))
        #expect(gateways[0].pendingDecisions == [pending[1]])
        gateways.take("C@3.5", by: 0)
        gateways.advance(to: 5)
        #expect(gateways.completed(0).count == 1 && gateways.active(0) == [])
    }
}
