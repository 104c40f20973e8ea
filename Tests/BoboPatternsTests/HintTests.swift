import Testing

@testable import BoboPatterns

/// What is allowed and seldom meant is told, and is no error.
@Suite struct HintTests {
    private func hints(_ blocks: [String], _ keys: String = "singleton: true") -> [String] {
        let loaded = Loaded(blocks: blocks, keys)
        #expect(loaded.errors.isEmpty)
        return loaded.hints
    }

    private static let a = "{followed_by: payload.a}"

    @Test func aStrictLoopNeverCompletes() {
        let hint =
            "a.yaml:6:27: hint: the first event that does not match halts a strict loop, so that its run never completes"
        #expect(
            hints([HintTests.a, "{next: payload.b, loop: true}", HintTests.a]).contains(
                hint.replacing("6:25", with: "6:27")))
        #expect(hints([HintTests.a, "{followed_by: payload.b, loop: true}", HintTests.a]).isEmpty)
    }

    @Test func whatIsRetainedIsTakenForNew() {
        func hints(_ emit: String) -> [String] {
            Loaded("phenomenon: p\npatterns: [{name: q, input: t, blocks: [{next: true}]}]\nemit: \(emit)").hints
        }
        #expect(hints("{retain: true}").count == 1)
        #expect(hints("{retain: true}").first?.hasPrefix("a.yaml:3:16: hint: whoever subscribes later") == true)
        #expect(hints("{retain: false}").isEmpty)
    }

    @Test func timesWithLoop() {
        #expect(
            hints([HintTests.a, "{followed_by: payload.b, times: 3, loop: true}", HintTests.a])
                == ["a.yaml:6:34: hint: \"times\" with \"loop\" is the same as one loop"])
    }

    @Test(arguments: [
        ("{followed_by: payload.b, loop: true}", "{next: payload.b}", true),
        ("{followed_by: true, loop: true}", "{followed_by: payload.b}", false),
        ("{followed_by: {on: a}, loop: true}", "{followed_by: {on: a, where: payload.b}}", true),
        ("{followed_by: {on: a}, loop: true}", "{followed_by: {on: b, where: payload.b}}", false),
        ("{followed_by: {on: [a, b]}, loop: true}", "{followed_by: {on: b}}", true),
        ("{followed_by_any: [payload.b, payload.c], loop: true}", "{followed_by: payload.c}", true),
        ("{followed_by: payload.c, loop: true}", "{followed_by_any: [payload.b, payload.c]}", false),
        ("{followed_by: payload.c, loop: true}", "{followed_by: payload.b}", false),
    ])
    func aLoopThatAcceptsAllThatTheNextBlockWould(_ loop: String, _ next: String, _ isTold: Bool) {
        let hint = "a.yaml:6:9: hint: the loop accepts all that the next block would, so that no run goes on"
        #expect(hints([HintTests.a, loop, next]).contains(hint) == isTold)
    }

    @Test func waitsThatAddUpToMoreThanWithin() {
        let blocks = [HintTests.a, "{absent: payload.b, for: 3s}", "{absent: payload.c, for: 3s}"]
        let hint = "a.yaml:3:5: hint: the waits of \"absent\" add up to more than \"within\", so that no run completes"
        #expect(hints(blocks, "singleton: true\nwithin: 5s") == [hint])
        #expect(hints(blocks, "singleton: true\nwithin: 6s").isEmpty)
    }

    @Test func notFollowedBy() {
        #expect(
            hints([HintTests.a, "{not_followed_by: payload.b}", HintTests.a]).first?.hasPrefix(
                "a.yaml:6:10: hint: \"not_followed_by\" takes the first event") == true)
    }

    @Test func severalBlocksWithoutSingleton() {
        #expect(hints([HintTests.a, HintTests.a], "").first?.contains("without \"singleton\"") == true)
        #expect(hints([HintTests.a], "").isEmpty)
        #expect(hints([HintTests.a, HintTests.a], "rest: 5m").isEmpty)
        #expect(hints(["{followed_by: payload.a && !previous.payload.a}", HintTests.a], "").isEmpty)
        #expect(hints([HintTests.a, HintTests.a], "after_match: skip_past_last_event").isEmpty)
    }

    @Test func aStrictLoopWithUntilIsMeant() {
        #expect(hints([HintTests.a, "{next: payload.b, loop: true, until: payload.a}", HintTests.a]).isEmpty)
        #expect(hints([HintTests.a, "{followed_by: payload.a, loop: true, until: payload.b}", HintTests.a]).isEmpty)
    }

    @Test func stateThatNothingReads() {
        #expect(hints([HintTests.a], "state: s/+").first?.contains("nothing reads the \"state\"") == true)
        #expect(hints(["{followed_by: latest('s/a') != null}"], "state: s/+").isEmpty)
    }

    @Test func restWithAfterMatch() {
        let hints = hints([HintTests.a], "rest: 5m\nafter_match: skip_past_last_event")
        #expect(hints.count == 1 && hints[0].contains("\"after_match\" adds nothing"))
    }

    @Test func aGroupOfAnAbsentThatAcceptsNothing() {
        #expect(hints([HintTests.a, "{absent: payload.b, for: 1s, group: g}"]).count == 1)
        #expect(hints([HintTests.a, "{absent: payload.b, for: 1s, group: g, restart: true}"]).isEmpty)
    }

    @Test func aPreconditionWithOn() {
        #expect(hints([HintTests.a], "preconditions: [{on: a}]").first?.contains("was a haltcondition meant?") == true)
        #expect(hints([HintTests.a], "haltconditions: [{on: a}]").isEmpty)
    }

    @Test func aDivisionOfInts() {
        #expect(hints(["{followed_by: size(history) / 2 == 1}"]).first?.hasPrefix("a.yaml:5:") == true)
        #expect(hints(["{followed_by: payload.a / 2 == 1}"]).isEmpty)
        let template = Loaded(
            "phenomenon: p\npatterns: [{name: q, blocks: [{next: true}]}]\nactions: [{log: {message: 'n ${size(history) / 2}'}}]"
        )
        #expect(template.hints.count == 1 && template.hints.first?.hasPrefix("a.yaml:3:") == true)
    }
}
