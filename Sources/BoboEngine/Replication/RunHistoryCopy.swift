import CEL

extension CompiledPattern {
    /// A completed run for peers.
    func copy(of history: RunHistory, key: Value) -> RunCopy {
        copy(of: history, identifier: identifier(key: key, first: history.first.event), key: key, block: steps.count)
    }

    func copy(
        of history: RunHistory, identifier: RunIdentifier, key: Value, block: Int, satisfied: UInt64 = 0,
        arrival: Int64? = nil
    ) -> RunCopy {
        RunCopy(
            identifier: identifier, phenomenon: phenomenon.name, pattern: pattern.name, version: pattern.version,
            key: key,
            block: block, history: entries(of: history), satisfied: satisfied, arrival: arrival)
    }

    func entries(of history: RunHistory) -> [HistoryEntry] {
        var entries: [HistoryEntry] = []
        entries.reserveCapacity(history.count)
        history.forEach { entries.append(HistoryEntry(event: $0.event, group: name(ofGroup: $0.group))) }
        return entries
    }

    /// Events as a peer gives them; nil where one names a group that the pattern has not.
    func accepted(_ entries: [HistoryEntry]) -> ContiguousArray<Accepted>? {
        var accepted = ContiguousArray<Accepted>()
        accepted.reserveCapacity(entries.count)
        for entry in entries {
            guard let group = number(ofGroup: entry.group) else { return nil }
            accepted.append(Accepted(event: entry.event, group: group))
        }
        return accepted
    }

    /// A history as a peer gives it; nil where it is empty or names a group that the pattern has not.
    func history(of entries: [HistoryEntry]) -> RunHistory? {
        guard let accepted = accepted(entries), let first = accepted.first else { return nil }
        return RunHistory(first: first, own: ContiguousArray(accepted.dropFirst()), shared: [])
    }

    func number(ofGroup name: String) -> Int32? {
        if name.isEmpty { return Accepted.noGroup }
        return pattern.groups.firstIndex(of: name).map(Int32.init)
    }

    func name(ofGroup group: Int32) -> String { group >= 0 ? pattern.groups[Int(group)] : "" }

    var endsWithAbsent: Bool {
        guard !steps.isEmpty, case .absent = steps[steps.count - 1].role else { return false }
        return true
    }

    /// When a run came to wait at a block, where its last event brought it there: the event's `ts`, and later by the waits
    /// of the `absent` blocks that it has passed since. Where an event has closed a loop, or an `absent` behind another has
    /// begun anew, it was another time.
    func arrival(at block: Int, last: Int64) -> Int64 {
        var time = last
        for number in (0..<block).reversed() {
            guard case .absent(let milliseconds) = steps[number].role else { break }
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
