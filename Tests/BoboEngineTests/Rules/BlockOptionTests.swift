import Testing

@testable import BoboEngine

/// `times` with `min`, `until`, `all_of`, `restart` and `only_if`.
@Suite struct BlockOptionTests {
    private static let (start, end) = ("{followed_by: A}", "{followed_by: C}")

    // MARK: times

    @Test func atLeastAndAtMostSoManyTimes() throws {
        let blocks = [
            BlockOptionTests.start, "{followed_by: B, times: {min: 1, max: 3}, group: b}", BlockOptionTests.end,
        ]
        #expect(try runs(blocks, "A C") == [])
        #expect(try runs(blocks, "A B C") == ["1 b2 3"])
        #expect(try runs(blocks, "A B B B B C") == ["1 b2 b3 b4 6"])
    }

    @Test func atLeastSoManyTimes() throws {
        let blocks = [BlockOptionTests.start, "{followed_by: B, times: {min: 2}, group: b}", BlockOptionTests.end]
        #expect(try runs(blocks, "A B C") == [])
        #expect(try runs(blocks, "A B B C") == ["1 b2 b3 4"])
        #expect(try runs(blocks, "A B B B B C") == ["1 b2 b3 b4 b5 6"])
    }

    @Test func aMinimumOfNone() throws {
        let blocks = [BlockOptionTests.start, "{followed_by: B, times: {min: 0, max: 1}}", BlockOptionTests.end]
        #expect(try runs(blocks, "A C A B C") == ["1 2", "3 4 5"])
    }

