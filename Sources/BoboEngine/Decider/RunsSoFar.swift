package import CEL

/// A run as it is now: where it waits, and its way so far.
package struct RunSoFar: Sendable {
    package let identifier: RunIdentifier
    package let key: Value
    /// The block where it waits, `times` written out.
    package let block: Int
    /// The `ts` of its first event.
    package let begin: Int64
    /// What it has accepted, oldest first; the first ones of them where they are many.
    package let events: [(group: String, event: Event)]
    /// Whether it has accepted more than `events` holds.
    package let isCut: Bool
}

extension Engine {
    /// Some active runs of a pattern.
    ///
    /// It costs as much as it gives, however many runs there are, as long as keys are not many without runs at the block.
    /// - Parameters:
    ///   - block: where they wait; nil: anywhere.
    ///   - limit: of runs.
    ///   - historyLimit: of the events of each.
    package func runsSoFar(of name: PatternName, at block: Int?, limit: Int, historyLimit: Int) -> [RunSoFar] {
        decider.runsSoFar(of: name, at: block, limit: limit, historyLimit: historyLimit)
    }
}

extension Decider {
    func runsSoFar(of name: PatternName, at block: Int?, limit: Int, historyLimit: Int) -> [RunSoFar] {
        guard let matcher = matchers.first(where: { $0.compiled.name == name }), matcher.active > 0 else { return [] }
        var result: [RunSoFar] = []
        matcher.keyStates.forEachPlace { index in
            guard result.count < limit else { return }
            for place in matcher.keyStates[index].places where block.map({ $0 == Int(place.position.block) }) ?? true {
                for run in state.forest.firstRuns(below: place.root, limit: limit - result.count) {
                    result.append(matcher.soFar(run, place, index, historyLimit, state))
                }
            }
        }
        return result
    }
}

extension Matcher {
    fileprivate func soFar(
        _ run: Int32, _ place: KeyState.Place, _ keyState: Int32, _ historyLimit: Int, _ state: borrowing RunState
    ) -> RunSoFar {
        let key = keyStates[keyState].value
        let begun = state.forest.runs[run]
        var accepted: [Accepted] = begun.first.map { [$0] } ?? []
        accepted += begun.own.prefix(max(0, historyLimit - accepted.count + 1))
        var node = state.forest.nodes[begun.node].parent
        while accepted.count <= historyLimit, node != RunForest.none, let next = state.forest.nodes[node].accepted {
            accepted.append(next)
            node = state.forest.nodes[node].parent
        }
        return RunSoFar(
            identifier: begun.first.map { compiled.identifier(key: key, first: $0.event) } ?? Hash128(),
            key: key, block: Int(place.position.block), begin: begun.begin,
            events: accepted.prefix(historyLimit).map { accepted in
                (accepted.group >= 0 ? compiled.pattern.groups[Int(accepted.group)] : "", accepted.event)
            },
            isCut: accepted.count > historyLimit)
    }
}

extension RunForest {
    /// The first runs below a root, in the order of the lists.
    fileprivate func firstRuns(below root: Int32, limit: Int) -> [Int32] {
        var result: [Int32] = []
        var node = nodes[root].firstChild
        while node != RunForest.none, result.count < limit {
            guard nodes[node].run != RunForest.none else {
                node = nodes[node].firstChild
                continue
            }
            result.append(nodes[node].run)
            while nodes[node].next == RunForest.none {
                node = nodes[node].parent
                if node == root { return result }
            }
            node = nodes[node].next
        }
        return result
    }
}
