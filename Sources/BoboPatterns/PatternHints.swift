import BoboEngine
import BoboTopics
import BoboYAML

/// What `check` says of a pattern that is sound by itself: an `on` that can never be met, and what is seldom meant.
struct PatternHints {
    let pattern: Pattern
    let place: SourcePlace
    let problems: ProblemCollector

    func report() {
        reportUnreachable()
        if pattern.preconditions.contains(where: { !$0.on.isEmpty }) {
            problems.hint(
                place,
                "a precondition with \"on\" halts the run at any event of another topic; was a haltcondition meant?")
        }
        if pattern.blocks.count > 1, !pattern.isSingleton {
            problems.hint(
                place,
                "without \"singleton\" a sensor that repeats itself starts a run with each message, and each completes"
            )
        }
        if let within = pattern.within {
            let waits = pattern.blocks.reduce(Int64(0)) { sum, block in
                if case .absent(let milliseconds) = block.role { sum + milliseconds } else { sum }
            }
            if waits > within {
                problems.hint(place, "the waits of \"absent\" add up to more than \"within\", so that no run completes")
            }
        }
    }

    private func reportUnreachable() {
        guard let input = pattern.input else { return }
        let predicates =
            pattern.preconditions + pattern.haltconditions + pattern.blocks.flatMap { $0.predicates + $0.unless }
        var seen: Set<TopicFilter> = []
        for filter in predicates.flatMap(\.on) where seen.insert(filter).inserted {
            guard !input.contains(where: { $0.on.overlaps(filter) }) else { continue }
            problems.error(
                place,
                "found on: \(filter), which no filter of this pattern's \"input\" (\(input.map(\.on.text).joined(separator: ", "))) can meet"
            )
        }
    }
}
