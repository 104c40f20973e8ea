import Testing

@testable import BoboEngine

/// "What a run does with an event", rules 1 to 7, and the terms that follow them.
@Suite struct RunRuleTests {
    private static let ab = ["{followed_by: A, group: a}", "{followed_by: B, group: b}"]

    @Test func rule1ARunIsOfferedTheEventBeforeANewOneStarts() throws {
        let blocks = ["{followed_by: A, group: a}", "{next: A, group: b}"]
        #expect(try runs(blocks, "A A A") == ["a1 b2", "a2 b3"])
    }

    @Test func rule1ANewRunIsNotOfferedItsOwnFirstEvent() throws {
        #expect(try runs(["{followed_by: A}", "{followed_by: A}"], "A") == [])
    }

    @Test func rule1EveryPatternMayStartARunWithAnEvent() throws {
        var trial = try Trial(
            """
            phenomenon: p
            patterns:
              - {name: one, blocks: [{followed_by: A}]}
              - {name: two, blocks: [{followed_by: A}, {followed_by: B}]}
            """)
        trial.take("A B")
        #expect(trial.namedRuns == ["p/one 1", "p/two 1 2"])
    }

    @Test func rule1ASingletonStartsANewRunWithTheEventThatEndedItsRun() throws {
        let blocks = ["{followed_by: A}", "{followed_by: A}"]
        #expect(try runs(blocks, "A A A", "singleton: true") == ["1 2", "2 3"])
        #expect(try runs(["{followed_by: A}", "{next: B}"], "A A B", "singleton: true") == ["2 3"], "after a halt")
    }

    @Test func rule1ASingletonHasOneRunAtATime() throws {
        #expect(try runs(RunRuleTests.ab, "A A B B", "singleton: true") == ["a1 b3"])
        #expect(try runs(RunRuleTests.ab, "A A B B") == ["a1 b3", "a2 b3"])
    }

