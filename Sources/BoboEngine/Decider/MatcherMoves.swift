import CEL

/// What becomes of runs that an event or a deadline moves: one by itself, or all that stand at a place together.
extension Matcher {
    /// A run that stands directly below its root accepts an event by itself.
    func advance(
        _ run: Int32, from place: KeyState.Place, _ accepted: Accepted, to target: Position,
        _ keyState: Int32, _ state: inout RunState
    ) {
        let timestamp = accepted.event.timestamp
        guard 1 + state.forest.runs[run].own.count < compiled.maximumHistory else {
            end(run, .maximumHistory, timestamp, &state)
            return
        }
        let leaf = state.forest.runs[run].node
        record(.advanced, [run], block: Int(target.block), accepted, timestamp, &state)
        state.forest.extend(run, accepted)
        guard target != place.position else {
            waiting?.note(leaf, at: place.root, state.forest)
            if case .absent(let milliseconds) = compiled.steps[Int(target.block)].role {
                arm(leaf, deadline: timestamp.addingClamped(milliseconds), &state)
                state.abandonTimers()
            }
            return
        }
        state.forest.unlink(leaf)
        arrive(leaf, at: target, keyState, timestamp, &state)
    }

    /// All runs of a place fare alike.
    func move(
        _ decision: Decision, _ place: KeyState.Place, _ keyState: Int32, _ event: Event, _ state: inout RunState
    ) {
        switch decision {
        case .ignore: return
        case .halt(let reason): haltAll(reason, place, keyState, event.timestamp, &state)
        case .move(let target): moveAll(place, to: target, keyState, event.timestamp, &state)
        case .accept(let group, let target):
            haltLongest(place, event.timestamp, &state)
            guard !removeIfEmpty(place, keyState, &state) else { return }
            let only = state.forest.nodes[place.root].firstChild
            let run = state.forest.nodes[only].run
            let accepted = Accepted(event: event, group: group)
            if run != RunForest.none, state.forest.nodes[only].next == RunForest.none {
                advance(run, from: place, accepted, to: target, keyState, &state)
                removeIfEmpty(place, keyState, &state)
            } else {
                advanceGroup(place, accepted, to: target, keyState, &state)
            }
        }
    }

    func haltAll(
        _ reason: HaltReason, _ place: KeyState.Place, _ keyState: Int32, _ timestamp: Int64, _ state: inout RunState
    ) {
        let runs = state.forest.runs(below: place.root)
        record(.halted(reason), runs, block: Int(place.position.block), nil, timestamp, &state)
        forget(runs, keyState, state)
        state.counters.countHalt(reason, runs.count)
        keyStates[keyState].removePlace(at: place.position)
        waiting?.drop(place.root)
        // Each child of the place has come at another time, and has its own timer.
        let arrivals = state.forest.childCount(of: place.root)
        state.forest.remove(tree: place.root)
        if waits(at: place.position) { state.abandonTimers(arrivals) }
    }

    /// All runs of a place go on without the event, which has closed their loop.
    func moveAll(
        _ place: KeyState.Place, to target: Position, _ keyState: Int32, _ timestamp: Int64, _ state: inout RunState
    ) {
        if state.effects.recordsChanges {
            let runs = state.forest.runs(below: place.root)
            record(.advanced, runs, block: Int(target.block), nil, timestamp, &state)
        }
        for child in state.forest.children(of: place.root) {
            state.forest.unlink(child)
            arrive(child, at: target, keyState, timestamp, &state)
        }
        removeIfEmpty(place, keyState, &state)
    }

    /// The root itself becomes the node of the event that all runs below it accept.
    func advanceGroup(
        _ place: KeyState.Place, _ accepted: Accepted, to target: Position, _ keyState: Int32,
        _ state: inout RunState
    ) {
        let node = place.root
        let timestamp = accepted.event.timestamp
        if state.effects.recordsChanges {
            let runs = state.forest.runs(below: node)
            record(.advanced, runs, block: Int(target.block), accepted, timestamp, &state)
        }
        state.forest.nodes[node].accepted = accepted
        state.forest.nodes[node].longest += 1
        state.forest.nodes[node].keyState = RunForest.none
        guard target == place.position else {
            keyStates[keyState].removePlace(at: place.position)
            arrive(node, at: target, keyState, timestamp, &state)
            return
        }
        let root = state.forest.makeRoot(keyState: keyState, position: place.position)
        keyStates[keyState].set(root: root, at: place.position)
        hang(node, below: root, &state)
        guard case .absent(let milliseconds) = compiled.steps[Int(target.block)].role else { return }
        let children = state.forest.children(of: node)
        for child in children { state.forest.endWait(of: child) }
        arm(node, deadline: timestamp.addingClamped(milliseconds), &state)
        state.abandonTimers(children.count)
    }

