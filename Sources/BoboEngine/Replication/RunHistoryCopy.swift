import CEL

extension CompiledPattern {
    /// A completed run for peers.
    func copy(of history: RunHistory, key: Value) -> RunCopy {
        copy(of: history, identifier: identifier(key: key, first: history.first.event), key: key, block: steps.count)
    }

    func copy(of history: RunHistory, identifier: RunIdentifier, key: Value, block: Int) -> RunCopy {
        var entries: [HistoryEntry] = []
        entries.reserveCapacity(history.count)
        history.forEach { entries.append(HistoryEntry(event: $0.event, group: name(ofGroup: $0.group))) }
        return RunCopy(
            identifier: identifier, phenomenon: phenomenon.name, pattern: pattern.name, version: pattern.version,
            key: key,
            block: block, history: entries)
    }

    func name(ofGroup group: Int32) -> String { group >= 0 ? pattern.groups[Int(group)] : "" }

    var endsWithAbsent: Bool { if case .absent = steps.last?.role { true } else { false } }

    /// When a run came to wait at a block, where its last event brought it there: the event's `ts`, and later by the waits
    /// of the `absent` blocks that it has passed since. Of a loop directly after an `absent`, whose events do not move the
    /// run, that is later than it was, and some events may be taken to lie in the wait.
    func arrival(at block: Int, last: Event) -> Int64 {
        var time = last.timestamp
        for step in steps[..<block].reversed() {
            guard case .absent(let milliseconds) = step.role else { break }
            time = time.addingClamped(milliseconds)
        }
        return time
    }
}

extension RunForest {
    func history(of run: Int32) -> RunHistory? {
        guard let first = runs[run].first else { return nil }
        return RunHistory(first: first, own: runs[run].own, shared: shared(of: run))
    }

    /// What the run has accepted behind its first `base` events, oldest first. What it accepted by itself before that is not
    /// visited.
    func forEachAccepted(of run: Int32, from base: Int, _ body: (Accepted) -> Void) {
        if base <= 0, let first = runs[run].first { body(first) }
        let count = runs[run].own.count
        for place in max(0, base - 1)..<max(max(0, base - 1), count) { body(runs[run].own[place]) }
        var place = 1 + count
        var node = nodes[runs[run].node].parent
        while node != RunForest.none, let accepted = nodes[node].accepted {
            if place >= base { body(accepted) }
            place += 1
            node = nodes[node].parent
        }
    }

    /// The child of the root that the run hangs on, or is.
    func top(of run: Int32) -> Int32 {
        var top = runs[run].node
        while nodes[nodes[top].parent].parent != RunForest.none { top = nodes[top].parent }
        return top
    }

    /// Whether the run has accepted the event.
    func holds(_ run: Int32, _ event: EventIdentifier) -> Bool {
        if runs[run].first?.event.identifier == event { return true }
        if runs[run].own.contains(where: { $0.event.identifier == event }) { return true }
        var node = nodes[runs[run].node].parent
        while node != RunForest.none, let accepted = nodes[node].accepted {
            if accepted.event.identifier == event { return true }
            node = nodes[node].parent
        }
        return false
    }
}

extension Change.Kind {
    /// Whether each gateway makes such a change by itself.
    var isLocal: Bool { self == .halted(.within) || self == .halted(.replaced) }
}
