import CEL

/// Holds the runs of all patterns, and says what an event or the passing of time does to them.
final class Decider {
    let matchers: [Matcher]
    private let scope: Scope
    private var state = RunState()
    private var stamp: UInt64 = 0

    init(_ phenomena: [Phenomenon], scope: Scope, recordsChanges: Bool) {
        self.scope = scope
        let named = phenomena.flatMap { phenomenon in phenomenon.patterns.map { (phenomenon, $0) } }
        matchers = named.enumerated().map { Matcher(CompiledPattern($1.1, of: $1.0, order: $0)) }
        state.effects.recordsChanges = recordsChanges
    }

    /// Offers the event to the runs of all patterns that may care, and starts new ones.
    func take(_ event: Event, _ route: Route) {
        stamp += 1
        let stamp = stamp
        route.forEachInterest(in: event) { interest in
            let offer = Offer(event: event, matches: interest.matches, stamp: stamp)
            interest.matcher.take(offer, interest.conditions, &state, scope)
        }
    }

    /// When the next timer is due.
    var nextDeadline: Int64? { state.timers.first?.deadline }

    /// Fires the timers of the earliest deadline.
    func fireEarliest() {
        guard let deadline = nextDeadline else { return }
        let first = state.effects.completions.count
        while let timer = state.timers.first, timer.deadline == deadline {
            _ = state.timers.removeFirst()
            let matcher = matchers[timer.pattern]
            switch timer.subject {
            case .within: matcher.expire(clock: deadline, &state)
            case .absent(let node, let number):
                guard state.forest.nodes[node].timer == number else { continue }
                matcher.waitIsOver(node, deadline: deadline, &state)
            }
        }
        let completions = state.effects.completions
        if completions.count > first + 1 {
            state.effects.completions[first...].sort { ($0.pattern, $0.start) < ($1.pattern, $1.start) }
        }
    }

    func takeCompletions() -> [Completion] {
        guard !state.effects.completions.isEmpty else { return [] }
        defer { state.effects.completions = [] }
        return state.effects.completions
    }

    func takeChanges() -> [Change] {
        defer { state.effects.changes = [] }
        return state.effects.changes
    }

    var counters: RunCounters { state.counters }

    var activeRuns: Int { state.forest.runs.count }
}