    @Test func rule1ASingletonWithAKeyHasOneRunForEachKey() throws {
        #expect(
            try runs(RunRuleTests.ab, "A.x A.y A.x B.y B.x", "singleton: true\nkey: payload.k")
                == ["y: a2 b4", "x: a1 b5"])
    }

    @Test func rule1APatternOfOneBlockCompletesAtOnce() throws {
        #expect(try runs(["{followed_by: A, group: a}"], "A B A") == ["a1", "a3"])
        #expect(try runs(["{next: A}"], "A B A", "singleton: true") == ["1", "3"])
        #expect(try runs(["{followed_by_any: [A, B]}"], "A B C", "max_runs: 1") == ["1", "2"])
    }

    @Test func rule2APreconditionThatFailsHaltsTheRun() throws {
        let keys = "preconditions: [payload.v > 3]"
        #expect(try runs(RunRuleTests.ab, "A5 C5 B5", keys) == ["a1 b3"])
        #expect(try runs(RunRuleTests.ab, "A5 C2 B5", keys) == [])
        #expect(try runs(RunRuleTests.ab, "A2 B5", keys) == ["a1 b2"], "the event that starts it is not asked")
    }

    @Test func rule2AHaltconditionThatMatchesHaltsTheRun() throws {
        let keys = "haltconditions: [C, {on: off}]"
        #expect(try runs(RunRuleTests.ab, "A D B", keys + "\ninput: [\"#\"]") == ["a1 b3"])
        #expect(try runs(RunRuleTests.ab, "A C B", keys + "\ninput: [\"#\"]") == [])
        #expect(try runs(RunRuleTests.ab, "A D/off B", keys + "\ninput: [\"#\"]") == [])
        #expect(
            try runs(["{followed_by: C}", "{followed_by: B}"], "C B", "haltconditions: [C]") == ["1 2"],
            "its first event")
    }

    @Test func rule2APreconditionWithOnHaltsAtAnyOtherTopic() throws {
        #expect(try runs(RunRuleTests.ab, "A/x C/x B/x", "preconditions: [{on: x}]\ninput: [\"#\"]") == ["a1 b3"])
        #expect(try runs(RunRuleTests.ab, "A/x C/y B/x", "preconditions: [{on: x}]\ninput: [\"#\"]") == [])
    }

    @Test func rule2ConditionsReadTheHistory() throws {
        #expect(try runs(RunRuleTests.ab, "A5 A7 C6 B", "haltconditions: ['payload.v > a[0].payload.v']") == ["a2 b4"])
    }

    @Test func rule2UnlessComesBeforeThePredicate() throws {
        let blocks = ["{followed_by: A}", "{followed_by: B, unless: [C, payload.v > 8]}"]
        #expect(try runs(blocks, "A D B") == ["1 3"])
        #expect(try runs(blocks, "A C B") == [])
        #expect(try runs(blocks, "A B9 B") == [], "an event that matches both halts")
    }

    @Test func rule2UnlessOfTheFirstBlockStartsNoRun() throws {
        #expect(try runs(["{followed_by: A, unless: [payload.v > 8]}"], "A9 A1") == ["2"])
    }

    @Test func rule3APlainRelaxedBlockIgnoresWhatDoesNotMatch() throws {
        #expect(try runs(RunRuleTests.ab, "A C C B") == ["a1 b4"])
    }

    @Test func rule3APlainStrictBlockHaltsOnWhatDoesNotMatch() throws {
        let blocks = ["{next: A, group: a}", "{next: B, group: b}"]
        #expect(try runs(blocks, "A B") == ["a1 b2"])
        #expect(try runs(blocks, "A C B") == [])
    }

    @Test func rule3AnAnyBlockTakesEachOfItsPredicates() throws {
        #expect(try runs(["{followed_by: A}", "{followed_by_any: [B, C], group: g}"], "A D C") == ["1 g3"])
    }

    @Test func rule4ANegatedRelaxedBlockTakesTheFirstEventThatIsNotTheOneNamed() throws {
        let blocks = ["{followed_by: A}", "{not_followed_by: B, group: n}", "{followed_by: C}"]
        #expect(try runs(blocks, "A B D C") == ["1 n3 4"], "it ignores the one named, and goes on after it")
    }

    @Test func rule4ANegatedStrictBlockHaltsOnTheOneNamed() throws {
        let blocks = ["{followed_by: A}", "{not_next: B, group: n}", "{followed_by: C}"]
        #expect(try runs(blocks, "A D C") == ["1 n2 3"])
        #expect(try runs(blocks, "A B D C") == [])
    }

    @Test func rule4ANegatedAnyBlockTakesWhatIsNoneOfThem() throws {
        let blocks = ["{followed_by: A}", "{not_followed_by_any: [B, C], group: n}", "{followed_by: E}"]
        #expect(try runs(blocks, "A B C D E") == ["1 n4 5"])
    }

    @Test func rule5AnOptionalBlockAcceptsOrOffersToTheNext() throws {
        let blocks = ["{followed_by: A}", "{followed_by: B, optional: true, group: o}", "{followed_by: C}"]
        #expect(try runs(blocks, "A D B D C") == ["1 o3 5"])
        #expect(try runs(blocks, "A D C B") == ["1 3"])
    }

    @Test func rule6ALoopAcceptsAgainAndAgainOrNotAtAll() throws {
        let blocks = ["{followed_by: A}", "{followed_by: B, loop: true, group: l}", "{followed_by: C}"]
        #expect(try runs(blocks, "A C") == ["1 2"])
        #expect(try runs(blocks, "A B D B C") == ["1 l2 l4 5"])
    }

    @Test func rule6ALoopAcceptsAlsoWhereTheNextBlockWouldMatch() throws {
        let blocks = ["{followed_by: A}", "{followed_by: payload.v > 3, loop: true, group: l}", "{followed_by: C}"]
        #expect(try runs(blocks, "A C5 C1") == ["1 l2 3"])
    }

    @Test func rule6AStrictLoopHaltsOnWhatDoesNotMatch() throws {
        let blocks = ["{followed_by: A}", "{next: B, loop: true}", "{followed_by: C}"]
        #expect(try runs(blocks, "A B B C") == [])
    }

    @Test func rule6AnAcceptingLoopLeavesTheRunWhereItStood() throws {
        let blocks = [
            "{followed_by: A}", "{followed_by: B, optional: true, group: o}", "{followed_by: C, loop: true, group: l}",
            "{followed_by: D}",
        ]
        #expect(try runs(blocks, "A C B C D") == ["1 l2 o3 l4 5"], "at the optional block, which still takes a B")
        let loops = [
            "{followed_by: A}", "{followed_by: B, loop: true, group: k}", "{followed_by: C, loop: true, group: l}",
            "{followed_by: D}",
        ]
        #expect(try runs(loops, "A C B C D") == ["1 l2 k3 l4 5"])
    }

    @Test func rule6TimesWithLoopIsOneLoop() throws {
        let blocks = ["{followed_by: A}", "{followed_by: B, times: 3, loop: true, group: l}", "{followed_by: C}"]
        #expect(try runs(blocks, "A C") == ["1 2"])
        #expect(try runs(blocks, "A B B C") == ["1 l2 l3 4"])
    }

    @Test func timesWritesTheBlockOut() throws {
        let blocks = ["{followed_by: A, times: 2, group: a}", "{followed_by: B, times: 2, group: b, unless: [C]}"]
        #expect(try runs(blocks, "A D A B D B") == ["a1 a3 b4 b6"])
        #expect(try runs(blocks, "A A B C B") == [], "each copy has the block's other options")
    }

    @Test func anEventIsOfferedOnThroughLoopsAndOptionalsToAPlainBlock() throws {
        let blocks = [
            "{followed_by: A}", "{followed_by: B, loop: true}", "{followed_by: C, optional: true}",
            "{followed_by: D, loop: true}", "{followed_by: E, group: e}", "{followed_by: F}",
        ]
        #expect(try runs(blocks, "A E F") == ["1 e2 3"])
        #expect(try runs(blocks, "A G E B F") == ["1 e3 5"], "then the run is past the loop")
    }

    @Test func aStrictBlockOnTheWayHaltsTheRun() throws {
        let blocks = [
            "{followed_by: A}", "{followed_by: B, loop: true}", "{followed_by: C, optional: true}", "{next: D}",
        ]
        #expect(try runs(blocks, "A B B D") == ["1 2 3 4"])
        #expect(try runs(blocks, "A B E D") == [])
    }

    @Test func aNegatedBlockOnTheWayAcceptsWhatDoesNotMatch() throws {
        let blocks = [
            "{followed_by: A}", "{followed_by: B, loop: true}", "{not_followed_by: C, group: n}", "{followed_by: E}",
        ]
        #expect(try runs(blocks, "A C B D E") == ["1 3 n4 5"])
        let strict = [
            "{followed_by: A}", "{followed_by: B, optional: true}", "{not_next: C, group: n}", "{followed_by: E}",
        ]
        #expect(try runs(strict, "A D E") == ["1 n2 3"])
        #expect(try runs(strict, "A C E") == [])
    }

    @Test func aStrictLoopOnTheWayHaltsTheRun() throws {
        let blocks = [
            "{followed_by: A}", "{followed_by: B, optional: true}", "{next: C, loop: true}", "{followed_by: D}",
        ]
        #expect(try runs(blocks, "A C B C D") == [])
        var trial = try Trial(blocks: blocks)
        trial.take("A C")
        #expect(trial.engine.statistics.activeRuns == 1)
        trial.take("D")
        #expect(trial.engine.statistics.haltedRuns == [.strict: 1])
    }

    @Test func unlessOfABlockOnTheWayIsAsked() throws {
        let blocks = [
            "{followed_by: A}", "{followed_by: B, loop: true}", "{followed_by: C, optional: true, unless: [E]}",
            "{followed_by: D}",
        ]
        #expect(try runs(blocks, "A E D") == [])
        #expect(try runs(blocks, "A F D") == ["1 3"])
    }

    @Test func whereAllPassTheEventOnTheRunStaysWhereItStood() throws {
        let blocks = [
            "{followed_by: A}", "{followed_by: B, optional: true, group: o}", "{followed_by: C, optional: true}",
            "{followed_by: D}",
        ]
        #expect(try runs(blocks, "A E E B D") == ["1 o4 5"])
    }

    @Test func rule7AHaltedRunMakesNoComplexEventACompletedRunOne() throws {
        var trial = try Trial(blocks: RunRuleTests.ab, "haltconditions: [C]")
        trial.take("A C B A B")
        #expect(trial.runs == ["a4 b5"])
        let statistics = trial.engine.statistics
        #expect(statistics.startedRuns == 2 && statistics.completedRuns == 1)
        #expect(statistics.haltedRuns == [.haltcondition: 1] && statistics.activeRuns == 0)
    }
}
