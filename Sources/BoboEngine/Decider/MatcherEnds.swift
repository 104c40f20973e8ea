import CEL

/// Patterns in which a run that completes halts the others of its key: `after_match` and `rest`.
extension Matcher {
    /// Of the runs that one event or deadline has brought to the end, the one that started first completes, by key; the other
    /// runs of the key halt.
    /// - Returns: whether one has completed.
    @discardableResult
    func finish(_ timestamp: Int64, _ state: inout RunState, _ scope: Scope) -> Bool {
        guard !finishing.isEmpty else { return false }
        let all = finishing
        finishing = []
        var keys: [Int32] = []
        for (_, keyState) in all where !keys.contains(keyState) { keys.append(keyState) }
        for keyState in keys {
            finish(all.filter { $0.keyState == keyState }.map(\.node), keyState, timestamp, &state, scope)
        }
        return true
    }

    private func finish(
        _ nodes: [Int32], _ keyState: Int32, _ timestamp: Int64, _ state: inout RunState, _ scope: Scope
    ) {
        let runs = nodes.flatMap { state.forest.runs(below: $0) }
            .sorted { state.forest.runs[$0].start < state.forest.runs[$1].start }
        guard let winner = runs.first, let history = state.forest.history(of: winner) else { return }
        let (key, value) = (keyStates[keyState].key, keyStates[keyState].value)
        state.effects.completions.append(
            Completion(
                compiled, start: state.forest.runs[winner].start, key: value, history: history, timestamp: timestamp))
        state.counters.completed += 1
        let copies = state.replication == nil ? [] : [compiled.copy(of: history, key: value)]
        let end = compiled.steps.count
        record(.completed, [winner], block: end, nil, timestamp, copies: copies, &state)
        let losers = Array(runs.dropFirst())
        record(.halted(exclusion), losers, block: end, nil, timestamp, &state)
        state.counters.countHalt(exclusion, losers.count)
        forget(runs, keyState, state)
        for node in nodes { state.forest.remove(tree: node) }
        haltOthers(keyState, timestamp, state.replication == nil ? .max : timestamp, &state)
        dropIfIdle(keyState)
        beginRest(key, value, history, timestamp, &state, scope)
    }

    /// Why the other runs of a key halt.
    var exclusion: HaltReason { compiled.rest == nil ? .afterMatch : .rest }

    /// Halts the runs of a key that began no later than a time.
    func haltOthers(_ keyState: Int32, _ timestamp: Int64, _ latest: Int64, _ state: inout RunState) {
        for place in keyStates[keyState].places {
            if latest == .max {
                haltAll(exclusion, place, keyState, timestamp, &state)
                continue
            }
            for run in state.forest.runs(below: place.root) where state.forest.runs[run].begin <= latest {
                end(run, exclusion, timestamp, &state)
            }
            removeIfEmpty(place, keyState, &state)
        }
    }

    // MARK: Rest

    /// Whether the key rests, so that the event starts no run; an event that matches `until` ends the rest.
    func isResting(_ offer: Offer, _ key: KeyValue, _ state: inout RunState, _ scope: Scope) -> Bool {
        guard let rests, var rest = rests[key], rest.bars(offer.event) else { return false }
        guard !rest.isEnded, offer.event.timestamp >= rest.begin, offer.event.identifier != rest.completedBy,
            ends(rest, offer, scope)
        else { return true }
        rest.end = offer.event.timestamp
        rest.isEnded = true
        rest.isEndedByEvent = true
        if let replication = state.replication {
            rest.changed = replication.time
            rests.set(rest, for: key)
            replication.tell(rest, of: compiled)
        } else {
            rests.remove(key)
        }
        return false
    }

    /// Whether the event matches the rest's `until`, which reads the completed run's history.
    func ends(_ rest: KeyRest, _ offer: Offer, _ scope: Scope) -> Bool {
        guard let until = compiled.rest?.until else { return false }
        if until.readsHistory { scope.view = rest.history?.view(groupCount: compiled.pattern.groups.count) }
        defer { scope.view = nil }
        return until.evaluate(scope, offer) == .match
    }

    /// A run has completed: its key rests.
    func beginRest(
        _ key: KeyValue, _ value: Value, _ history: RunHistory, _ timestamp: Int64, _ state: inout RunState,
        _ scope: Scope
    ) {
        guard let rests else { return }
        let replication = state.replication
        let wanted = compiled.rest
        let isRead = wanted?.until != nil && (replication != nil || wanted?.until?.readsHistory == true)
        let end = wanted == nil ? timestamp : wanted?.milliseconds.map { timestamp.addingClamped($0) } ?? .max
        let rest = KeyRest(
            run: replication == nil ? Hash128() : compiled.identifier(key: value, first: history.first.event),
            key: value, begin: timestamp, end: end, isEnded: wanted == nil, history: isRead ? history : nil,
            completedBy: replication == nil || history.last.timestamp != timestamp ? nil : history.last.identifier,
            number: state.nextStart(), changed: replication?.time ?? 0)
        if let replication = state.replication {
            if merge(rest, key, replication, &state, scope), wanted != nil, let kept = rests[key] {
                replication.tell(kept, of: compiled)
            }
        } else {
            rests.set(rest, for: key)
            armRest(&state)
        }
    }

    /// The rests that are over by the clock.
    func expireRests(clock: Int64, _ state: inout RunState) {
        guard let rests, rests.armed == clock else { return }
        rests.armed = nil
        while let (key, oldest) = rests.oldest, oldest.end <= clock {
            if let replication = state.replication {
                var rest = oldest
                rest.isEnded = true
                rest.changed = replication.time
                rests.set(rest, for: key)
            } else {
                rests.remove(key)
            }
        }
        armRest(&state)
    }

    func armRest(_ state: inout RunState) {
        guard compiled.rest?.milliseconds != nil, let rests, let (_, rest) = rests.oldest,
            rest.end < rests.armed ?? .max
        else { return }
        rests.armed = rest.end
        state.timers.insert(
            Timer(deadline: rest.end, pattern: compiled.order, start: rest.number, subject: .rest))
    }
}
