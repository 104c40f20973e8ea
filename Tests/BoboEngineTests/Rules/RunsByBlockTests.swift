import CEL
import Testing

@testable import BoboEngine

/// Where runs wait, as those see it who look from outside.
@Suite struct RunsByBlockTests {
    @Test("Runs are counted at the block where they wait, whether their key has one such place or several")
    func counts() throws {
        var trial = try Trial(
            blocks: ["followed_by: A", "followed_by: B", "followed_by: C"], "key: payload.k")
        #expect(trial.engine.runsByBlock.map(\.counts) == [[0, 0, 0]])
        trial.take("A.x A.x A.y")
        #expect(trial.engine.runsByBlock.map(\.counts) == [[0, 3, 0]])
        trial.take("B.x A.x")
        #expect(trial.engine.runsByBlock.map(\.counts) == [[0, 2, 2]])
        #expect(trial.engine.runsByBlock.first?.active == trial.engine.statistics.activeRuns)
        trial.take("C.x")
        #expect(trial.engine.runsByBlock.map(\.counts) == [[0, 2, 0]])
    }

    @Test("A run tells its key, its place and its way so far")
    func runs() throws {
        var trial = try Trial(
            blocks: ["followed_by: A\n        group: one", "followed_by: B", "followed_by: C"], "key: payload.k")
        let name = PatternName(phenomenon: "p", pattern: "q")
        trial.take("A.x A.x B.x A.x A.y")
        let runs = trial.engine.runsSoFar(of: name, at: nil, limit: 10, historyLimit: 10)
        #expect(runs.count == 4)
        let waiting = trial.engine.runsSoFar(of: name, at: 2, limit: 10, historyLimit: 10)
        #expect(waiting.map(\.events.count) == [2, 2])
        #expect(waiting.first?.events.map(\.group) == ["one", ""])
        #expect(waiting.allSatisfy { $0.block == 2 && isX($0.key) && !$0.isCut })
        #expect(Set(runs.map(\.identifier)).count == 4)
    }

    private func isX(_ key: Value) -> Bool {
        if case .string("x") = key { true } else { false }
    }

    @Test("No more runs and no more events of each are told than asked for")
    func bounds() throws {
        var trial = try Trial(blocks: ["followed_by: A", "followed_by: B\n        loop: true", "followed_by: C"])
        let name = PatternName(phenomenon: "p", pattern: "q")
        trial.take("A A A B B B B")
        let runs = trial.engine.runsSoFar(of: name, at: nil, limit: 2, historyLimit: 3)
        #expect(runs.count == 2)
        #expect(runs.allSatisfy { $0.events.count == 3 && $0.isCut })
        #expect(trial.engine.runsSoFar(of: name, at: 9, limit: 2, historyLimit: 3).isEmpty)
        #expect(
            trial.engine.runsSoFar(of: PatternName(phenomenon: "p", pattern: "x"), at: nil, limit: 2, historyLimit: 3)
                .isEmpty)
    }
}
