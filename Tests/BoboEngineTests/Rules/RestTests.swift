import Testing

@testable import BoboEngine

/// `rest` and `after_match`.
@Suite struct RestTests {
    private static let two = ["{followed_by: A}", "{followed_by: B}"]

    @Test func noRunStartsUntilTheTimeHasPassed() throws {
        #expect(try runs(["{followed_by: A}"], "A@1 A@5 A@10.999 A@11 A@12", "rest: 10s") == ["1", "4"])
    }

    @Test func theOtherRunsOfTheKeyHalt() throws {
        var trial = try Trial(blocks: RestTests.two, "key: payload.k\nrest: 10s")
        trial.take("A.x A.x A.y B.x B.y B.x")
        #expect(trial.runs == ["x: 1 4", "y: 3 5"])
        #expect(trial.engine.statistics.haltedRuns == [.rest: 1] && trial.engine.statistics.restingKeys == 2)
    }

    @Test func anEventThatMatchesUntilEndsTheRestAndMayStartARun() throws {
        #expect(try runs(["{followed_by: A}"], "A A C A A C", "rest: {until: C}") == ["1", "4"])
        #expect(
            try runs(["{followed_by: payload.v > 60}"], "A61 A62 A54 A61 A61", "rest: {until: payload.v < 55}") == [
                "1", "4",
            ])
        #expect(try runs(["{followed_by: A}"], "A A1 A2 A1", "rest: {until: payload.v == 2}") == ["1", "3"])
    }

    @Test func theEarlierOfTimeAndUntilEndsIt() throws {
        let keys = "rest: {for: 10s, until: C}"
        #expect(try runs(["{followed_by: A}"], "A@1 C@3 A@4 A@5 A@14 A@15", keys) == ["1", "3", "5"])
    }

    @Test func theEventThatCompletesDoesNotEndTheRest() throws {
        #expect(try runs(["{followed_by: A}"], "A A A", "rest: {until: 'true'}") == ["1", "2", "3"])
        #expect(try runs(RestTests.two, "A B A B", "rest: {until: B}") == ["1 2"], "B ends it and starts none")
        #expect(
            try runs(["{followed_by: A}", "{followed_by: A}"], "A A A A", "rest: {until: 'true'}") == ["1 2", "3 4"])
    }

    @Test func untilReadsTheCompletedRunsHistory() throws {
        let keys = "rest: {until: 'payload.v > heat[0].payload.v'}"
        #expect(
            try runs(["{followed_by: A, group: heat}"], "A5 A4 A5 A6 A6", keys) == ["heat1", "heat4"],
            "A6 ends the first rest, and starts a run")
    }

    @Test func aLateEventBeforeTheCompletionEndsNoRest() throws {
        #expect(try runs(["{followed_by: A}"], "A@5 C@3 A@6 C@7 A@8", "rest: {until: C}") == ["1", "5"])
    }

    @Test func ofRunsThatOneEventCompletesTheFirstCompletes() throws {
        #expect(try runs(RestTests.two, "A A B", "rest: 1s") == ["1 3"])
        let blocks = ["{followed_by: A}", "{followed_by: C, optional: true}", "{followed_by: B}"]
        #expect(try runs(blocks, "A A C A B", "rest: 1s") == ["1 3 5"], "wherever they wait")
    }

    @Test func ofWaitsThatEndTogetherTheFirstRunCompletes() throws {
        var trial = try Trial(blocks: ["{followed_by: A}", "{absent: B, for: 5s}"], "rest: 10s")
        trial.take("A@1 A@1 A@2 |30")
        #expect(trial.runs == ["1 at 6.0"] && trial.engine.statistics.haltedRuns == [.rest: 2])
        trial.take("A@31 |60")
        #expect(trial.runs.count == 2)
    }

    @Test func aRestingKeyCountsAsARun() throws {
        var trial = try Trial(blocks: RestTests.two, "key: payload.k\nrest: 1h\nmax_runs: 2")
        trial.take("A.x B.x A.y")
        #expect(trial.engine.statistics.restingKeys == 1 && trial.engine.statistics.activeRuns == 1)
        trial.take("A.z")
        #expect(trial.engine.statistics.restingKeys == 0, "the oldest goes, which rests")
        #expect(trial.engine.statistics.haltedRuns == [.maximumRuns: 1])
        trial.take("A.x")
        #expect(trial.engine.statistics.activeRuns == 2)
    }

    @Test func nothingIsLeftOfRestsThatAreOver() throws {
        var trial = try Trial(blocks: ["{followed_by: A}"], "key: payload.k\nrest: 10s")
        for number in 0..<1000 { trial.take("A.k\(number)") }
        #expect(trial.engine.statistics.restingKeys == 10)
        trial.take("|5000")
        #expect(trial.engine.statistics.restingKeys == 0 && trial.engine.decider.timerCount == 0)
    }

    @Test func aRestOutlivesAnExchangeOfOtherPatterns() throws {
        let file = "phenomenon: p\npatterns: [{name: q, rest: 10s, blocks: [{followed_by: 'payload.v > 1'}]}]"
        var trial = try Trial(file)
        trial.take("A2@1")
        var options = EngineOptions()
        options.defaultInput = trial.defaultInput
        trial.engine.replace(
            try Trial.phenomena(
                [file, "phenomenon: a\npatterns: [{name: q, blocks: [{followed_by: C}]}]"], trial.paths),
            options: options)
        trial.take("A2@5 A2@11")
        #expect(trial.namedRuns == ["p/q 1", "p/q 3"])
    }

    // MARK: after_match

    @Test func skipPastTheLastEventHaltsTheOthers() throws {
        let keys = "after_match: skip_past_last_event"
        var trial = try Trial(blocks: RestTests.two, keys)
        trial.take("A A B B A B")
        #expect(trial.runs == ["1 3", "5 6"] && trial.engine.statistics.haltedRuns == [.afterMatch: 1])
        #expect(try runs(RestTests.two, "A A B", "after_match: no_skip") == ["1 3", "2 3"])
        #expect(try runs(RestTests.two, "A.x A.y B.x B.y", "\(keys)\nkey: payload.k") == ["x: 1 3", "y: 2 4"])
    }

    @Test func theEventThatCompletedStartsNone() throws {
        let blocks = ["{followed_by: A}", "{followed_by: A}"]
        #expect(try runs(blocks, "A A A A A", "after_match: skip_past_last_event") == ["1 2", "3 4"])
        #expect(try runs(blocks, "A A A A A").count == 4)
    }

    @Test func aPatternOfOneBlockCompletesWithEachEventAllTheSame() throws {
        #expect(try runs(["{followed_by: A}"], "A A", "after_match: skip_past_last_event") == ["1", "2"])
    }

    @Test func aRunThatHaltsIsNoReasonToHaltOthers() throws {
        let keys = "after_match: skip_past_last_event\nhaltconditions: [D && payload.v == first.payload.v]"
        #expect(try runs(RestTests.two, "A1 A2 D1 B", keys) == ["2 4"])
    }

    @Test func theChangesTellOfAllEnds() throws {
        var trial = try Trial(blocks: RestTests.two, "rest: 5s") { $0.recordsChanges = true }
        trial.take("A A B")
        let ends = trial.engine.takeChanges().filter { $0.kind == .completed || $0.kind == .halted(.rest) }
        #expect(ends.map(\.runs.count) == [1, 1])
    }
}
