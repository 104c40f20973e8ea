import BoboEngine
import BoboYAML

/// What `check` says of a sound pattern that is allowed and seldom meant.
struct PatternHints {
    let pattern: Pattern
    let place: SourcePlace
    let problems: ProblemCollector

    func report() {
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
}
