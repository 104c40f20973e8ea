import CEL

/// What a run is not offered, where runs are shared: an event that its history holds; one that is earlier than its last
/// event where that was read elsewhere, and at equal times earlier in the broker's order as far as that is known; one that is later than its `within`; and, while it waits at an `absent`, one of the
/// deadline or later, since the deadline is decided by one gateway.
extension Matcher {
    /// Offers an event to the runs of a key but those.
    func offerWithExceptions(
        _ offer: Offer, _ keyState: Int32, _ replication: Replication, _ state: inout RunState, _ scope: Scope
    ) {
        var below: Position?
        while let place = keyStates[keyState].place(below: below) {
            below = place.position
            guard let aside = setAside(offer.event, place, keyState, replication, &state) else { continue }
            self.offer(offer, at: place, mayIndex: aside.isEmpty, keyState, &state, scope)
            guard !aside.isEmpty else { continue }
            putBack(aside, at: place.position, keyState, &state)
        }
    }

    /// Takes those runs out of their place that are not offered the event.
    /// - Returns: the nodes they hang on, which stand in no list then; nil where these are all of the place, and none was
    ///   taken out.
    private func setAside(
        _ event: Event, _ place: KeyState.Place, _ keyState: Int32, _ replication: Replication,
        _ state: inout RunState
    ) -> [Int32]? {
        let looksAtRuns = mayExcept(event, keyState, replication, state)
        let waits = waits(at: place.position)
        guard looksAtRuns || waits else { return [] }
        var whole: [Int32] = []
        var single: [Int32] = []
        var count = 0
        var child = state.forest.nodes[place.root].firstChild
        while child != RunForest.none {
            count += 1
            if waits, state.forest.deadline(of: child) <= event.timestamp {
                whole.append(child)
            } else if looksAtRuns {
                let runs = state.forest.runs(below: child)
                let excepted = runs.filter { isExcepted($0, event, replication, state.forest) }
                if excepted.count == runs.count { whole.append(child) } else { single += excepted }
            }
            child = state.forest.nodes[child].next
        }
        if whole.count == count { return nil }
        for run in single { self.single(out: run, at: place, &state) }
        let nodes = whole + single.map { state.forest.runs[$0].node }
        for node in nodes { state.forest.unlink(node) }
        return nodes
    }

    private func putBack(_ nodes: [Int32], at position: Position, _ keyState: Int32, _ state: inout RunState) {
        let root = root(at: position, keyState, &state)
        for node in nodes { hang(node, below: root, &state) }
    }

    /// Whether some run of the key may be excepted, found without looking at each.
    private func mayExcept(
        _ event: Event, _ keyState: Int32, _ replication: Replication, _ state: borrowing RunState
    ) -> Bool {
        let latest = keyStates[keyState].latestForeign
        if replication.isSuspect || event.timestamp < latest { return true }
        if replication.readsTogether, event.timestamp == latest { return true }
        guard let within = compiled.within, let (_, first) = oldest(state.forest) else { return false }
        return first.addingClamped(within) < event.timestamp
    }

    private func isExcepted(
        _ run: Int32, _ event: Event, _ replication: Replication, _ forest: borrowing RunForest
    ) -> Bool {
        if isOver(run, at: event.timestamp, forest) { return true }
        if let known = replication.facts(of: run) {
            if event.timestamp < known.foreignUntil { return true }
            if let last = known.foreignLast {
                if last.identifier == event.identifier { replication.readForeignLast(of: run) }
                if event.timestamp == known.foreignUntil, last.topic.name == event.topic.name { return true }
            }
        }
        return replication.isSuspect && forest.holds(run, event.identifier)
    }

    /// Whether the clock halts a run that began then.
    func isOver(first: Int64, clock: Int64, _ replication: Replication) -> Bool {
        guard let within = compiled.within else { return false }
        return first.addingClamped(within).addingClamped(replication.catchUp) < clock
    }

    /// Whether the run's `within` has passed at that time.
    func isOver(_ run: Int32, at time: Int64, _ forest: borrowing RunForest) -> Bool {
        guard let within = compiled.within else { return false }
        return forest.runs[run].begin.addingClamped(within) < time
    }

    /// Whether a singleton's key has a run that an event of that time finds.
    func isTaken(_ keyState: Int32, at time: Int64, _ state: borrowing RunState) -> Bool {
        guard keyStates[keyState].active > 0 else { return false }
        guard state.replication != nil, compiled.within != nil else { return true }
        return runs(of: keyState, state.forest).contains { !isOver($0, at: time, state.forest) }
    }

    func runs(of keyState: Int32, _ forest: borrowing RunForest) -> [Int32] {
        var runs: [Int32] = []
        for place in keyStates[keyState].places { runs += forest.runs(below: place.root) }
        return runs
    }

    // MARK: Catch-up

    /// Offers a run, and no other, an event that was read before it came.
    /// - Returns: whether it was offered.
    func offerAlone(
        _ offer: Offer, to run: Int32, _ replication: Replication, _ state: inout RunState, _ scope: Scope
    ) -> Bool {
        let event = offer.event
        let position = state.forest.position(of: run)
        guard !isOver(run, at: event.timestamp, state.forest), !state.forest.holds(run, event.identifier),
            state.forest.deadline(of: state.forest.top(of: run)) > event.timestamp
        else { return false }
        let keyState = state.forest.runs[run].keyState
        guard let root = keyStates[keyState].root(at: position) else { return false }
        let place = KeyState.Place(position: position, root: root)
        scope.event = event
        scope.key = keyStates[keyState].value
        scope.view = nil
        prepare(scope)
        if compiled.steps[Int(position.block)].readsHistory {
            single(out: run, at: place, &state)
            scope.view = state.forest.view(of: run, groupCount: compiled.pattern.groups.count)
        }
        let decision = compiled.decide(offer, at: position, scope)
        scope.view = nil
        if case .ignore = decision { return true }
        single(out: run, at: place, &state)
        carry(out: decision, on: run, place, keyState, event, &state)
        removeIfEmpty(place, keyState, &state)
        dropIfIdle(keyState)
        finish(event.timestamp, &state, scope)
        return true
    }

    /// The end of a singleton's run, or of one that halts the others of its key: events that came since may begin another.
    func noteEnd(_ kind: Change.Kind, _ keyState: Int32, _ timestamp: Int64, _ replication: Replication) {
        guard replication.isApplying, compiled.pattern.isSingleton || compiled.isExclusive else { return }
        switch kind {
        case .started, .advanced: break
        case .completed, .halted:
            let key = keyStates[keyState].key
            replication.freed.append(Replication.Freed(matcher: self, key: key, timestamp: timestamp))
        }
    }
}
