import BoboEngine
import BoboTopics
import BoboYAML
import Foundation

/// What came of a test.
package struct PatternTestOutcome {
    /// Of expected and found complex events, line by line; empty where the test has passed.
    package let difference: [String]
    package let took: Duration

    package var hasPassed: Bool { difference.isEmpty }
}

/// A complex event that came of a test's events.
struct FoundEvent {
    /// Milliseconds from the start.
    let at: Int64
    let phenomenon: String
    let pattern: String
    /// As JSON.
    let key: String
    let data: String

    init(_ event: ComplexEvent) {
        at = event.timestamp - PatternTest.start
        phenomenon = event.phenomenon
        pattern = event.pattern
        key = event.key
        data = event.data
    }
}

/// Runs tests through an engine, each from its beginning.
struct PatternTestRun {
    private let preparation: EnginePreparation
    private let recordsChanges: Bool

    init(_ preparation: EnginePreparation, recordsChanges: Bool) {
        self.preparation = preparation
        self.recordsChanges = recordsChanges
    }

    func run(_ test: PatternTest, coverage: PatternCoverage?) -> PatternTestOutcome {
        let begin = ContinuousClock.now
        var options = preparation.options
        options.gateway = "test"
        options.source = "test"
        options.recordsChanges = recordsChanges
        let engine = Engine(preparation.phenomena, paths: preparation.paths, options: options)
        for (index, event) in test.events.enumerated() {
            event.payload.withUnsafeBytes { bytes in
                engine.take(
                    Message(
                        topic: event.topic, payload: bytes, arrival: PatternTest.start + event.at,
                        isRetained: event.isRetained, number: UInt64(index + 1)))
            }
        }
        engine.flush()
        let end = max(test.until ?? 0, test.events.map(\.at).max() ?? 0)
        engine.advance(to: PatternTest.start + end)
        coverage?.note(engine.takeChanges())
        let found = engine.takeOutputs().compactMap { output -> FoundEvent? in
            if case .complexEvent(let event) = output { FoundEvent(event) } else { nil }
        }
        let difference = ExpectationDifference(test.expectations, found)
        let lines = difference.isEmpty ? [] : difference.lines + unseen(test)
        return PatternTestOutcome(difference: lines, took: ContinuousClock.now - begin)
    }

    /// Topics that no pattern looks at are often slips of the pen.
    private func unseen(_ test: PatternTest) -> [String] {
        let filters = preparation.phenomena.flatMap(\.patterns)
            .flatMap { $0.inputFilters(default: preparation.options.defaultInput) }
        var told: Set<String> = []
        return test.events.compactMap { event in
            guard let topic = try? TopicName(event.topic), !filters.contains(where: { $0.matches(topic) }),
                told.insert(event.topic).inserted, told.count <= 10
            else { return nil }
            return "no pattern sees \(shortenedForMessage(event.topic))"
        }
    }
}
