/// What peers are told of runs: how far they are, and copies of them.
extension Decider {
    func rank(of run: Int32, _ replication: Replication) -> RunRank? {
        guard let known = replication.facts(of: run) else { return nil }
        return RunRank(block: state.forest.block(of: run), length: known.length, hash: known.hash)
    }

    func events(of identifier: RunIdentifier, from base: Int) -> [HistoryEntry]? {
        guard let replication = state.replication, let run = replication.number(of: identifier),
            let known = replication.facts(of: run), base >= 0, base <= known.length
        else { return nil }
        var entries: [HistoryEntry] = []
        state.forest.forEachAccepted(of: run, from: base) {
            entries.append(HistoryEntry(event: $0.event, group: known.matcher.compiled.name(ofGroup: $0.group)))
        }
        return entries
    }

    /// Whether the run's history begins with so many events of that hash.
    func holds(_ run: Int32, _ length: Int, _ hash: Hash128, _ replication: Replication) -> Bool {
        guard let known = replication.facts(of: run), length >= 1, length <= known.length else { return false }
        if length == known.length { return hash == known.hash }
        var hash = hash
        state.forest.forEachAccepted(of: run, from: length) { hash.combine($0.event) }
        return hash == known.hash
    }

    /// The run without its first events, where these are as many and of that hash; else the whole.
    func copy(of identifier: RunIdentifier, after length: Int, _ hash: Hash128) -> RunCopy? {
        guard let replication = state.replication, let run = replication.number(of: identifier),
            let known = replication.facts(of: run), holds(run, length, hash, replication)
        else { return copy(of: identifier) }
        let matcher = known.matcher
        var history: [HistoryEntry] = []
        state.forest.forEachAccepted(of: run, from: length) {
            history.append(HistoryEntry(event: $0.event, group: matcher.compiled.name(ofGroup: $0.group)))
        }
        let pattern = matcher.compiled.pattern
        return RunCopy(
            identifier: identifier, phenomenon: matcher.compiled.phenomenon.name, pattern: pattern.name,
            version: pattern.version, key: matcher.keyStates[state.forest.runs[run].keyState].value,
            block: state.forest.block(of: run), base: length, baseHash: hash, history: history,
            satisfied: state.forest.position(of: run).satisfied, arrival: arrival(of: run, known))
    }

    /// When the run came to where it is, where that does not follow from its history.
    private func arrival(of run: Int32, _ known: Replication.Facts) -> Int64? {
        let derived = known.matcher.compiled.arrival(at: state.forest.block(of: run), last: known.last)
        return known.arrival == derived ? nil : known.arrival
    }

    func copy(of identifier: RunIdentifier) -> RunCopy? {
        guard let replication = state.replication, let run = replication.number(of: identifier),
            let known = replication.facts(of: run), let history = state.forest.history(of: run)
        else { return nil }
        let matcher = known.matcher
        let key = matcher.keyStates[state.forest.runs[run].keyState].value
        let position = state.forest.position(of: run)
        return matcher.compiled.copy(
            of: history, identifier: identifier, key: key, block: Int(position.block), satisfied: position.satisfied,
            arrival: arrival(of: run, known))
    }
}
