import BoboEngine
import BoboYAML
import CEL

/// What `check` says of a sound pattern that is allowed and seldom meant.
struct PatternHints {
    let pattern: Pattern
    let place: SourcePlace
    let problems: ProblemCollector

    /// Whether what begins a run also halts the one that waits at the second block.
    private var isBegunAnew: Bool {
        guard let first = pattern.blocks.first, let second = pattern.blocks.dropFirst().first else { return false }
        return first.predicates.allSatisfy { begin in
            second.unless.contains { $0.on == begin.on && $0.expression?.source == begin.expression?.source }
        }
    }

    func report() {
        if pattern.preconditions.contains(where: { !$0.on.isEmpty }) {
            problems.hint(
                place,
                "a precondition with \"on\" halts the run at any event of another topic; was a haltcondition meant?")
        }
        let endsOthers = pattern.rest != nil || pattern.afterMatch == .skipPastLastEvent
        // A first block that compares with the event before is not met by a repetition.
        let beginsWithAChange = pattern.blocks.first?.predicates.allSatisfy { $0.expression?.readsPrevious == true }
        if pattern.blocks.count > 1, !pattern.isSingleton, !endsOthers, beginsWithAChange != true, !isBegunAnew {
            problems.hint(
                place,
                "without \"singleton\", \"after_match\" or \"rest\" a sensor that repeats itself starts a run with each message, and each completes"
            )
        }
        if pattern.rest != nil, pattern.afterMatch == .skipPastLastEvent {
            problems.hint(
                place, "\"rest\" halts the other runs of the key itself, so that \"after_match\" adds nothing")
        }
        if !pattern.state.isEmpty, !pattern.programs.contains(where: \.readsState) {
            problems.hint(place, "nothing reads the \"state\" that is kept: latest(topic), latest_of(filter)")
        }
        if pattern.recent != nil, !pattern.programs.contains(where: \.readsRecent) {
            problems.hint(place, "nothing reads the \"recent\" events that are kept")
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
