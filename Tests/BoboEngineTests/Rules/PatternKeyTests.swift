import Testing

@testable import BoboEngine

/// Section "Pattern keys".
@Suite struct PatternKeyTests {
    private static let ab = ["{followed_by: A, group: a}", "{followed_by: B, group: b}"]

    // MARK: input

    @Test func inputIsWhatThePatternSees() throws {
        let strict = ["{next: A}", "{next: B}"]
        #expect(try runs(strict, "A/x C/y B/x", "input: x") == ["1 3"], "strict blocks pass over the rest")
        #expect(try runs(strict, "A/x C/y B/z", "input: [x, z]") == ["1 3"])
        #expect(try runs(strict, "A/x C/y B/x") == [])
    }

    @Test func inputWithAConditionHidesTheRest() throws {
        let strict = ["{next: A}", "{next: B}"]
        #expect(try runs(strict, "A5 C1 B5", "input: {on: t, where: payload.v > 3}") == ["1 3"])
        #expect(try runs(strict, "A5 C B5", "input: {on: t, where: payload.v > 3}") == ["1 3"], "where it fails, too")
        #expect(try runs(strict, "A/t C1/u B/t", "input: [t, {on: u, where: payload.v > 3}]") == ["1 3"])
        #expect(
            try runs(strict, "A1 B1", "input: [t, {on: t, where: payload.v > 3}]") == ["1 2"], "any of them is enough")
    }

    @Test func withoutInputTheFiltersOfThePredicatesAreTheInput() throws {
        let blocks = ["{next: {on: x, where: A}}", "{next: {on: [y, z]}}"]
        #expect(try runs(blocks, "A/x C/w C/z") == ["1 3"])
        #expect(try runs(blocks, "A/x C/x C/z") == [])
    }

    @Test func withoutAnyFilterTheDefaultInputCounts() throws {
        #expect(try runs(["{next: A}"], "A/x A/y") == ["1", "2"])
        #expect(try runs(["{next: A}"], "A/x A/y") { $0.defaultInput = [] } == [])
    }

    @Test func onIsAnyOfItsFilters() throws {
        let blocks = ["{followed_by: {on: [x/+, y], where: A}}"]
        #expect(try runs(blocks, "A/x/1 A/y A/z A/x", "input: \"#\"") == ["1", "2"])
        #expect(try runs(["{followed_by: {on: x/+}}"], "B/x/1") == ["1"], "without a condition, any event of the topic")
    }

    // MARK: key

    @Test func runsOfDifferentKeysNeverMeet() throws {
        #expect(try runs(PatternKeyTests.ab, "A.x A.y B.y B.x", "key: payload.k") == ["y: a2 b3", "x: a1 b4"])
    }

    @Test func anEventWhoseKeyFailsOrIsNullIsNotSeen() throws {
        #expect(try runs(["{next: A}", "{next: B}"], "A.x C B.x", "key: payload.k") == ["x: 1 3"])
        #expect(
            try runs(["{next: A}", "{next: B}"], "A1 C B1", "key: \"has(payload.v) ? payload.v : null\"") == ["1: 1 3"])
    }

    @Test(arguments: [
        ("1", "1.0", true), ("1", "\"1\"", false), ("0", "-0.0", true), ("true", "true", true), ("true", "1", false),
        ("[1, \"a\"]", "[1.0, \"a\"]", true), ("[1, 2]", "[2, 1]", false), ("\"\"", "\"\"", true),
        ("9007199254741993", "9007199254741992", false), ("9007199254741993", "9007199254741993", true),
        ("[[1]]", "[[1.0]]", true), ("[]", "[]", true), ("\"é\"", "\"e\\u0301\"", false),
    ])
    func keysAreEqualAsByTheirComparison(_ one: String, _ other: String, _ areEqual: Bool) throws {
        var trial = try Trial(
            blocks: ["{followed_by: payload.n == 1}", "{followed_by: payload.n == 2}"], "key: payload.key")
        trial.take("t", "{\"n\": 1, \"key\": \(one)}")
        trial.take("t", "{\"n\": 2, \"key\": \(other)}")
        #expect(trial.complexEvents.count == (areEqual ? 1 : 0))
    }

    @Test(arguments: ["null", "{}", "{\"a\": 1}", "[null]", "[{}]"])
    func whatIsNoKeyIsNotSeen(_ key: String) throws {
        var trial = try Trial(blocks: ["{followed_by: payload.n == 1}"], "key: payload.key")
        trial.take("t", "{\"n\": 1, \"key\": \(key)}")
        #expect(trial.complexEvents.isEmpty)
    }

    @Test func keyIsReadInExpressions() throws {
        #expect(try runs(["{followed_by: key == 'x'}"], "A.x A.y", "key: payload.k") == ["x: 1"])
        #expect(try runs(["{followed_by: key == null}"], "A.x", "") == ["1"])
    }

    // MARK: within

    @Test func withinAdmitsAnEventExactlyAtItsEnd() throws {
        #expect(try runs(PatternKeyTests.ab, "A@1 B@3", "within: 2s") == ["a1 b2"])
        #expect(try runs(PatternKeyTests.ab, "A@1 B@3.001", "within: 2s") == [])
    }

    @Test func withinHaltsByTheClockAlone() throws {
        var trial = try Trial(blocks: PatternKeyTests.ab, "within: 2s")
        trial.take("A@1 |3")
        #expect(trial.engine.statistics.activeRuns == 1)
        trial.take("|3.001")
        #expect(trial.engine.statistics.activeRuns == 0 && trial.engine.statistics.haltedRuns == [.within: 1])
    }

    @Test func withinCountsFromEachRunsFirstEvent() throws {
        #expect(try runs(PatternKeyTests.ab, "A@1 A@2 B@3.5", "within: 2s") == ["a2 b3"])
    }

    @Test func withinHaltsEachKeysRuns() throws {
        #expect(
            try runs(PatternKeyTests.ab, "A.x@1 A.y@2 A.x@3 B.x@3.5 B.y@3.6 B.y@4.5", "within: 2s\nkey: payload.k")
                == ["x: a3 b4", "y: a2 b5"])
    }

    // MARK: bounds

    @Test func atTheBoundOfRunsTheOldestOfAllKeysHalts() throws {
        let keys = "key: payload.k\nmax_runs: 2"
        var trial = try Trial(blocks: PatternKeyTests.ab, keys)
        trial.take("A.x A.y A.z B.x B.y B.z")
        #expect(trial.runs == ["y: a2 b5", "z: a3 b6"])
        #expect(trial.engine.statistics.haltedRuns == [.maximumRuns: 1])
    }

    @Test func theOldestRunIsThatOfTheEarliestFirstEvent() throws {
        // The second event is late, its run the older one.
        #expect(try runs(PatternKeyTests.ab, "A@5 A@2 A@6 B@7", "max_runs: 2") == ["a1 b4", "a3 b4"])
    }

    @Test func aRunThatReachedItsBoundOfEventsHalts() throws {
        let blocks = ["{followed_by: A}", "{followed_by: B, loop: true}", "{followed_by: C}"]
        #expect(try runs(blocks, "A B C", "max_history: 3") == ["1 2 3"])
        var trial = try Trial(blocks: blocks, "max_history: 3")
        trial.take("A B B")
        #expect(trial.engine.statistics.activeRuns == 1)
        trial.take("B C")
        #expect(trial.runs == [] && trial.engine.statistics.haltedRuns == [.maximumHistory: 1])
    }

    @Test func theBoundOfEventsHoldsForEachRunOfAGroup() throws {
        let blocks = ["{followed_by: A}", "{followed_by: B, loop: true}", "{followed_by: C}"]
        #expect(try runs(blocks, "A B B A B C", "max_history: 4") == ["4 5 6"], "the first has five events by then")
    }

    @Test func aSingletonThatReachedItsBoundStartsAnew() throws {
        let blocks = ["{followed_by: A}", "{followed_by: A, loop: true}", "{followed_by: C}"]
        #expect(try runs(blocks, "A A A C", "max_history: 2\nsingleton: true") == ["3 4"])
    }

    // MARK: groups

    @Test func historyAndGroupsAreRead() throws {
        let blocks = [
            "{followed_by: A, group: a}", "{followed_by: B, group: b, loop: true}",
            "{followed_by: \"C && size(b) == 2 && a[0].payload.v == 1 && last.payload.v == 3 && first.payload.v == 1 && size(history) == 3\"}",
        ]
        #expect(try runs(blocks, "A1 B2 C B3 C") == ["a1 b2 b4 5"])
    }

    @Test func aPredicateOfAnAnyBlockMayHaveItsGroup() throws {
        let blocks = [
            "{followed_by_any: [{where: A, group: a}, {where: B, on: x, group: b}, {where: payload.v > 3}], group: other}"
        ]
        #expect(
            try runs(blocks, "A/x B/x C5/x B/y A9/x", "input: \"#\"") == ["a1", "b2", "other3", "a5"],
            "the first that matches")
    }

    @Test func withoutAGroupEventsStandUnderTheEmptyName() throws {
        var trial = try Trial(blocks: ["{followed_by: A}", "{followed_by: B, group: b}", "{followed_by: C}"])
        trial.take("A B C")
        let history = try #require(trial.complexEvents.first).document.history
        #expect(
            history.mapValues { $0.compactMap { $0["id"] as? String } } == [
                "": ["replay-1", "replay-3"], "b": ["replay-2"],
            ])
    }
}
