import CEL

/// The waits of runs at `absent` blocks.
extension Matcher {
    /// An `absent` is over: the runs go on without an event.
    /// - Parameter holds: Whether `only_if` has been found to hold; nil: it is to be asked.
    func waitIsOver(
        _ node: Int32, deadline: Int64, holds: Bool? = nil, _ state: inout RunState, _ scope: Scope
    ) {
        let root = state.forest.nodes[node].parent
        let (keyState, position) = (state.forest.nodes[root].keyState, state.forest.nodes[root].position)
        let place = KeyState.Place(position: position, root: root)
        if let onlyIf = compiled.steps[Int(position.block)].seldom?.onlyIf {
            if holds == nil, splits(node, place, onlyIf, &state) { return }
            guard holds ?? self.holds(onlyIf, node, keyState, state.forest, scope) else {
                for run in state.forest.runs(below: node) { end(run, .onlyIf, deadline, &state) }
                removeIfEmpty(place, keyState, &state)
                dropIfIdle(keyState)
                return
            }
        }
        let target = Position(Int(position.block) + 1)
        if state.effects.recordsChanges {
            let runs = state.forest.runs(below: node)
            record(.advanced, runs, block: Int(target.block), nil, deadline, &state)
        }
        state.forest.endWait(of: node)
        state.forest.unlink(node)
        removeIfEmpty(place, keyState, &state)
        arrive(node, at: target, keyState, deadline, &state)
        dropIfIdle(keyState)
    }

    /// Where `only_if` reads the history, runs that wait together are taken apart: each has a timer of its own then, of the
    /// same deadline.
    func splits(
        _ node: Int32, _ place: KeyState.Place, _ onlyIf: CompiledPredicate, _ state: inout RunState
    ) -> Bool {
        guard onlyIf.readsHistory, state.forest.nodes[node].run == RunForest.none else { return false }
        for run in state.forest.runs(below: node) { single(out: run, at: place, &state) }
        return true
    }

    /// Asks `only_if` of the runs below a node, which is a run where it reads the history.
    func holds(
        _ onlyIf: CompiledPredicate, _ node: Int32, _ keyState: Int32, _ forest: borrowing RunForest, _ scope: Scope
    ) -> Bool {
        scope.event = nil
        scope.key = keyStates[keyState].value
        scope.view = nil
        prepare(scope)
        if onlyIf.readsHistory {
            scope.view = forest.view(of: forest.nodes[node].run, groupCount: compiled.pattern.groups.count)
        }
        defer { scope.view = nil }
        return onlyIf.holds(scope)
    }

    func waits(at position: Position) -> Bool {
        if case .absent = compiled.steps[Int(position.block)].role { true } else { false }
    }
}
