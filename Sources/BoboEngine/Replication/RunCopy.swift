package import CEL

/// An event of a run's history, and the group it stands in; `""` for none.
package struct HistoryEntry: Sendable {
    package let event: Event
    package let group: String

    package init(event: Event, group: String) {
        self.event = event
        self.group = group
    }
}

/// A run as gateways exchange it: what run, how far it is, and its history, oldest event first, or what of that comes after
/// events that the receiver has.
package struct RunCopy: Sendable {
    package let identifier: RunIdentifier
    package let phenomenon: String
    package let pattern: String
    /// Of the pattern as loaded: gateways that differ in it do not exchange the run.
    package let version: Hash128
    package let key: Value
    /// The place where it waits; the number of blocks where it is complete.
    package let block: Int
    /// How many events come before `history`, and the hash of their identifiers: 0 where that is the whole.
    package let base: Int
    package let baseHash: Hash128
    package let history: [HistoryEntry]
    /// At an `all_of`: those of its predicates that are satisfied, a bit each, from the lowest.
    package let satisfied: UInt64
    /// At an `absent`: when the wait began, milliseconds since 1970, where that does not follow from the history.
    package let arrival: Int64?

    package init(
        identifier: RunIdentifier, phenomenon: String, pattern: String, version: Hash128, key: Value, block: Int,
        base: Int = 0, baseHash: Hash128 = Hash128(), history: [HistoryEntry], satisfied: UInt64 = 0,
        arrival: Int64? = nil
    ) {
        self.base = base
        self.baseHash = base > 0 ? baseHash : Hash128()
        self.identifier = identifier
        self.phenomenon = phenomenon
        self.pattern = pattern
        self.version = version
        self.key = key
        self.block = block
        self.history = history
        self.satisfied = satisfied
        self.arrival = arrival
    }
}

/// What decides between two copies of an active run: first the block, then the number of events, then a hash of their
/// identifiers. The greater one stays.
package struct RunRank: Hashable, Comparable, Sendable {
    package let block: Int
    package let length: Int
    package let hash: Hash128

    package init(block: Int, length: Int, hash: Hash128) {
        self.block = block
        self.length = length
        self.hash = hash
    }

    package static func < (left: RunRank, right: RunRank) -> Bool {
        if left.block != right.block { return left.block < right.block }
        if left.length != right.length { return left.length < right.length }
        return left.hash.value < right.hash.value
    }
}

extension RunCopy {
    /// Of the whole run.
    package var rank: RunRank {
        var hash = baseHash
        for entry in history { hash.combine(entry.event) }
        return RunRank(block: block, length: base + history.count, hash: hash)
    }

    /// By how much gateways' dates may differ in what they say of one event, in milliseconds.
    package static let disagreement: Int64 = 1000

    /// The `ts` of the first event; nil where the copy has only later ones.
    package var first: Int64? { base == 0 ? history.first?.event.timestamp : nil }

    /// Without its first events, where these are as many and of that hash; else as it is.
    package func after(_ length: Int, _ hash: Hash128) -> RunCopy {
        guard length > base, length <= base + history.count else { return self }
        var found = baseHash
        for entry in history.prefix(length - base) { found.combine(entry.event) }
        guard found == hash else { return self }
        return RunCopy(
            identifier: identifier, phenomenon: phenomenon, pattern: pattern, version: version, key: key, block: block,
            base: length, baseHash: hash, history: Array(history[(length - base)...]), satisfied: satisfied,
            arrival: arrival)
    }
}

/// What a peer says of a run.
package enum PeerChange: Sendable {
    /// It is active, this far. A copy with a base is taken only by an engine that has this much of the run.
    case update(RunCopy)
    /// It is complete: by an event of this `ts`, or a timer of this deadline (milliseconds since 1970). The copy is whole.
    case complete(RunCopy, timestamp: Int64)
    /// It ended without being complete.
    case halt(RunIdentifier, phenomenon: String, pattern: String, key: Value, timestamp: Int64)
    /// It was complete before this gateway started; its complex event was published then.
    case completedEarlier(RunIdentifier, phenomenon: String, pattern: String)
    /// A key rests, or its rest has ended.
    case rest(RestCopy)
}
