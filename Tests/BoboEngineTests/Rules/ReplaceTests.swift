import BoboPatterns
import BoboYAML
import CEL
import Testing

@testable import BoboEngine

/// Patterns that are read anew while the engine runs.
@Suite struct ReplaceTests {
    private func phenomena(_ trial: Trial, _ files: [String]) -> [Phenomenon] {
        let problems = ProblemCollector()
        let texts = files.enumerated().map { (file: "\($0).yaml", text: Trial.written(out: $1)) }
        let phenomena = PatternFiles(paths: trial.paths, problems: problems).load(texts: texts)
        #expect(!problems.hasErrors)
        return phenomena
    }

    private func replace(_ trial: Trial, _ files: String...) {
        var options = EngineOptions()
        options.defaultInput = trial.defaultInput
        trial.engine.replace(phenomena(trial, files), options: options)
    }

    private static func file(_ name: String, _ blocks: String, _ rest: String = "") -> String {
        "phenomenon: \(name)\npatterns: [{name: q, blocks: [\(blocks)]}]\n\(rest)"
    }

    private static let ab = file("m", "{followed_by: A}, {followed_by: B}")

    @Test func theRunsOfPatternsThatHaveNotChangedGoOn() throws {
        var trial = try Trial(ReplaceTests.ab)
        trial.take("A")
        replace(
            trial, ReplaceTests.file("a", "{followed_by: B}"), ReplaceTests.ab,
            ReplaceTests.file("z", "{followed_by: B}"))
        trial.take("B")
        #expect(trial.namedRuns == ["a/q 2", "m/q 1 2", "z/q 2"])
    }

    @Test func theirTimersFollowThem() throws {
        let silence = ReplaceTests.file("m", "{followed_by: A}, {absent: B, for: 5s}")
        let other = ReplaceTests.file("a", "{followed_by: A}, {absent: B, for: 5s}")
        var trial = try Trial(other, silence)
        trial.take("A@1")
        replace(trial, silence, ReplaceTests.file("z", "{followed_by: C}"))
        #expect(trial.engine.statistics.haltedRuns == [.replaced: 1])
        trial.take("|9")
        #expect(trial.namedRuns == ["m/q 1 at 6.0"])
        #expect(trial.engine.nextDeadline == nil)
    }

    @Test func theRunsOfPatternsThatHaveChangedHalt() throws {
        var trial = try Trial(ReplaceTests.ab)
        trial.take("A")
        replace(trial, ReplaceTests.file("m", "{followed_by: A}, {followed_by: C}"))
        trial.take("B C A C")
        #expect(trial.namedRuns == ["m/q 4 5"])
        #expect(trial.engine.statistics.haltedRuns == [.replaced: 1])
    }

    @Test func anotherLayoutIsNoChange() throws {
        var trial = try Trial(ReplaceTests.ab)
        trial.take("A")
        replace(
            trial,
            "phenomenon: m\ndescription: d\npatterns:\n  - name: q\n    # why\n    blocks:\n      - followed_by: A\n      - followed_by: B\n"
        )
        trial.take("B")
        #expect(trial.namedRuns == ["m/q 1 2"])
    }

    @Test func anotherEmitHoldsForTheRunsThatGoOn() throws {
        var trial = try Trial(ReplaceTests.ab + "emit: {data: '1'}")
        trial.take("A")
        replace(trial, ReplaceTests.ab + "emit: {data: '2'}")
        trial.take("B")
        #expect(trial.complexEvents.map(\.data) == ["2"])
    }

    @Test func aFieldThatNobodyReadBeforeFailsForEventsOfBefore() throws {
        var trial = try Trial(ReplaceTests.ab)
        trial.take("A1")
        replace(trial, ReplaceTests.ab + "emit: {data: '[first.payload.v]'}")
        trial.take("B A2 B")
        #expect(trial.complexEvents.map(\.data) == ["null", "[2]"])
    }

    @Test func equalitiesOfTheNewPatternsLeadToThem() throws {
        var trial = try Trial(ReplaceTests.ab)
        replace(trial, ReplaceTests.ab, ReplaceTests.file("n", "{followed_by: payload.v == 5}"))
        trial.take("C5 C4 A B")
        #expect(trial.namedRuns == ["n/q 1", "m/q 3 4"])
    }

    @Test func ofAllPatternsTakenAwayNothingIsLeft() throws {
        var trial = try Trial(blocks: ["{followed_by: A}", "{absent: B, for: 5s}"], "within: 9s\nkey: payload.k")
        trial.take("A.x A.y A.x")
        replace(trial, ReplaceTests.ab)
        #expect(trial.engine.decider.occupancy == (0, 0) && trial.engine.statistics.activeRuns == 0)
        #expect(trial.engine.nextDeadline == nil)
    }
}
