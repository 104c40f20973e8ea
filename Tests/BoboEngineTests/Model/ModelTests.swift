import Foundation
import Testing

@testable import BoboEngine

/// The engine against rules followed literally, on random patterns and events. A failure names its seed and prints the case.
@Suite struct ModelTests {
    private static let shares = 8
    /// More of them for a longer search: `BOBO_MODEL_CASES=10000 swift test --filter ModelTests`.
    private static let casesPerShare =
        (ProcessInfo.processInfo.environment["BOBO_MODEL_CASES"].flatMap(Int.init) ?? 400) / shares

    @Test(arguments: RandomCase.Reading.allCases, 0..<shares)
    func theEngineCompletesTheRunsOfTheRules(_ reading: RandomCase.Reading, _ share: Int) throws {
        var completed = 0
        var halts: Set<HaltReason> = []
        for number in 0..<ModelTests.casesPerShare {
            let seed = UInt64(share * ModelTests.casesPerShare + number)
            guard let statistics = try agreement(seed, reading) else { return }
            completed += statistics.completedRuns
            halts.formUnion(statistics.haltedRuns.keys)
        }
        // Cases in which nothing happens would prove nothing.
        #expect(completed > ModelTests.casesPerShare)
        #expect(halts.isSuperset(of: [.strict, .haltcondition, .within]))
    }

    /// - Returns: what happened; nil where the two differ, which has been recorded.
    private func agreement(_ seed: UInt64, _ reading: RandomCase.Reading) throws -> Statistics? {
        let random = RandomCase(seed: seed, reading)
        var reference = ReferenceEngine(
            random.patterns, maximumLateness: random.maximumLateness, dropsLate: random.dropsLate)
        var model = try ModelEngine(
            random.patterns, maximumLateness: random.maximumLateness, dropsLate: random.dropsLate,
            hidesEqualities: reading == .equalities && seed % 4 == 0,
            // Of few runs each is asked; here the index over their histories is, too.
            configure: { if seed % 2 == 0 { $0.fewRuns = 0 } })
        var compared = 0
        for event in random.events {
            reference.take(event)
            model.take(event)
            if let tick = random.ticks[event.seq] {
                reference.advance(to: tick)
                model.advance(to: tick)
            }
            let agrees =
                reference.completed.dropFirst(compared) == model.completed.dropFirst(compared)
                && reference.activeRuns == model.engine.statistics.activeRuns
                && model.ledger.faults.isEmpty && model.ledger.activeRuns == reference.activeRuns
            guard agrees else {
                Issue.record(
                    "\(report(seed, reading, random, reference, model))\nat event \(event.seq) of\n\(listing(random, event.seq))"
                )
                return nil
            }
            compared = reference.completed.count
        }
        reference.flush()
        model.flush()
        let end = (random.events.map(\.timestamp).max() ?? 0) + 1_000_000
        reference.advance(to: end)
        model.advance(to: end)
        let statistics = model.engine.statistics
        let occupancy = model.engine.decider.occupancy
        let agrees =
            reference.completed == model.completed && model.ledger.faults.isEmpty
            && statistics.activeRuns == reference.activeRuns && statistics.late == reference.late
            && statistics.completedRuns == model.ledger.completed
            && statistics.production.tooDeep == reference.tooDeep
            && (reference.activeRuns > 0 || occupancy == (0, 0))
        if !agrees { Issue.record("\(report(seed, reading, random, reference, model)) at the end, \(occupancy)") }
        return agrees ? statistics : nil
    }

    private func listing(_ random: RandomCase, _ last: Int) -> String {
        (random.patterns.map(\.description)
            + random.events.prefix(last).map { event in
                event.line + (random.ticks[event.seq].map { "\n\($0)" } ?? "")
            }).joined(separator: "\n")
    }

    private func report(
        _ seed: UInt64, _ reading: RandomCase.Reading, _ random: RandomCase, _ reference: ReferenceEngine,
        _ model: ModelEngine
    ) -> String {
        let same = zip(reference.completed, model.completed).prefix { $0 == $1 }.count
        return """
            seed \(seed), \(reading): after \(same) equal ones
            rules:  \(reference.completed.dropFirst(same).first ?? "nothing"), \(reference.activeRuns) active
            engine: \(model.completed.dropFirst(same).first ?? "nothing"), \(model.engine.statistics.activeRuns) active
            \(model.ledger.faults.first ?? "")
            """
    }
}
