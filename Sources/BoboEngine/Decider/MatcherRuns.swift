import CEL

/// How runs begin and end.
extension Matcher {
    func start(
        _ first: Accepted, at position: Position, _ key: KeyValue, _ value: Value, _ known: Int32?,
        _ state: inout RunState, _ scope: Scope
    ) {
        let event = first.event
        if let replication = state.replication {
            let identifier = compiled.identifier(key: value, first: event)
            guard !replication.knows(identifier) else { return }
        }
        guard Int(position.block) < compiled.steps.count else {
            state.counters.started += 1
            state.counters.completed += 1
            let history = RunHistory(first: first, own: [], shared: [])
            state.effects.completions.append(
                Completion(
                    compiled, start: state.nextStart(), key: value, history: history, timestamp: event.timestamp))
            recordSingle(.completed, block: 1, first, value, &state)
            beginRest(key, value, history, event.timestamp, &state, scope)
            return
        }
        if compiled.isSingleton, let known, isTaken(known, at: event.timestamp, state) { return }
        if state.replication == nil, case .hashed = event.identifier {
            guard identified.insert(compiled.identifier(key: value, first: event)).inserted else { return }
        }
        haltOldest(event.timestamp, &state)
        // The run that had to go for this one may have been the last of the key.
        let keyState = known.flatMap { keyStates[$0].isLive ? $0 : nil } ?? insertKey(key, value)
        let number = state.nextStart()
        let run = state.forest.insertRun(start: number, keyState: keyState, first: first)
        state.counters.started += 1
        active += 1
        counted = nil
        keyStates[keyState].active += 1
        insertByAge(run, state.forest)
        state.replication?.begin(run, of: self, key: value, first)
        recordSingle(.started, block: Int(position.block), first, value, &state)
        arrive(state.forest.runs[run].node, at: position, keyState, event.timestamp, &state)
        armWithin(&state)
    }

    func insertKey(_ key: KeyValue, _ value: Value) -> Int32 {
        if let number = number(of: key) { return number }
        let number = keyStates.insert(KeyState(key: key, value: value))
        if isKeyed { keyNumbers.insert(number, for: key) } else { soleKeyState = number }
        return number
    }

    // MARK: Age

    func haltOldest(_ timestamp: Int64, _ state: inout RunState) {
        guard active + (rests?.restingCount ?? 0) >= compiled.maximumRuns else { return }
        let oldest = oldest(state.forest)
        if let rests, rests.dropOldest(before: oldest?.timestamp) {
            state.counters.countHalt(.maximumRuns, 1)
            state.counters.droppedRests += 1
            return
        }
        guard let (run, _) = oldest else { return }
        guard let replication = state.replication, isOver(run, at: timestamp, state.forest) else {
            endAlone(run, .maximumRuns, timestamp, &state)
            return
        }
        replication.announce { endAlone(run, .within, timestamp, &state) }
    }

    /// Halts the runs whose first event lies more than `within` before the clock.
    func expire(clock: Int64, _ state: inout RunState) {
        guard let within = compiled.within else { return }
        armed = nil
        let grace = state.replication?.catchUp ?? 0
        while let (run, timestamp) = oldest(state.forest),
            timestamp.addingClamped(within).addingClamped(grace) < clock
        {
            if let replication = state.replication, isUndecided(run, state.forest) {
                ages.dropOldest()
                replication.undecided.insert(run)
                continue
            }
            let end = timestamp.addingClamped(within)
            // Where its wait has begun anew, others may have it yet as it was before, and wait for a decision.
            if let replication = state.replication, compiled.steps[state.forest.block(of: run)].restarts {
                replication.announce { endAlone(run, .within, end, &state) }
            } else {
                endAlone(run, .within, end, &state)
            }
        }
        armWithin(&state)
    }

    func armWithin(_ state: inout RunState) {
        guard let within = compiled.within, let (run, timestamp) = oldest(state.forest) else { return }
        let grace = state.replication?.catchUp ?? 0
        let due = timestamp.addingClamped(within).addingClamped(grace).addingClamped(1)
        guard due < armed ?? .max else { return }
        armed = due
        state.timers.insert(
            Timer(deadline: due, pattern: compiled.order, start: state.forest.runs[run].start, subject: .within))
    }

    // MARK: Ends

    /// Halts one run, and drops what is empty then.
    func endAlone(_ run: Int32, _ reason: HaltReason, _ timestamp: Int64, _ state: inout RunState) {
        let keyState = state.forest.runs[run].keyState
        let place = end(run, reason, timestamp, &state)
        removeIfEmpty(place, keyState, &state)
        dropIfIdle(keyState)
    }

    /// Halts one run. The place may then be empty, and the key without a run.
    @discardableResult
    func end(_ run: Int32, _ reason: HaltReason, _ timestamp: Int64, _ state: inout RunState) -> KeyState.Place {
        record(.halted(reason), [run], block: nil, nil, timestamp, &state)
        state.counters.countHalt(reason, 1)
        return remove(run, &state)
    }

    /// Takes one run away. The place may then be empty, and the key without a run.
    func remove(_ run: Int32, _ state: inout RunState) -> KeyState.Place {
        let leaf = state.forest.runs[run].node
        forget([run], state.forest.runs[run].keyState, state)
        let root = state.forest.detach(leaf)
        let position = state.forest.nodes[root].position
        state.forest.remove(tree: leaf)
        if waits(at: position) { state.abandonTimers() }
        return KeyState.Place(position: position, root: root)
    }

    /// Halts all runs, since the pattern is no more.
    func endAll(_ timestamp: Int64, _ state: inout RunState) {
        for run in state.replication?.undecided(of: self) ?? [] { endAlone(run, .replaced, timestamp, &state) }
        while let (run, _) = oldest(state.forest) { endAlone(run, .replaced, timestamp, &state) }
    }

    /// Halts those runs of a place that have accepted as many events as they may.
    func haltLongest(_ place: KeyState.Place, _ timestamp: Int64, _ state: inout RunState) {
        let bound = compiled.maximumHistory
        guard Int(state.forest.nodes[place.root].longest) >= bound else { return }
        var longest = 0
        for run in state.forest.runs(below: place.root) {
            let length = 1 + state.forest.runs[run].own.count + state.forest.shared(of: run).count
            if length >= bound {
                end(run, .maximumHistory, timestamp, &state)
            } else {
                longest = max(longest, length)
            }
        }
        state.forest.nodes[place.root].longest = Int32(longest)
    }

    /// Takes ended runs out of the counts.
    func forget(_ runs: [Int32], _ keyState: Int32, _ state: borrowing RunState) {
        active -= runs.count
        counted = nil
        keyStates[keyState].active -= runs.count
        forgetIdentifiers(of: runs, keyState, state)
    }

    func forgetIdentifiers(of runs: [Int32], _ keyState: Int32, _ state: borrowing RunState) {
        guard !identified.isEmpty else { return }
        for run in runs {
            guard let first = state.forest.runs[run].first?.event else { continue }
            identified.remove(compiled.identifier(key: keyStates[keyState].value, first: first))
        }
    }
}
