import Testing

@testable import BoboEngine

/// Rule 8: a failed predicate is no match, and no proof of the contrary. The event `?` has no `type`, so that `A` fails.
@Suite struct FailureRuleTests {
    private func between(_ block: String, _ words: String, _ keys: String = "") throws -> [String] {
        try runs(["{followed_by: A}", block, "{followed_by: E, group: e}"], words, keys)
    }

    @Test func theFirstBlockStartsNoRun() throws {
        #expect(try runs(["{next: A}"], "? A") == ["2"])
    }

    @Test func aPlainRelaxedBlockIgnoresTheEvent() throws {
        #expect(try between("{followed_by: B}", "A ? B E") == ["1 3 e4"])
    }

    @Test func aPlainStrictBlockIgnoresTheEvent() throws {
        #expect(try between("{next: B}", "A ? B E") == ["1 3 e4"])
    }

    @Test func anOptionalBlockOffersItToTheNext() throws {
        #expect(
            try runs(
                ["{followed_by: A}", "{followed_by: B, optional: true}", "{followed_by: payload.v > 3, group: e}"],
                "A ?5") == ["1 e2"])
    }

    @Test func aRelaxedLoopOffersItToTheNext() throws {
        #expect(
            try runs(
                ["{followed_by: A}", "{followed_by: B, loop: true}", "{followed_by: payload.v > 3, group: e}"], "A ?5")
                == ["1 e2"])
    }

    @Test func aStrictLoopIgnoresTheEvent() throws {
        var trial = try Trial(blocks: ["{followed_by: A}", "{next: B, loop: true}", "{followed_by: E}"])
        trial.take("A B ? B")
        #expect(trial.engine.statistics.activeRuns == 1)
        trial.take("E")
        #expect(trial.engine.statistics.activeRuns == 0)
    }

    @Test func aNegatedBlockIgnoresTheEvent() throws {
        #expect(try between("{not_followed_by: B, group: n}", "A ? C E") == ["1 n3 e4"])
        #expect(try between("{not_next: B, group: n}", "A ? C E") == ["1 n3 e4"])
    }

    @Test func absentDoesNothing() throws {
        #expect(try runs(["{followed_by: A}", "{absent: B, for: 5s}"], "A ? |9") == ["1 at 6.0"])
    }

    @Test func unlessDoesNothing() throws {
        #expect(
            try runs(["{followed_by: A}", "{followed_by: payload.v > 3, unless: [B]}"], "A ?5") == [
                "1 2"
            ])
        #expect(try runs(["{followed_by: payload.v > 3, unless: [B]}"], "?5") == ["1"])
    }

    @Test func aHaltconditionDoesNothing() throws {
        #expect(
            try runs(
                ["{followed_by: A}", "{followed_by: payload.v > 3}"], "A ?5", "haltconditions: [B]") == ["1 2"])
    }

    @Test func aPreconditionLetsTheRunIgnoreTheEvent() throws {
        let blocks = ["{followed_by: A}", "{followed_by: payload.v > 3, group: b}"]
        #expect(try runs(blocks, "A ?5 B5", "preconditions: [A || B]") == ["1 b3"])
        #expect(
            try runs(
                blocks, "A ?5 B5", "preconditions: [A || B]\nhaltconditions: [payload.v == 5 && !has(payload.type)]")
                == ["1 b3"], "nor is a haltcondition asked")
    }

    @Test func anyListsAreJoinedAsByOr() throws {
        let blocks = ["{followed_by: A}", "{followed_by_any: [B, payload.v > 3], group: b}"]
        #expect(try runs(blocks, "A ?1 ?5") == ["1 b3"], "one that matches passes over one that fails")
        let strict = ["{followed_by: A}", "{not_followed_by_any: [B, payload.v > 3], group: n}", "{followed_by: E}"]
        #expect(try runs(strict, "A ?1 C1 E") == ["1 n3 4"], "one that fails leaves it open")
        #expect(try runs(strict, "A ?5 C1 E") == ["1 n3 4"])
    }

    @Test func unlessAndHaltconditionsAreJoinedAsByOr() throws {
        #expect(
            try runs(["{followed_by: A}", "{followed_by: E, unless: [B, payload.v > 3]}"], "A ?5 E")
                == [])
        #expect(
            try runs(
                ["{followed_by: A}", "{followed_by: E}"], "A ?5 E", "haltconditions: [B, payload.v > 3]") == [])
    }

    @Test func preconditionsAreJoinedAsByAnd() throws {
        let keys = "preconditions: [\"!(C)\", \"!(payload.v > 3)\"]"
        #expect(
            try runs(["{followed_by: A}", "{followed_by: E}"], "A1 ?5 E1", keys) == [],
            "one that is false halts")
        #expect(try runs(["{followed_by: A}", "{followed_by: E}"], "A1 ?1 E1", keys) == ["1 3"])
    }

    @Test func withinAnExpressionOrAndAndPassOverAFailedSide() throws {
        #expect(try runs(["{followed_by: A || payload.v > 3}"], "?5 ?1 A") == ["1", "3"])
        #expect(
            try runs(
                ["{followed_by: A}", "{not_followed_by: B && payload.v > 3, group: n}", "{followed_by: E}"], "A ?1 E")
                == ["1 n2 3"])
    }

    @Test(arguments: [
        "payload.missing > 1", "payload.v > 'text'", "payload.v", "payload.type", "payload.a.b", "[1][5] == 1",
        "1 / 0 == 1",
        "first.payload.v == 1", "history[0].payload.v == 1", "payload.v.size() == 1", "timestamp(payload.type) == ts",
    ])
    func anExpressionFailsThatReadsWhatIsNotThereMixesTypesOrGivesNoBool(_ expression: String) throws {
        #expect(try runs(["{followed_by: \"\(expression)\"}"], "X5") == [])
        #expect(try runs(["{followed_by: \"!(\(expression))\"}"], "X5") == [])
        #expect(try runs(["{followed_by: \"(\(expression)) || true\"}"], "X5") == ["1"])
    }
}
