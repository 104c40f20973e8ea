import CEL

/// What peers' changes do to the runs of a pattern.
extension Matcher {
    /// A copy that this pattern can have, read for it.
    struct Checked {
        let key: KeyValue
        let history: RunHistory
        let first: Accepted
        let last: Event
    }

    /// nil where no run of the pattern can look like that.
    /// - Parameter blocks: where the run may wait.
    func check(_ copy: RunCopy, blocks: ClosedRange<Int>) -> Checked? {
        guard let key = key(copy.key), blocks.contains(copy.block), copy.base == 0,
            copy.history.count <= compiled.pattern.maximumHistory, isPossible(copy),
            let history = compiled.history(of: copy.history),
            copy.identifier == compiled.identifier(key: copy.key, first: history.first.event)
        else { return nil }
        return Checked(key: key, history: history, first: history.first, last: history.last)
    }

    /// Whether as many events are there as the run must have accepted at an `all_of`.
    private func isPossible(_ copy: RunCopy) -> Bool {
        guard copy.block < compiled.steps.count, case .allOf = compiled.steps[copy.block].role else {
            return copy.satisfied == 0
        }
        let count = compiled.steps[copy.block].predicates.count
        let bits = copy.satisfied.nonzeroBitCount
        guard bits < count, count == 64 || copy.satisfied >> UInt64(count) == 0 else { return false }
        let length = copy.base + copy.history.count
        return copy.block == 0 ? bits == length : bits < length
    }

    func key(_ value: Value) -> KeyValue? {
        guard compiled.pattern.key == nil else { return KeyValue(value) }
        if case .null = value { return KeyValue.none }
        return nil
    }

    /// A run that is unknown here becomes active.
    func adopt(_ copy: RunCopy, _ checked: Checked, _ replication: Replication, _ state: inout RunState) {
        let keyState = insertKey(checked.key, copy.key)
        let start = state.nextStart()
        let run = state.forest.insertRun(start: start, keyState: keyState, first: checked.first)
        active += 1
        counted = nil
        keyStates[keyState].active += 1
        insertByAge(run, state.forest)
        state.forest.runs[run].own = checked.history.own
        replication.take(copy, last: checked.last, as: run, of: self)
        settle(run, copy, last: checked.last, keyState, replication, &state)
        armWithin(&state)
        let count = active + (rests?.restingCount ?? 0)
        if count > compiled.pattern.maximumRuns { haltOldest(checked.last.timestamp, &state) }
        guard compiled.pattern.isSingleton, number(of: checked.key) == keyState, keyStates[keyState].active > 1 else {
            return
        }
        replication.contests.append(
            Replication.Contest(
                matcher: self, key: checked.key, due: replication.time.addingClamped(replication.catchUp)))
    }

    /// An active run takes a peer's block and history.
    func advance(
        _ run: Int32, to copy: RunCopy, _ checked: Checked, _ replication: Replication, _ state: inout RunState
    ) {
        takeOut(run, &state)
        state.forest.runs[run].first = checked.first
        state.forest.runs[run].own = checked.history.own
        state.forest.runs[run].view = nil
        replication.take(copy, last: checked.last, as: run, of: self)
        settle(run, copy, last: checked.last, state.forest.runs[run].keyState, replication, &state)
        grow(old: run, replication, &state)
    }

    /// An active run takes a peer's block, and the peer's history behind the events that both have: what that costs does not
    /// hang on how many these are.
    /// - Returns: false where no run of the pattern can look like that.
    func extend(
        _ run: Int32, by copy: RunCopy, blocks: ClosedRange<Int>, _ replication: Replication, _ state: inout RunState
    ) -> Bool {
        guard blocks.contains(copy.block), copy.base + copy.history.count <= compiled.pattern.maximumHistory,
            isPossible(copy), let added = compiled.accepted(copy.history)
        else { return false }
        state.forest.single(out: run)
        takeOut(run, &state)
        let surplus = 1 + state.forest.runs[run].own.count - copy.base
        if surplus > 0 {
            state.forest.runs[run].own.removeLast(surplus)
            state.forest.runs[run].view = nil
        }
        for accepted in added { state.forest.runs[run].own.append(accepted) }
        if let view = state.forest.runs[run].view { added.forEach(view.append) }
        guard let last = state.forest.runs[run].own.last?.event ?? state.forest.runs[run].first?.event else {
            return false
        }
        replication.take(copy, last: last, as: run, of: self)
        settle(run, copy, last: last, state.forest.runs[run].keyState, replication, &state)
        grow(old: run, replication, &state)
        return true
    }