    /// Runs below a node that stands in no list come to wait at a block, or are complete.
    func arrive(
        _ node: Int32, at position: Position, _ keyState: Int32, _ timestamp: Int64, _ state: inout RunState
    ) {
        guard Int(position.block) < compiled.steps.count else {
            if compiled.isExclusive {
                state.forest.nodes[node].parent = RunForest.none
                finishing.append((node, keyState))
            } else {
                complete(node, keyState, timestamp, &state)
            }
            return
        }
        let root = root(at: position, keyState, &state)
        hang(node, below: root, &state)
        waiting?.note(node, at: root, state.forest)
        if case .absent(let milliseconds) = compiled.steps[Int(position.block)].role {
            arm(node, deadline: timestamp.addingClamped(milliseconds), &state)
        }
    }

    /// The runs below a node wait at the place of a root now.
    func hang(_ node: Int32, below root: Int32, _ state: inout RunState) {
        state.forest.append(node, to: root)
        counted = nil
    }

    func arm(_ node: Int32, deadline: Int64, _ state: inout RunState) {
        let number = state.timers.nextNumber()
        state.forest.setWait(of: node, until: deadline, timer: number)
        let first = state.forest.firstRun(below: node)
        state.timers.insert(
            Timer(
                deadline: deadline, pattern: compiled.order, start: state.forest.runs[first].start,
                subject: .absent(node: node, number: number)))
    }

    func complete(_ node: Int32, _ keyState: Int32, _ timestamp: Int64, _ state: inout RunState) {
        let value = keyStates[keyState].value
        if state.effects.recordsChanges || !identified.isEmpty { tell(completed: node, keyState, timestamp, &state) }
        let keyHash = compiled.keyHash(value)
        var count = 0
        var group: CompletionGroup?
        state.forest.takeApart(node) { start, first, own, shared in
            count += 1
            if let shared {
                group = CompletionGroup(compiled, key: value, keyHash: keyHash, shared: shared, timestamp: timestamp)
            }
            guard let group else { return }
            state.effects.completions.append(Completion(group, start: start, first: first, own: own))
        }
        state.counters.completed += count
        active -= count
        counted = nil
        keyStates[keyState].active -= count
    }

    /// What is told of runs that complete, as long as they are there.
    private func tell(completed node: Int32, _ keyState: Int32, _ timestamp: Int64, _ state: inout RunState) {
        let runs = state.forest.runs(below: node)
        var copies: [RunCopy] = []
        if state.replication != nil {
            let key = keyStates[keyState].value
            for run in runs {
                if let history = state.forest.history(of: run) { copies.append(compiled.copy(of: history, key: key)) }
            }
        }
        record(.completed, runs, block: compiled.steps.count, nil, timestamp, copies: copies, &state)
        forgetIdentifiers(of: runs, keyState, state)
    }

    func root(at position: Position, _ keyState: Int32, _ state: inout RunState) -> Int32 {
        if let root = keyStates[keyState].root(at: position) { return root }
        let root = state.forest.makeRoot(keyState: keyState, position: position)
        keyStates[keyState].set(root: root, at: position)
        return root
    }

    @discardableResult
    func removeIfEmpty(_ place: KeyState.Place, _ keyState: Int32, _ state: inout RunState) -> Bool {
        guard keyStates[keyState].root(at: place.position) == place.root else { return true }
        guard state.forest.isEmpty(root: place.root) else { return false }
        keyStates[keyState].removePlace(at: place.position)
        waiting?.drop(place.root)
        state.forest.free(place.root)
        return true
    }

    func dropIfIdle(_ keyState: Int32) {
        guard keyStates[keyState].active == 0, keyStates[keyState].isLive else { return }
        if isKeyed { keyNumbers.remove(keyStates[keyState].key) } else { soleKeyState = nil }
        keyStates.remove(keyState)
    }
}
