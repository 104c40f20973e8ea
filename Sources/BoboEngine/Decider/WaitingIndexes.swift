import CEL

/// Of a pattern with blocks whose conditions compare an event with the history of each run: these blocks, and the indexes over
/// the runs that wait there, where they are many.
final class WaitingIndexes {
    /// By block; nil for one whose runs are asked one by one.
    let comparisons: [HistoryComparison?]
    let fewRuns: Int
    /// By the root of the place.
    private var indexes: [Int32: WaitingIndex] = [:]

    /// nil where the pattern has no such block.
    init?(_ compiled: CompiledPattern, fewRuns: Int) {
        guard compiled.steps.indices.contains(where: { compiled.steps[$0].readsHistory }) else { return nil }
        comparisons = compiled.steps.indices.map { HistoryComparison(compiled, block: $0) }
        self.fewRuns = fewRuns
        if comparisons.allSatisfy({ $0 == nil }) { return nil }
    }

    /// Runs below a node have come to a place.
    func note(_ node: Int32, at root: Int32, _ forest: borrowing RunForest) { indexes[root]?.note(node, forest) }

    /// The place is no more.
    func drop(_ root: Int32) { if !indexes.isEmpty { indexes[root] = nil } }

    /// nil where too few runs wait there.
    func index(at root: Int32, _ forest: borrowing RunForest) -> WaitingIndex? {
        if let known = indexes[root] { return known }
        guard forest.hasRuns(moreThan: fewRuns, below: root) else { return nil }
        let index = WaitingIndex()
        index.note(root, forest)
        indexes[root] = index
        return index
    }
}

extension Matcher {
    /// Offers the event to those runs of a place alone that it may move.
    /// - Returns: false where each is to be asked.
    @inline(never)
    func offerByIndex(
        _ offer: Offer, _ indexes: WaitingIndexes, _ place: KeyState.Place, _ keyState: Int32, _ state: inout RunState,
        _ scope: Scope
    ) -> Bool {
        let block = Int(place.position.block)
        // What is on trial is judged by all that it is asked; and who wants to have it explained wants to hear of each run.
        guard let comparison = indexes.comparisons[block], witness == nil else { return false }
        if comparison.predicate.isOnTrial { scope.passedOver?.tell() }
        guard !comparison.predicate.isOnTrial,
            compiled.leavesDecision(to: block, offer, scope)
        else { return false }
        if comparison.excludes(offer) { return true }
        guard let index = indexes.index(at: place.root, state.forest) else { return false }
        file(index.takeArrived(), into: index, comparison, place.root, state.forest, scope)
        index.prune { state.forest.isWaiting($0, at: place.root) }
        scope.view = nil
        scope.look(at: offer.event)
        guard let value = try? comparison.ofEvent.evaluate(scope) else {
            comparison.predicate.countFailure()
            return true
        }
        let filing = comparison.filing(of: value)
        let groupCount = compiled.pattern.groups.count
        var left: [WaitingIndex.Candidate] = []
        for candidate in index.take(filing) where state.forest.isWaiting(candidate.entry, at: place.root) {
            let run = candidate.entry.run
            single(out: run, at: place, &state)
            scope.view = state.forest.view(of: run, groupCount: groupCount)
            let decision = compiled.decide(offer, at: place.position, scope)
            carry(out: decision, on: run, place, keyState, offer.event, &state)
            if state.forest.isWaiting(candidate.entry, at: place.root) { left.append(candidate) }
        }
        index.putBack(left, filing)
        scope.view = nil
        removeIfEmpty(place, keyState, &state)
        return true
    }

    /// Finds out what the histories of runs say. Where that fails, so does the block's condition, as long as the history is the
    /// same: those runs need not be asked.
    private func file(
        _ entries: [WaitingIndex.Entry], into index: WaitingIndex, _ comparison: HistoryComparison, _ root: Int32,
        _ forest: borrowing RunForest, _ scope: Scope
    ) {
        for entry in entries where forest.isWaiting(entry, at: root) {
            scope.view = forest.currentView(of: entry.run, groupCount: compiled.pattern.groups.count)
            guard let value = try? comparison.ofRun.evaluate(scope) else { continue }
            index.insert(entry, comparison.filing(of: value))
        }
    }
}

extension RunForest {
    /// Whether the run still waits below that root, with the history that it had.
    func isWaiting(_ entry: WaitingIndex.Entry, at root: Int32) -> Bool {
        guard runs[entry.run].start == entry.start else { return false }
        var length = Int32(1 + runs[entry.run].own.count)
        var node = nodes[runs[entry.run].node].parent
        while node != RunForest.none, nodes[node].parent != RunForest.none {
            length += 1
            node = nodes[node].parent
        }
        return node == root && length == entry.length
    }

    func hasRuns(moreThan count: Int, below root: Int32) -> Bool {
        var found = 0
        var node = nodes[root].firstChild
        while node != RunForest.none {
            if nodes[node].run == RunForest.none {
                node = nodes[node].firstChild
                continue
            }
            found += 1
            if found > count { return true }
            while nodes[node].next == RunForest.none {
                node = nodes[node].parent
                if node == root { return false }
            }
            node = nodes[node].next
        }
        return false
    }

    /// The history of a run for expressions, wherever it stands; made for the occasion where it is not at hand.
    func currentView(of run: Int32, groupCount: Int) -> HistoryView {
        if let view = runs[run].view, nodes[nodes[runs[run].node].parent].parent == RunForest.none { return view }
        let view = HistoryView(groupCount: groupCount)
        if let first = runs[run].first { view.append(first) }
        runs[run].own.forEach(view.append)
        shared(of: run).forEach(view.append)
        return view
    }
}
