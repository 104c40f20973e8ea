import Testing

@testable import BoboEngine

/// Many runs, long histories, and that nothing is left of them.
@Suite struct ScaleTests {
    @Test func aGroupOfManyRunsMovesTogether() throws {
        var trial = try Trial(
            blocks: ["{followed_by: A}", "{followed_by: B, loop: true}", "{followed_by: C}", "{followed_by: D}"])
        for _ in 0..<3000 { trial.take("A") }
        trial.take("B B C")
        // Two runs of another block, then a group that joins them.
        trial.take("A C A C")
        // The place of each block, a leaf for each run, and a node for each event that several accepted together.
        #expect(trial.engine.decider.occupancy.nodes < 3002 + 10)
        trial.take("D")
        #expect(trial.complexEvents.count == 3002)
        #expect(trial.runs[0] == "1 3001 3002 3003 3008" && trial.runs[2999] == "3000 3001 3002 3003 3008")
        #expect(trial.runs[3000] == "3004 3005 3008" && trial.runs[3001] == "3006 3007 3008")
        #expect(trial.engine.decider.occupancy == (0, 0))
    }

    @Test func aLongHistoryThatTwoRunsShare() throws {
        var trial = try Trial(
            blocks: ["{followed_by: A}", "{followed_by: B, loop: true}", "{followed_by: C}"], "max_history: 30000")
        trial.take("A A")
        for _ in 0..<20_000 { trial.take("B") }
        trial.take("C")
        #expect(trial.complexEvents.map(\.history.count) == [20_002, 20_002])
        #expect(trial.engine.decider.occupancy == (0, 0))
    }

    @Test func aLongHistoryThatIsReadByItself() throws {
        var trial = try Trial(
            blocks: ["{followed_by: A}", "{followed_by: B, loop: true}", "{followed_by: C && size(history) == 5001}"])
        trial.take("A A")
        for _ in 0..<5000 { trial.take("B") }
        trial.take("C")
        #expect(trial.complexEvents.count == 2 && trial.engine.decider.occupancy == (0, 0))
    }

    @Test func timersOfRunsThatAreGoneAreTidiedAway() throws {
        var trial = try Trial(blocks: ["{followed_by: A}", "{absent: B, for: 1d}"])
        for _ in 0..<200 {
            for _ in 0..<50 { trial.take("A") }
            trial.take("B")
        }
        #expect(trial.engine.statistics.haltedRuns == [.absent: 10_000])
        #expect(trial.engine.decider.timerCount < 2500)
    }

    @Test func timersOfRunsThatEndOneByOneAreTidiedAway() throws {
        var trial = try Trial(
            blocks: ["{followed_by: A}", "{followed_by: B}", "{absent: payload.v == first.payload.v, for: 1d}"],
            "key: payload.k")
        for round in 0..<1500 {
            trial.take("A1.x A2.x A3.x B.x C\(round % 2 + 1).x C3.x C\(2 - round % 2).x")
            trial.take("C1.x C2.x C3.x")
        }
        #expect(trial.engine.statistics.activeRuns == 0 && trial.engine.decider.occupancy == (0, 0))
        #expect(trial.engine.decider.timerCount < 4000)
    }

    @Test func keysComeAndGo() throws {
        var trial = try Trial(blocks: ["{followed_by: A}", "{followed_by: B}"], "key: payload.k\nwithin: 10s")
        for number in 0..<5000 { trial.take("A.k\(number)") }
        #expect(trial.engine.decider.occupancy.keys <= 11)
        trial.take("|9000")
        #expect(trial.engine.decider.occupancy == (0, 0) && trial.engine.decider.timerCount == 0)
    }

    @Test func eventsThatStartNothingLeaveNothing() throws {
        var trial = try Trial(blocks: ["{followed_by: A}", "{followed_by: B}"], "key: payload.k")
        for number in 0..<1000 { trial.take("B.k\(number) C.k\(number)") }
        #expect(trial.engine.decider.occupancy == (0, 0))
    }
}
