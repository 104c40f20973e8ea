import CEL

extension Decider {
    func runsByStart() -> [RunIdentifier] {
        guard let replication = state.replication else { return [] }
        return replication.identifiers
            .compactMap { identifier in
                replication.number(of: identifier).map { (identifier, state.forest.runs[$0].start) }
            }
            .sorted { $0.1 < $1.1 }.map(\.0)
    }

    func digest(clock: Int64, of includes: (String, String, Hash128) -> Bool) -> UInt128 {
        guard let replication = state.replication else { return 0 }
        var included: Set<ObjectIdentifier> = []
        for matcher in matchers {
            let compiled = matcher.compiled
            if includes(compiled.phenomenon.name, compiled.pattern.name, compiled.pattern.version) {
                included.insert(ObjectIdentifier(matcher))
            }
        }
        var digest: UInt128 = 0
        for identifier in replication.identifiers {
            guard let run = replication.number(of: identifier), let matcher = replication.facts(of: run)?.matcher,
                included.contains(ObjectIdentifier(matcher)), !matcher.isOver(run, at: clock, state.forest),
                let rank = rank(of: run, replication)
            else { continue }
            digest ^= rank.hash(of: identifier)
        }
        return digest
    }
}

extension RunRank {
    /// A hash of run and rank: FNV-1a as in `Hash128`, of the identifier, the block, the length and the hash, as texts.
    func hash(of run: RunIdentifier) -> UInt128 {
        var hash = Hash128()
        var text: [UInt8] = []
        run.append(to: &text)
        hash.combine(text: text)
        text.removeAll(keepingCapacity: true)
        appendDecimal(UInt64(block), to: &text)
        hash.combine(text: text)
        text.removeAll(keepingCapacity: true)
        appendDecimal(UInt64(length), to: &text)
        hash.combine(text: text)
        text.removeAll(keepingCapacity: true)
        self.hash.append(to: &text)
        hash.combine(text: text)
        return hash.value
    }
}
