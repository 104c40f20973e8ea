public import CEL

/// What the engine did to one run, or to a group of runs that moved together.
public struct Change: Sendable {
    public enum Kind: Sendable, Hashable {
        /// The run began with `accepted`, its first event.
        case started
        /// The runs accepted `accepted`, or passed an `absent` or a loop without an event, and wait at `block`.
        case advanced
        case completed
        case halted(HaltReason)
    }

    /// A run of a change.
    public struct RunPart: Sendable {
        public let identifier: RunIdentifier
        /// The number of events in the history before this change.
        public let base: Int
        /// Hashes of the identifiers of the history's events before this change and after it; only where runs are shared.
        package var baseHash = Hash128()
        package var hash = Hash128()
    }

    public let kind: Kind
    public let phenomenon: String
    public let pattern: String
    public let key: Value
    /// The place in the pattern where the runs now wait; the number of blocks where they are complete.
    public let block: Int
    public let accepted: Event?
    /// The group that `accepted` stands in; `""` for none.
    public let group: String
    /// The `ts` of the event, or the deadline of the timer, that made the change: milliseconds since 1970.
    public let timestamp: Int64
    public let runs: [RunPart]
    /// The version of the pattern.
    package let version: Hash128
    /// Of completed runs, which the engine holds no longer: the whole, in the order of `runs`. Only where runs are shared.
    package let copies: [RunCopy]
    /// Whether each gateway makes this change by itself, so that it is not sent.
    package let isLocal: Bool
    /// Of completed runs: whether a timer ended them, no event.
    package let endedByTimer: Bool
}

/// Why a run ended without being complete.
public enum HaltReason: String, Sendable, Hashable, CaseIterable {
    case strict, negated, precondition, haltcondition, unless, absent, within, maximumRuns, maximumHistory
    /// The pattern was taken away or changed.
    case replaced
    /// Two gateways each began a run of one key.
    case singleton
    /// `only_if` was not true when the wait of an `absent` was over.
    case onlyIf
    /// Another run of the key completed, and the pattern says `after_match: skip_past_last_event`.
    case afterMatch
    /// Another run of the key completed, and the key rests.
    case rest
}

/// The same for all gateways that know of the run: a hash of phenomenon, pattern, key and the first event's identifier.
public typealias RunIdentifier = Hash128
