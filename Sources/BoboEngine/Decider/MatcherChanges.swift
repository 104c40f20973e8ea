import CEL

/// What is told of the runs to those who follow them.
extension Matcher {
    /// - Parameter block: nil: where the run waits.
    func record(
        _ kind: Change.Kind, _ runs: [Int32], block: Int?, _ accepted: Accepted?, _ timestamp: Int64,
        copies: [RunCopy] = [], _ state: inout RunState
    ) {
        guard state.effects.recordsChanges, let any = runs.first else { return }
        let key = keyStates[state.forest.runs[any].keyState].value
        let block = block ?? state.forest.block(of: any)
        if let replication = state.replication {
            noteEnd(kind, state.forest.runs[any].keyState, timestamp, replication)
            let parts = replication.record(kind, runs, accepted, timestamp)
            let isLocal = kind.isLocal && !replication.announcesHalts
            state.effects.changes.append(
                change(kind, key, block: block, accepted, timestamp, parts, copies: copies, isLocal: isLocal))
            return
        }
        let parts = runs.compactMap { run -> Change.RunPart? in
            guard let first = state.forest.runs[run].first?.event else { return nil }
            return Change.RunPart(
                identifier: compiled.identifier(key: key, first: first), base: state.forest.length(of: run))
        }
        state.effects.changes.append(change(kind, key, block: block, accepted, timestamp, parts))
    }

    /// Of a run that has just begun, or that is begun and complete at once.
    func recordSingle(
        _ kind: Change.Kind, block: Int, _ first: Accepted, _ key: Value, _ state: inout RunState
    ) {
        guard state.effects.recordsChanges else { return }
        var part = Change.RunPart(identifier: compiled.identifier(key: key, first: first.event), base: 0)
        var copies: [RunCopy] = []
        if let replication = state.replication {
            part.hash.combine(first.event)
            if kind == .completed {
                let history = RunHistory(first: first, own: [], shared: [])
                copies = [compiled.copy(of: history, key: key)]
                replication.remember(part.identifier, .completed, first.event.timestamp)
            }
        }
        state.effects.changes.append(
            change(kind, key, block: block, first, first.event.timestamp, [part], copies: copies))
    }

    func change(
        _ kind: Change.Kind, _ key: Value, block: Int, _ accepted: Accepted?, _ timestamp: Int64,
        _ parts: [Change.RunPart], copies: [RunCopy] = [], isLocal: Bool = false
    ) -> Change {
        let group = accepted.map { $0.group >= 0 ? compiled.pattern.groups[Int($0.group)] : "" } ?? ""
        return Change(
            kind: kind, phenomenon: compiled.phenomenon.name, pattern: compiled.pattern.name, key: key, block: block,
            accepted: accepted?.event, group: group, timestamp: timestamp, runs: parts,
            version: compiled.pattern.version, copies: copies, isLocal: isLocal,
            endedByTimer: kind == .completed && compiled.endsWithAbsent)
    }
}
