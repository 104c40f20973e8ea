import CEL

/// Holds the runs of all patterns, and says what an event or the passing of time does to them.
final class Decider {
    @exclusivity(unchecked) private(set) var matchers: [Matcher]
    let scope: Scope
    @exclusivity(unchecked) var state: RunState
    /// What `latest` reads.
    @exclusivity(unchecked) private(set) var store: StateStore
    private let maximumState: Int
    private let fewRuns: Int
    /// Hears what is asked of the events that come to patterns that are to be explained.
    let witness: Witness?
    private let naming: ComplexEventNaming

    init(
        _ phenomena: [Phenomenon], scope: Scope, maximumState: Int = EngineOptions().maximumState,
        recordsChanges: Bool, replication: Replication? = nil, explains: Set<PatternName> = [],
        naming: ComplexEventNaming, fewRuns: Int = EngineOptions().fewRuns
    ) {
        self.scope = scope
        self.naming = naming
        self.maximumState = maximumState
        self.fewRuns = fewRuns
        store = StateStore(limit: maximumState)
        state = RunState(replication)
        matchers = Decider.compile(phenomena, naming) {
            Matcher($0, isShared: replication != nil, fewRuns: fewRuns)
        }
        state.effects.recordsChanges = recordsChanges || replication != nil || !explains.isEmpty
        witness = explains.isEmpty ? nil : Witness(scope)
        for matcher in matchers where explains.contains(matcher.compiled.name) { matcher.witness = witness }
        replication?.serve(matchers)
        connectState()
    }

    private func connectState() {
        for matcher in matchers { matcher.stateFilters = matcher.compiled.pattern.state.map(store.number) }
        scope.state = store.filters.isEmpty ? nil : store
    }

    /// - Parameter make: makes something of each pattern at once, so that what belongs together lies close together in memory.
    private static func compile<Result>(
        _ phenomena: [Phenomenon], _ naming: ComplexEventNaming, _ make: (CompiledPattern) -> Result
    ) -> [Result] {
        var results: [Result] = []
        for phenomenon in phenomena {
            let shared = PhenomenonFrame(phenomenon, naming)
            for pattern in phenomenon.patterns {
                results.append(make(CompiledPattern(pattern, of: phenomenon, order: results.count, shared)))
            }
        }
        return results
    }

    /// Takes other patterns. The runs of those that have not changed go on; those of others halt.
    func replace(_ phenomena: [Phenomenon], timestamp: Int64) {
        struct Identity: Hashable {
            let phenomenon: String
            let pattern: String
            let version: Hash128

            init(_ compiled: CompiledPattern) {
                phenomenon = compiled.phenomenon.name
                pattern = compiled.pattern.name
                version = compiled.pattern.version
            }
        }
        var known: [Identity: Matcher] = [:]
        for matcher in matchers { known[Identity(matcher.compiled)] = matcher }
        let replacing = Decider.compile(phenomena, naming) { $0 }
        var places: [Int: Int] = [:]
        let kept = replacing.map { compiled -> Matcher? in
            let matcher = known.removeValue(forKey: Identity(compiled))
            if let matcher { places[matcher.compiled.order] = compiled.order }
            return matcher
        }
        for matcher in known.values { matcher.endAll(timestamp, &state) }
        state.timers.renumber { places[$0] }
        let isShared = state.replication != nil
        matchers = zip(replacing, kept).map { compiled, matcher in
            guard let matcher else { return Matcher(compiled, isShared: isShared, fewRuns: fewRuns) }
            matcher.compiled = compiled
            matcher.waiting = WaitingIndexes(compiled, fewRuns: fewRuns)
            return matcher
        }
        state.replication?.serve(matchers)
        let former = store
        store = StateStore(limit: maximumState)
        connectState()
        store.take(over: former)
    }

    /// Takes a message for `latest` alone.
    func keep(_ event: Event, _ route: Route) { store.take(event, route.stateFilters, scope) }

    /// Offers the event to the runs of all patterns that may care, and starts new ones.
    func take(_ event: Event, _ route: Route) { take(event, route, found: route.find(in: event.content)) }

    /// - Parameter found: so many patterns have just been found to care for it.
    func take(_ event: Event, _ route: Route, found: Int) {
        if !route.stateFilters.isEmpty { keep(event, route) }
        let stamp = state.nextStamp()
        state.replication?.look(at: event)
        // No event of another comes before all have seen this one, so that what was found stays.
        for place in 0..<found {
            let interest = route.interest(place)
            let offer = Offer(event: event, matches: interest.terms?.matches, stamp: stamp)
            interest.unheldMatcher._withUnsafeGuaranteedRef { matcher in
                guard matcher.witness == nil else { return takeBeforeWitness(offer, matcher, interest) }
                matcher.take(offer, interest, &state, scope)
            }
        }
    }

    @inline(never)
    private func takeBeforeWitness(_ offer: Offer, _ matcher: Matcher, _ interest: Route.Interest) {
        scope.witness = matcher.witness
        scope.look(at: offer.event)
        matcher.take(offer, interest, &state, scope)
        scope.witness = nil
        witness?.end(state)
    }

    /// When the next timer is due.
    var nextDeadline: Int64? {
        let earliest = state.timers.earliest
        return earliest == .max ? state.timers.first?.deadline : earliest
    }

    /// Whether no timer is due by then.
    @inline(__always)
    func isQuiet(until time: Int64) -> Bool { state.timers.earliest > time }

    /// Fires the timers of the earliest deadline.
    func fireEarliest() {
        guard let deadline = nextDeadline else { return }
        let first = state.effects.completions.count
        var finishing: [Matcher] = []
        while let timer = state.timers.first, timer.deadline == deadline {
            _ = state.timers.removeFirst()
            let matcher = matchers[timer.pattern]
            switch timer.subject {
            case .within:
                // One that a late event's earlier timer has replaced would arm another, and so for ever.
                guard matcher.armed == deadline else { continue }
                matcher.expire(clock: deadline, &state)
            case .absent(let node, let number):
                guard state.forest.timer(of: node) == number else { continue }
                if let replication = state.replication {
                    matcher.note(pending: node, number, deadline: deadline, replication, &state, scope)
                    continue
                }
                matcher.waitIsOver(node, deadline: deadline, &state, scope)
                if !matcher.finishing.isEmpty, finishing.last !== matcher { finishing.append(matcher) }
            case .rest: matcher.expireRests(clock: deadline, &state)
            }
        }
        for matcher in finishing { matcher.finish(deadline, &state, scope) }
        if state.effects.completions.count > first + 1 {
            state.effects.completions.sort(from: first) { ($0.group.pattern, $0.start) < ($1.group.pattern, $1.start) }
        }
    }

    /// Moves out the runs that have completed.
    @inline(__always)
    func drainCompletions(_ body: (consuming Completion) -> Void) { state.effects.completions.drain(body) }

    func takeChanges() -> [Change] {
        defer { state.effects.changes = [] }
        return state.effects.changes
    }

    var counters: RunCounters { state.counters }

    var activeRuns: Int { state.forest.runs.count }

    /// How much is held, for tests: without runs, nothing.
    var occupancy: (nodes: Int, keys: Int) {
        (state.forest.nodes.count, matchers.reduce(0) { $0 + $1.keyStates.count })
    }

    /// Those that have not been tidied away are counted, too.
    var timerCount: Int { state.timers.count }
}