    @Test func theFirstBlockMayComeSeveralTimes() throws {
        #expect(
            try runs(
                ["{followed_by: A, times: {min: 2, max: 3}}", BlockOptionTests.end], "A A A A C", "singleton: true")
                == ["1 2 3 5"])
    }

    // MARK: until

    @Test func untilClosesALoopAndOffersTheEventToTheNextBlock() throws {
        let blocks = [
            BlockOptionTests.start, "{followed_by: B, loop: true, until: payload.v == 9}", "{followed_by: B || C}",
        ]
        #expect(try runs(blocks, "A B B9") == ["1 2 3"], "the next block takes it")
        #expect(try runs(blocks, "A B D9 B") == ["1 2 4"], "the next block ignores it, and the loop is over")
        #expect(try runs(blocks, "A B D B C") == ["1 2 4 5"])
    }

    @Test func withAStrictNextBlockTheEventDecides() throws {
        let blocks = [BlockOptionTests.start, "{followed_by: B, loop: true, until: C || D}", "{next: C}"]
        #expect(try runs(blocks, "A B C") == ["1 2 3"])
        #expect(try runs(blocks, "A B D C") == [], "a strict block halts")
    }

    @Test func aStrictLoopWithUntilCompletes() throws {
        let blocks = [BlockOptionTests.start, "{next: B, loop: true, until: C}", "{followed_by: C}"]
        #expect(try runs(blocks, "A B B C") == ["1 2 3 4"])
        #expect(try runs(blocks, "A B D C") == [])
    }

    @Test func untilOfTimesHoldsForTheLoopAlone() throws {
        let blocks = [
            BlockOptionTests.start, "{followed_by: B, times: {min: 2}, until: payload.v == 9}", BlockOptionTests.end,
        ]
        #expect(try runs(blocks, "A B9 B B C") == ["1 2 3 4 5"])
        #expect(try runs(blocks, "A B B D9 B C") == ["1 2 3 6"])
    }

    @Test func unlessComesBeforeUntil() throws {
        let blocks = [
            BlockOptionTests.start, "{followed_by: B, loop: true, until: C, unless: [C && payload.v == 1]}",
            BlockOptionTests.end,
        ]
        #expect(try runs(blocks, "A C1 C A C2") == ["4 5"])
    }

    @Test func anUntilThatFailsDoesNothing() throws {
        let blocks = [
            BlockOptionTests.start, "{followed_by: B, loop: true, until: payload.v == 9}", BlockOptionTests.end,
        ]
        #expect(try runs(blocks, "A B B C") == ["1 2 3 4"])
    }

    @Test func aLoopThatIsClosedLeadsToAWait() throws {
        let blocks = [BlockOptionTests.start, "{followed_by: B, loop: true, until: D}", "{absent: B, for: 5s}"]
        #expect(try runs(blocks, "A@1 B@2 |30") == [])
        #expect(try runs(blocks, "A@1 B@2 D@10 |14.9") == [])
        #expect(try runs(blocks, "A@1 B@2 D@10 |15") == ["1 2 at 15.0"], "from the run's arrival")
    }

    @Test func untilThatReadsTheHistoryClosesRunByRun() throws {
        let blocks = [
            "{followed_by: A}", "{followed_by: B, loop: true, until: payload.v > first.payload.v}", "{followed_by: B}",
        ]
        let completed = try runs(blocks, "A1 A5 B1 B3 B7")
        #expect(completed == ["1 3", "2 3 4 5"], "A5 closes the loop of the first run")
    }

    // MARK: all_of

    @Test func allOfTakesThemInAnyOrder() throws {
        let blocks = [BlockOptionTests.start, "{all_of: [B, {where: C, group: c}], group: both}", "{followed_by: D}"]
        #expect(try runs(blocks, "A B C D") == ["1 both2 c3 4"])
        #expect(try runs(blocks, "A C B D") == ["1 c2 both3 4"])
        #expect(try runs(blocks, "A B B D C D") == ["1 both2 c5 6"], "a second B counts for nothing")
    }

    @Test func anEventCountsForTheFirstThatIsNotSatisfied() throws {
        let blocks = [BlockOptionTests.start, "{all_of: [B, B && payload.v == 1]}"]
        #expect(try runs(blocks, "A B1 B") == [], "B1 counts for the first, and B for none")
        #expect(try runs(blocks, "A B1 B B1") == ["1 2 4"])
        #expect(try runs([BlockOptionTests.start, "{all_of: [B && payload.v == 1, B]}"], "A B1 B2") == ["1 2 3"])
    }

    @Test func allOfAsTheFirstBlockStartsWithAnyOfThem() throws {
        #expect(try runs(["{all_of: [A, B], group: g}"], "A B", "singleton: true") == ["g1 g2"])
        #expect(try runs(["{all_of: [A, B], group: g}"], "B A", "singleton: true") == ["g1 g2"])
        #expect(try runs(["{all_of: [A, B]}"], "A A B") == ["1 3", "2 3"])
        #expect(try runs(["{all_of: [A, B]}", "{followed_by: C}"], "A B C", "singleton: true") == ["1 2 3"])
    }

    @Test func allOfOfOneIsFollowedBy() throws {
        #expect(try runs(["{all_of: [A]}"], "A") == ["1"])
        #expect(try runs([BlockOptionTests.start, "{all_of: [B]}"], "A C B") == ["1 3"])
    }

    @Test func unlessHaltsAtAllOf() throws {
        let blocks = [BlockOptionTests.start, "{all_of: [B, C], unless: [D]}"]
        #expect(try runs(blocks, "A B D C") == [])
        #expect(try runs(["{all_of: [A, B], unless: [A && payload.v == 1]}"], "A1 B A") == ["2 3"])
    }

    @Test func aPredicateOfAllOfThatFailsDoesNothing() throws {
        #expect(try runs([BlockOptionTests.start, "{all_of: [B, payload.v == 1]}"], "A D C1 B") == ["1 3 4"])
    }

    @Test func runsThatAreSatisfiedAlikeMoveTogether() throws {
        var trial = try Trial(blocks: [BlockOptionTests.start, "{all_of: [B, C, D]}"])
        for _ in 0..<100 { trial.take("A") }
        trial.take("B C")
        #expect(trial.engine.decider.occupancy.nodes < 104)
        trial.take("D")
        #expect(trial.complexEvents.count == 100 && trial.engine.decider.occupancy == (0, 0))
    }

    @Test func manyAreNamedInOneBlock() throws {
        let list = (0..<64).map { "payload.v == \($0)" }.joined(separator: ", ")
        var trial = try Trial(blocks: [BlockOptionTests.start, "{all_of: [\(list)]}"])
        trial.take("A")
        for number in (0..<64).reversed() { trial.take("B\(number)") }
        #expect(trial.complexEvents.map(\.history.count) == [65])
    }

    // MARK: absent

    @Test func restartAcceptsAndWaitsAnew() throws {
        let blocks = [BlockOptionTests.start, "{absent: A, for: 5s, restart: true, group: again}"]
        #expect(try runs(blocks, "A@1 A@3 A@7 |11.9", "singleton: true") == [])
        #expect(try runs(blocks, "A@1 A@3 A@7 |12", "singleton: true") == ["1 again2 again3 at 12.0"])
    }

    @Test func aMatchAtTheDeadlineComesTooLate() throws {
        let blocks = [BlockOptionTests.start, "{absent: B, for: 5s, restart: true}"]
        #expect(try runs(blocks, "A@1 B@6") == ["1 at 6.0"])
    }

    @Test func runsThatWaitTogetherWaitAnewTogether() throws {
        let blocks = [BlockOptionTests.start, "{absent: B, for: 5s, restart: true}"]
        var trial = try Trial(blocks: blocks)
        trial.take("A@1 A@2 A@3 B@5 |9.9")
        #expect(trial.runs == [])
        trial.take("|10")
        #expect(trial.runs == ["1 4 at 10.0", "2 4 at 10.0", "3 4 at 10.0"])
        #expect(trial.engine.decider.occupancy == (0, 0))
    }

    @Test func restartCountsForMaxHistory() throws {
        let blocks = [BlockOptionTests.start, "{absent: B, for: 5s, restart: true}"]
        #expect(try runs(blocks, "A@1 B@2 B@3 |30", "max_history: 2") == [])
        #expect(try runs(blocks, "A@1 B@2 |30", "max_history: 2") == ["1 2 at 7.0"])
    }

    @Test func onlyIfIsAskedWhenTheWaitIsOver() throws {
        let blocks = [BlockOptionTests.start, "{absent: B, for: 5s, only_if: first.payload.v > 3}"]
        var trial = try Trial(blocks: blocks)
        trial.take("A1@1 A5@1 A9@2 |30")
        #expect(trial.runs == ["2 at 6.0", "3 at 7.0"] && trial.engine.statistics.haltedRuns == [.onlyIf: 1])
        #expect(trial.engine.decider.occupancy == (0, 0))
    }

    @Test func onlyIfReadsTheClock() throws {
        let blocks = [BlockOptionTests.start, "{absent: B, for: 5s, only_if: now - first.ts == duration('5s')}"]
        #expect(try runs(blocks, "A@1 |30") == ["1 at 6.0"])
    }

    @Test func anOnlyIfThatFailsHalts() throws {
        let blocks = [
            BlockOptionTests.start, "{absent: B, for: 5s, only_if: last.payload.v == 1}", BlockOptionTests.end,
        ]
        var trial = try Trial(blocks: blocks)
        trial.take("A@1 |30")
        #expect(trial.engine.statistics.haltedRuns == [.onlyIf: 1] && trial.engine.failures.count == 1)
    }

    @Test func restartAndOnlyIfTogether() throws {
        let blocks = [
            BlockOptionTests.start,
            "{absent: B, for: 5s, restart: true, group: b, only_if: size(b) == 2}",
        ]
        #expect(try runs(blocks, "A@1 B@2 B@3 |30") == ["1 b2 b3 at 8.0"])
        #expect(try runs(blocks, "A@1 B@2 |30") == [])
    }
}