    /// Takes a run out of its place, to be put into another.
    private func takeOut(_ run: Int32, _ state: inout RunState) {
        let keyState = state.forest.runs[run].keyState
        let leaf = state.forest.runs[run].node
        let root = state.forest.detach(leaf)
        let position = state.forest.nodes[root].position
        if waits(at: position) { state.abandonTimers() }
        removeIfEmpty(KeyState.Place(position: position, root: root), keyState, &state)
        state.forest.endWait(of: leaf)
    }

    /// Puts a run among the others by age again that was left out while its `absent` was undecided.
    func grow(old run: Int32, _ replication: Replication, _ state: inout RunState) {
        guard replication.undecided.remove(run) != nil else { return }
        insertByAge(run, state.forest)
        armWithin(&state)
    }

    /// Whether the run waits at an `absent` that is over before its `within`.
    func isUndecided(_ run: Int32, _ forest: borrowing RunForest) -> Bool {
        guard let within = compiled.within else { return false }
        return forest.deadline(of: forest.top(of: run)) <= forest.runs[run].begin.addingClamped(within)
    }

    /// Puts a run that stands in no list where it waits.
    private func settle(
        _ run: Int32, _ copy: RunCopy, last: Event, _ keyState: Int32, _ replication: Replication,
        _ state: inout RunState
    ) {
        let foreign = replication.facts(of: run)?.foreignUntil ?? .min
        keyStates[keyState].latestForeign = max(keyStates[keyState].latestForeign, foreign)
        let arrival = copy.arrival ?? compiled.arrival(at: copy.block, last: last.timestamp)
        let position = Position(copy.block, satisfied: copy.satisfied)
        arrive(state.forest.runs[run].node, at: position, keyState, arrival, &state)
    }

    /// An active run ends by a peer's change.
    /// - Parameters:
    ///   - status: nil: it is not remembered.
    ///   - timestamp: of what ended it; nil: not known.
    func withdraw(
        _ run: Int32, _ status: RememberedRuns.Status?, _ timestamp: Int64?, _ replication: Replication,
        _ state: inout RunState
    ) {
        let keyState = state.forest.runs[run].keyState
        if let timestamp { noteEnd(.completed, keyState, timestamp, replication) }
        let place = remove(run, &state)
        replication.end(run, status, timestamp ?? 0)
        removeIfEmpty(place, keyState, &state)
        dropIfIdle(keyState)
    }

    /// A complex event of a run that a peer completed.
    func complete(
        _ copy: RunCopy, _ checked: Checked, _ timestamp: Int64, _ state: inout RunState, _ scope: Scope
    ) {
        state.effects.completions.append(
            Completion(
                compiled, start: state.nextStart(), key: copy.key, history: checked.history, timestamp: timestamp,
                isFromPeer: true))
        guard compiled.isExclusive else { return }
        if let keyState = number(of: checked.key) {
            haltOthers(keyState, timestamp, timestamp, &state)
            dropIfIdle(keyState)
        }
        beginRest(checked.key, copy.key, checked.history, timestamp, &state, scope)
    }

    /// Of a singleton's runs of one key that have been active here for long enough, the one with the earliest first event
    /// (then the smallest identifier) stays.
    func settleContest(
        _ key: KeyValue, clock: Int64, _ replication: Replication, _ state: inout RunState
    ) {
        guard let keyState = number(of: key), keyStates[keyState].active > 1 else { return }
        let since = replication.time.addingClamped(-replication.catchUp)
        let rivals = runs(of: keyState, state.forest).compactMap { run -> (run: Int32, first: Int64, id: UInt128)? in
            guard let known = replication.facts(of: run), known.since <= since,
                !isOver(run, at: clock, state.forest)
            else { return nil }
            return (run, state.forest.runs[run].begin, known.identifier.value)
        }
        for rival in rivals.sorted(by: { ($0.first, $0.id) < ($1.first, $1.id) }).dropFirst() {
            endAlone(rival.run, .singleton, max(clock, rival.first), &state)
        }
    }
}

extension Matcher {
    /// Begins a run with an event that was read before, where it may.
    /// - Returns: the run, where one is active now that was not.
    func startAlone(_ offer: Offer, _ key: KeyValue, _ state: inout RunState, _ scope: Scope) -> RunIdentifier? {
        scope.event = offer.event
        scope.view = nil
        scope.key = .null
        guard let replication = state.replication, let value = value(scope) else { return nil }
        scope.key = value
        prepare(scope)
        let identifier = compiled.identifier(key: value, first: offer.event)
        guard !replication.knows(identifier), !isResting(offer, key, &state, scope),
            let (group, position) = compiled.start(offer, scope)
        else { return nil }
        start(Accepted(event: offer.event, group: group), at: position, key, value, number(of: key), &state, scope)
        return replication.number(of: identifier) == nil ? nil : identifier
    }

    private func value(_ scope: Scope) -> Value? {
        guard let program = compiled.pattern.key else { return .null }
        return try? program.evaluate(scope)
    }
}
