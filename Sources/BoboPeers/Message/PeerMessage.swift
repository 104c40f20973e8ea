package import BoboEngine
package import CEL

/// A message between two gateways as it was read; `docs/peer-protocol.md` says what each field means.
package struct PeerMessage: Sendable {
    package enum Kind: String, Sendable {
        case sync = "SYNC"
        case ping = "PING"
        case resync = "RESYNC"
    }

    /// The receiver's epoch as last heard, and its last counted message that was applied in order.
    package struct Acknowledgment: Hashable, Sendable {
        package let epoch: Random128
        package let seq: UInt64
    }

    package var from = ""
    package var to = ""
    package var epoch = Random128(0)
    /// 0 for a message that is not counted.
    package var seq: UInt64 = 0
    package var open = false
    package var ack: Acknowledgment?
    package var token: Random128?
    package var echo: Random128?
    package var kind = Kind.sync
    package var reset = false
    /// Milliseconds since 1970.
    package var now: Int64 = 0
    /// Milliseconds.
    package var since: Int64?
    package var away = false
    package var ready = true
    /// By partition, for how many milliseconds it has been read; nil: as the receiver was told.
    package var reads: [String: Int64]?
    /// nil: as the receiver was told.
    package var config: Hash128?
    package var patterns: [PatternIdentity]?
    package var events: [ExchangedEvent] = []
    package var completed: [RunEntry] = []
    package var halted: [RunEntry] = []
    package var updated: [RunEntry] = []
    /// Which of the three lists each next entry is taken from; empty: all completed, then all halted, then all updated.
    package var order: [EntryKind] = []
    package var resting: [RestEntry] = []
    package var published: [RunIdentifier] = []
    package var need: [RunIdentifier] = []
    package var part: Int?
    package var parts: Int?
    package var digest: Hash128?
    /// The engine's clock, milliseconds since 1970.
    package var clock: Int64?

    package init() {}
}

/// What an entry says of its runs.
package enum EntryKind: UInt8, Sendable {
    case completed = 0x63  // c
    case halted = 0x68  // h
    case updated = 0x75  // u
}

/// What a pattern is called, and which form of it.
package struct PatternIdentity: Hashable, Sendable {
    package let phenomenon: String
    package let pattern: String
    package let version: Hash128

    package init(phenomenon: String, pattern: String, version: Hash128) {
        self.phenomenon = phenomenon
        self.pattern = pattern
        self.version = version
    }
}

/// What a message says of one run, or of several that agree in all but their identifiers and hashes.
package struct RunEntry: Sendable {
    /// An event that the history is extended by: its group, and its place in the message's `events`.
    package struct Addition: Hashable, Sendable {
        package let group: String
        package let place: Int
    }

    package var identifiers: [RunIdentifier] = []
    package var pattern = PatternReference.name(phenomenon: "", pattern: "", version: nil)
    /// nil where it is that of the base.
    package var key: Value?
    /// nil: only a part of a history, that a later entry goes on from.
    package var block: Int?
    /// Of each run; one where they agree in it.
    package var bases: [Int] = [0]
    package var baseHashes: [Hash128] = []
    package var add: [Addition] = []
    /// At an `all_of`: the satisfied ones of its predicates, a bit each, from the lowest.
    package var satisfied: UInt64 = 0
    /// At an `absent`: when the wait began, where that does not follow from the history. Milliseconds since 1970.
    package var arrival: Int64?
    package var publisher: String?
    package var published = false
    /// How long ago each ended, in milliseconds.
    package var ended: [Int64] = []
    /// Milliseconds since 1970.
    package var timestamp: Int64?

    /// How much of the run's history the receiver is taken to have.
    func base(_ index: Int) -> KnownPart {
        let length = bases.count == 1 ? bases[0] : bases[index]
        return KnownPart(length: length, hash: length > 0 ? baseHashes[index] : Hash128())
    }

    /// Of a completed or halted run: whether it says no more than that it has ended.
    var isBrief: Bool { timestamp == nil }

    package init() {}
}

/// What a message says of a key that rests, or whose rest an event has ended.
package struct RestEntry: Sendable {
    package var pattern = PatternReference.name(phenomenon: "", pattern: "", version: nil)
    package var key = Value.null
    /// The run that completed.
    package var run = RunIdentifier()
    /// Of what completed it, milliseconds since 1970.
    package var timestamp: Int64 = 0
    /// The `ts` of the event that ended the rest.
    package var ended: Int64?
    /// The completed run's history, where the pattern's `until` may read it.
    package var add: [RunEntry.Addition] = []

    package init() {}
}

/// 128 random bits: an epoch or a token.
package struct Random128: Hashable, Sendable, CustomStringConvertible {
    package let value: UInt128

    package init(_ value: UInt128) { self.value = value }

    init(using random: inout any RandomNumberGenerator & Sendable) {
        value = UInt128(random.next()) << 64 | UInt128(random.next())
    }

    package var description: String { Hash128(value: value).description }
}
