import BoboEngine
import Testing

@testable import BoboGraph

/// What pictures of patterns show.
@Suite struct DiagramTests {
    @Test("Each entry of the file is one step, with its blocks, its options and what halts a run")
    func steps() throws {
        let diagram = try pattern(
            [
                "{followed_by: {on: home/a, where: payload.x > 1}, group: hot, times: 3}",
                "{next: payload.y == 2}", "{not_next: payload.z == 3}",
                "{followed_by: payload.a == 1, loop: true}", "{followed_by: payload.b == 1, optional: true}",
                "{followed_by_any: [payload.c == 1, {on: home/c, group: cs}], unless: [payload.off == true]}",
                "{absent: {on: home/m}, for: 90s}",
            ],
            keys:
                "    key: levels[1]\n    within: 1h30m\n    singleton: true\n    preconditions: [payload.ok == true]\n"
                + "    haltconditions: [{on: home/door}]\n")
        #expect(
            diagram.steps.map(\.name) == [
                "followed_by", "next", "not_next", "followed_by", "followed_by", "followed_by_any", "absent",
            ])
        #expect(diagram.steps.map(\.places) == [0..<3, 3..<4, 4..<5, 5..<6, 6..<7, 7..<8, 8..<9])
        #expect(diagram.steps.map(\.shape) == [.plain, .plain, .negated, .loop, .optional, .plain, .absent])
        #expect(
            diagram.steps.map(\.transition) == [
                .relaxed, .strict, .strict, .relaxed, .relaxed, .relaxed, .time,
            ])
        #expect(diagram.steps[0].options == ["3 times"])
        #expect(diagram.steps[0].group == "hot")
        #expect(diagram.steps[0].conditions.map(\.text) == ["home/a where payload.x > 1"])
        #expect(diagram.steps[3].options == ["loop: any number"])
        #expect(diagram.steps[4].options == ["optional"])
        #expect(diagram.steps[5].conditions.map(\.group) == [nil, "cs"])
        #expect(diagram.steps[5].facts == [PatternDiagram.Fact("unless", "payload.off == true", halts: true)])
        #expect(diagram.steps[6].options == ["for 1m30s"])
        #expect(
            diagram.facts.map { "\($0.label): \($0.text)" } == [
                "sees: home/#", "key: levels[1]", "within: 1h30m", "singleton: one run a key",
                "halts unless: payload.ok == true", "halts if: home/door",
            ])
    }

    @Test("Entries that are written alike are steps of their own")
    func alike() throws {
        let diagram = try pattern(["{followed_by: payload.x == 1}", "{followed_by: payload.x == 1}"])
        #expect(diagram.steps.map(\.places) == [0..<1, 1..<2])
    }
}

/// What later came to the language.
@Suite struct OtherConstructsTests {
    @Test("recent, and what a name stands for")
    func names() throws {
        let keys = "    recent: 10m\n    define: {warm: payload.x > 1, both: warm && size(recent) > 1}\n"
        let diagram = try pattern(["{followed_by: both}"], keys: keys)
        #expect(
            diagram.facts.map { "\($0.label): \($0.text)" }.suffix(3)
                == ["recent: 10m", "warm: payload.x > 1", "both: warm && size(recent) > 1"])
    }

    @Test("all_of, times with min, until, restart, only_if, rest, after_match and state are shown")
    func constructs() throws {
        let diagram = try pattern(
            [
                "{all_of: [{on: home/a, group: one}, payload.b == 1]}",
                "{followed_by: payload.c == 1, times: {min: 2, max: 5}}",
                "{followed_by: payload.d == 1, times: {min: 1}, until: payload.e == 1}",
                "{absent: payload.f == 1, for: 90s, restart: true, only_if: size(history) < 9}",
            ],
            keys: "    rest: {for: 10m, until: payload.reset == true}\n    state: [presence/+]\n")
        let steps = diagram.steps
        #expect(steps.map(\.name) == ["all_of", "followed_by", "followed_by", "absent"])
        #expect(steps.map(\.places) == [0..<1, 1..<6, 6..<8, 8..<9])
        #expect(steps.map(\.options) == [[], ["2 to 5 times"], ["once or more"], ["for 1m30s", "restart"]])
        #expect(steps.map(\.loops) == [false, false, true, false])
        #expect(steps.map(\.wantsAll) == [true, false, false, false])
        #expect(
            steps.flatMap(\.facts).map { "\($0.label) \($0.text)" } == [
                "until payload.e == 1", "only_if size(history) < 9",
            ])
        #expect(
            diagram.facts.map { "\($0.label): \($0.text)" } == [
                "sees: home/#", "rest: 10m or until payload.reset == true", "state: presence/+",
            ])
        let skipping = try pattern(
            ["{followed_by: payload.a == 1}"], keys: "    after_match: skip_past_last_event\n")
        #expect(skipping.facts.contains { $0.label == "after_match" && $0.text == "skip_past_last_event" })
    }
}
