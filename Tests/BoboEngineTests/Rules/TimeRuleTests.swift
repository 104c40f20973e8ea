import Testing

@testable import BoboEngine

/// Section "Time", rule 0, and `absent`.
@Suite struct TimeRuleTests {
    private static let silence = ["{followed_by: A}", "{absent: B, for: 5s}"]

    // MARK: absent

    @Test func absentIsSatisfiedWhenTheTimePassesWithoutAMatch() throws {
        #expect(try runs(TimeRuleTests.silence, "A@1 |5.999") == [])
        #expect(try runs(TimeRuleTests.silence, "A@1 |6") == ["1 at 6.0"], "without any event")
        #expect(
            try runs(TimeRuleTests.silence, "A@1 C@3 D@9") == ["1 at 6.0"], "an event that does not match is ignored")
    }

    @Test func aMatchingEventHaltsTheRun() throws {
        #expect(try runs(TimeRuleTests.silence, "A@1 B@5.999 |9") == [])
    }

    @Test func rule0AbsentIsSatisfiedBeforeAnEventOfItsDeadlineIsLookedAt() throws {
        #expect(try runs(TimeRuleTests.silence, "A@1 B@6") == ["1 at 6.0"])
        let blocks = TimeRuleTests.silence + ["{followed_by: B, group: b}"]
        #expect(try runs(blocks, "A@1 B@6") == ["1 b2"], "and the event then meets the next block")
    }

    @Test func theWaitBeginsWithTheArrivalAtTheBlock() throws {
        let blocks = ["{followed_by: A}", "{followed_by: B}", "{absent: C, for: 5s}"]
        #expect(try runs(blocks, "A@1 B@4 |8.999") == [])
        #expect(try runs(blocks, "A@1 B@4 |9") == ["1 2 at 9.0"])
        let twice = ["{followed_by: A}", "{absent: B, for: 2s}", "{absent: C, for: 3s}"]
        #expect(try runs(twice, "A@1 C@2 B@4 |6") == ["1 at 6.0"])
        #expect(try runs(twice, "A@1 C@3 |6") == [])
    }

    @Test func absentTakesUnlessAndAGroupForNothing() throws {
        let blocks = ["{followed_by: A}", "{absent: B, for: 5s, unless: [C], group: s}"]
        #expect(try runs(blocks, "A@1 C@2 |9") == [])
        #expect(try runs(blocks, "A@1 D@2 |9") == ["1 at 6.0"])
    }

    @Test func aSingletonMayStartWithTheEventAfterItsDeadline() throws {
        #expect(try runs(TimeRuleTests.silence, "A@1 A@6 |20", "singleton: true") == ["1 at 6.0", "2 at 11.0"])
    }

    @Test func runsThatArriveTogetherWaitTogetherAndReadTheirHistories() throws {
        let blocks = ["{followed_by: A}", "{followed_by: B}", "{absent: payload.v > first.payload.v, for: 5s}"]
        #expect(try runs(blocks, "A1@1 A5@2 B@3 C3@4 |9") == ["2 3 at 8.0"])
    }

    @Test func anAbsentThatEndsAtTheEndOfWithinIsSatisfied() throws {
        #expect(try runs(TimeRuleTests.silence, "A@1 |9", "within: 5s") == ["1 at 6.0"])
        #expect(try runs(TimeRuleTests.silence, "A@1 |9", "within: 4999ms") == [], "later than within by a millisecond")
    }

    // MARK: order

    @Test func timersFireInTheOrderOfTheirDeadlines() throws {
        var trial = try Trial(
            """
            phenomenon: p
            patterns:
              - {name: slow, blocks: [{followed_by: A}, {absent: B, for: 5s}]}
              - {name: quick, blocks: [{followed_by: A}, {absent: B, for: 2s}]}
            """)
        trial.take("A@1 A@2 |20")
        #expect(
            trial.namedRuns == ["p/quick 1 at 3.0", "p/quick 2 at 4.0", "p/slow 1 at 6.0", "p/slow 2 at 7.0"])
    }

    @Test func equalDeadlinesFireInTheOrderOfOutput() throws {
        var trial = try Trial(
            """
            phenomenon: z
            patterns: [{name: a, blocks: [{followed_by: A}, {absent: B, for: 2s}]}]
            """,
            """
            phenomenon: m
            patterns:
              - {name: z, blocks: [{followed_by: A}, {absent: B, for: 2s}]}
              - {name: a, blocks: [{followed_by: C}, {absent: B, for: 1s}]}
            """)
        trial.take("A@1 C@2 A@1 |20")
        #expect(
            trial.namedRuns == ["m/z 1 at 3.0", "m/z 3 at 3.0", "m/a 2 at 3.0", "z/a 1 at 3.0", "z/a 3 at 3.0"])
    }

    @Test func oneEventsRunsComeByPhenomenonThenPatternThenStart() throws {
        var trial = try Trial(
            """
            phenomenon: y
            patterns: [{name: a, blocks: [{followed_by: A}, {followed_by: B}]}]
            """,
            """
            phenomenon: x
            patterns:
              - {name: z, blocks: [{followed_by: A}, {followed_by: C, optional: true}, {followed_by: B}]}
              - {name: a, blocks: [{followed_by: B}]}
            """)
        trial.take("A A C A B")
        // Runs 1 and 2 of x/z are a block further than run 4.
        #expect(
            trial.namedRuns == ["x/z 1 3 5", "x/z 2 3 5", "x/z 4 5", "x/a 5", "y/a 1 5", "y/a 2 5", "y/a 4 5"])
    }

    @Test func theRunThatStartedFirstComesFirstAlsoWhereItIsBehind() throws {
        let blocks = [
            "{followed_by: A}", "{followed_by: C && payload.v > first.payload.v, optional: true}", "{followed_by: B}",
        ]
        #expect(try runs(blocks, "A5 A1 C3 B") == ["1 4", "2 3 4"])
    }

    // MARK: late events

    @Test func aLateEventIsProcessedAtOnceWithItsOwnTime() throws {
        var trial = try Trial(blocks: ["{followed_by: A}", "{followed_by: B}"])
        trial.take("A@5 B@3")
        #expect(trial.runs == ["1 2"] && trial.complexEvents[0].timestamp == Trial.start + 3000)
        #expect(trial.engine.statistics.late == 1)
    }

    @Test func aLateEventIsDroppedWhereTheConfigurationSaysSo() throws {
        var trial = try Trial(blocks: ["{followed_by: A}", "{followed_by: B}"]) { $0.late = .drop }
        trial.take("A@5 B@3 B@5")
        #expect(trial.runs == ["1 3"], "an event of the clock's own time is not late")
        #expect(trial.engine.statistics.late == 1)
    }

    @Test func aLateEventsTimersThatAreDueFireAtOnce() throws {
        #expect(try runs(TimeRuleTests.silence, "C@20 A@1") == ["2 at 6.0"])
        #expect(try runs(["{followed_by: A}", "{followed_by: B}"], "C@20 A@1 B@2", "within: 5s") == [])
    }

    @Test func theClockNeverGoesBack() throws {
        var trial = try Trial(blocks: TimeRuleTests.silence)
        trial.take("A@5 |3 C@2")
        #expect(trial.engine.now == Trial.start + 5000)
        trial.take("|10")
        #expect(trial.runs == ["1 at 10.0"])
    }

    @Test func eventsWaitAndAreProcessedInTheOrderOfTheirTime() throws {
        let blocks = ["{next: A}", "{next: B}", "{next: C}"]
        #expect(try runs(blocks, "A@1 C@3 B@2 D@9") { $0.maximumLateness = 2000 } == ["1 3 2"])
        #expect(try runs(blocks, "A@1 C@3 B@2 |9") { $0.maximumLateness = 2000 } == ["1 3 2"])
        #expect(
            try runs(blocks, "A@1 B@1 C@1 |9") { $0.maximumLateness = 2000 } == ["1 2 3"], "equal ones as they came")
    }

    @Test func anEventWaitsUntilTheClockHasReachedIt() throws {
        var trial = try Trial(blocks: ["{next: A}"]) { $0.maximumLateness = 2000 }
        trial.take("A@1 B@2.999")
        #expect(trial.runs == [] && trial.engine.statistics.waiting == 2)
        #expect(trial.engine.nextDeadline == Trial.start + 1000, "so that whoever keeps the time knows of it")
        trial.take("B@3")
        #expect(trial.runs == ["1"] && trial.engine.statistics.waiting == 2)
        trial.engine.flush()
        #expect(trial.engine.statistics.waiting == 0)
    }

    @Test func timersBetweenWaitingEventsFireBetweenThem() throws {
        #expect(
            try runs(TimeRuleTests.silence, "A@1 B@5 |30") { $0.maximumLateness = 10_000 } == [],
            "B comes before the deadline, though the clock jumps over both")
        let blocks = TimeRuleTests.silence + ["{next: C}"]
        #expect(try runs(blocks, "A@1 C@7 |30") { $0.maximumLateness = 10_000 } == ["1 2"])
    }

    @Test func laterThanTheLatenessIsLate() throws {
        var trial = try Trial(blocks: ["{next: A}", "{next: B}"]) {
            $0.maximumLateness = 2000; $0.late = .drop
        }
        trial.take("A@5 B@3 B@2.999 |9")
        #expect(trial.engine.statistics.late == 1 && trial.engine.statistics.waiting == 0)
    }

    @Test func manyLateEventsLeaveNoTimersBehind() throws {
        var trial = try Trial(blocks: ["{followed_by: A}", "{followed_by: B}"], "within: 30s")
        // Each late event is older than the oldest run, so that the timer of `within` is set anew, for an earlier time.
        for round in 2..<100 { trial.take("A@\(20 * round) A@\(20 * round - 25)") }
        #expect(trial.engine.decider.timerCount < 10)
        trial.take("|3000")
        #expect(trial.engine.nextDeadline == nil && trial.engine.statistics.activeRuns == 0)
        #expect(trial.engine.decider.occupancy == (0, 0))
    }

    // MARK: now

    @Test func nowIsTheClock() throws {
        #expect(try runs(["{followed_by: A && now == ts}"], "A@5 A@3") == ["1"])
        let late = "{followed_by: \"A && now - ts == duration('2s')\"}"
        #expect(try runs([late], "A@5 A@3") == ["2"])
    }

    @Test func theTimeZoneIsTheConfigurations() throws {
        // 2025-11-24 16:00:01 in UTC.
        let blocks = ["{followed_by: ts.getHours(timezone) == 17}"]
        #expect(try runs(blocks, "A") { $0.timezone = "Europe/Berlin" } == ["1"])
        #expect(try runs(blocks, "A") == [])
    }
}
