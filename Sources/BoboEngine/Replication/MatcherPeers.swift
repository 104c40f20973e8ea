import CEL

/// What peers' changes do to the runs of a pattern.
extension Matcher {
    /// A copy that this pattern can have, read for it.
    struct Checked {
        let key: KeyValue
        let history: ContiguousArray<Accepted>
        let first: Accepted
        let last: Event
    }

    /// nil where no run of the pattern can look like that.
    /// - Parameter blocks: where the run may wait.
    func check(_ copy: RunCopy, blocks: ClosedRange<Int>) -> Checked? {
        guard let key = key(copy.key), blocks.contains(copy.block), copy.base == 0,
            copy.history.count <= compiled.pattern.maximumHistory, let first = copy.history.first,
            copy.identifier == compiled.identifier(key: copy.key, first: first.event)
        else { return nil }
        guard let history = accepted(copy.history) else { return nil }
        return Checked(
            key: key, history: history, first: history[0], last: history[history.count - 1].event)
    }

    private func accepted(_ entries: [HistoryEntry]) -> ContiguousArray<Accepted>? {
        var history = ContiguousArray<Accepted>()
        history.reserveCapacity(entries.count)
        for entry in entries {
            guard let group = number(ofGroup: entry.group) else { return nil }
            history.append(Accepted(event: entry.event, group: group))
        }
        return history
    }

    private func key(_ value: Value) -> KeyValue? {
        guard compiled.pattern.key == nil else { return KeyValue(value) }
        if case .null = value { return KeyValue.none }
        return nil
    }

    private func number(ofGroup name: String) -> Int32? {
        if name.isEmpty { return Accepted.noGroup }
        return compiled.pattern.groups.firstIndex(of: name).map(Int32.init)
    }

    /// A run that is unknown here becomes active.
    func adopt(_ copy: RunCopy, _ checked: Checked, _ replication: Replication, _ state: inout RunState) {
        let keyState = insertKey(checked.key, copy.key)
        let start = state.nextStart()
        let run = state.forest.insertRun(start: start, keyState: keyState, first: checked.first)
        active += 1
        keyStates[keyState].active += 1
        insertByAge(
            RunReference(run: run, start: start, timestamp: checked.first.event.timestamp), state.forest)
        state.forest.runs[run].own = ContiguousArray(checked.history.dropFirst())
        replication.take(copy, last: checked.last, as: run, of: self)
        settle(run, at: copy.block, last: checked.last, keyState, replication, &state)
        armWithin(&state)
        if active > compiled.pattern.maximumRuns { haltOldest(checked.last.timestamp, &state) }
        guard compiled.pattern.isSingleton, keyNumbers[checked.key] == keyState, keyStates[keyState].active > 1 else {
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
        state.forest.runs[run].own = ContiguousArray(checked.history.dropFirst())
        state.forest.runs[run].view = nil
        replication.take(copy, last: checked.last, as: run, of: self)
        settle(run, at: copy.block, last: checked.last, state.forest.runs[run].keyState, replication, &state)
        grow(old: run, replication, &state)
    }

    /// An active run takes a peer's block, and the peer's history behind the events that both have: what that costs does not
    /// hang on how many these are.
    /// - Returns: false where no run of the pattern can look like that.
    func extend(
        _ run: Int32, by copy: RunCopy, blocks: ClosedRange<Int>, _ replication: Replication, _ state: inout RunState
    ) -> Bool {
        guard blocks.contains(copy.block), copy.base + copy.history.count <= compiled.pattern.maximumHistory,
            let added = accepted(copy.history)
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
        settle(run, at: copy.block, last: last, state.forest.runs[run].keyState, replication, &state)
        grow(old: run, replication, &state)
        return true
    }

    /// Takes a run out of its place, to be put into another.
    private func takeOut(_ run: Int32, _ state: inout RunState) {
        let keyState = state.forest.runs[run].keyState
        let leaf = state.forest.runs[run].node
        let root = state.forest.detach(leaf)
        let block = state.forest.nodes[root].block
        if case .absent = compiled.steps[Int(block)].role { state.abandonTimers() }
        removeIfEmpty(KeyState.Place(block: block, root: root), keyState, &state)
        state.forest.nodes[leaf].timer = 0
        state.forest.nodes[leaf].deadline = .max
    }

    /// Puts a run among the others by age again that was left out while its `absent` was undecided.
    func grow(old run: Int32, _ replication: Replication, _ state: inout RunState) {
        guard replication.undecided.remove(run) != nil, let first = state.forest.runs[run].first else { return }
        let start = state.forest.runs[run].start
        insertByAge(RunReference(run: run, start: start, timestamp: first.event.timestamp), state.forest)
        armWithin(&state)
    }

    /// Whether the run waits at an `absent` that is over before its `within`.
    func isUndecided(_ run: Int32, _ forest: borrowing RunForest) -> Bool {
        guard let within = compiled.pattern.within, let first = forest.runs[run].first else { return false }
        return forest.nodes[forest.top(of: run)].deadline <= first.event.timestamp.addingClamped(within)
    }

    /// Puts a run that stands in no list where it waits.
    private func settle(
        _ run: Int32, at block: Int, last: Event, _ keyState: Int32, _ replication: Replication,
        _ state: inout RunState
    ) {
        let foreign = replication.facts(of: run)?.foreignUntil ?? .min
        keyStates[keyState].latestForeign = max(keyStates[keyState].latestForeign, foreign)
        let arrival = compiled.arrival(at: block, last: last)
        arrive(state.forest.runs[run].node, at: block, keyState, arrival, &state)
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
    func complete(_ copy: RunCopy, _ checked: Checked, _ timestamp: Int64, _ state: inout RunState) {
        let history = RunHistory(first: checked.first, own: ContiguousArray(checked.history.dropFirst()), shared: [])
        state.effects.completions.append(
            Completion(
                pattern: compiled.order, start: state.nextStart(), key: copy.key, history: history,
                timestamp: timestamp, isFromPeer: true))
    }

    /// Of a singleton's runs of one key that have been active here for long enough, the one with the earliest first event
    /// (then the smallest identifier) stays.
    func settleContest(
        _ key: KeyValue, clock: Int64, _ replication: Replication, _ state: inout RunState
    ) {
        guard let keyState = keyNumbers[key], keyStates[keyState].active > 1 else { return }
        let since = replication.time.addingClamped(-replication.catchUp)
        let rivals = runs(of: keyState, state.forest).compactMap { run -> (run: Int32, first: Int64, id: UInt128)? in
            guard let known = replication.facts(of: run), known.since <= since,
                let first = state.forest.runs[run].first,
                !isOver(run, at: clock, state.forest)
            else { return nil }
            return (run, first.event.timestamp, known.identifier.value)
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
        let identifier = compiled.identifier(key: value, first: offer.event)
        guard !replication.knows(identifier), let group = compiled.start(offer, scope) else { return nil }
        start(Accepted(event: offer.event, group: group), key, value, keyNumbers[key], &state)
        return replication.number(of: identifier) == nil ? nil : identifier
    }

    private func value(_ scope: Scope) -> Value? {
        guard let program = compiled.pattern.key else { return .null }
        return try? program.evaluate(scope)
    }
}
