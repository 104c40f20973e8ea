import BoboEngine

/// What a gateway holds of one peer.
struct Peer {
    /// How far the full state is on its way.
    enum Resync {
        case none
        /// Offered until the peer answers.
        case wanted(next: Duration)
        case sending(ResyncPlan, since: Duration)
    }

    /// What the peer said of itself last.
    struct Said {
        var ready = false
        var away = false
        var reads: [String: Int64] = [:]
        var readsAt = Duration.zero
        var since: Int64?
        var config: Hash128?
        var patterns: Set<PatternIdentity> = []
    }

    let id: String

    // Incarnations
    var joined: Random128?
    var tokens = TokenBook()
    var toEcho: Random128?
    var lastChallenge: Duration?
    /// Set on each message until the peer has acknowledged one.
    var sendsReset = true
    /// The epoch whose RESET was answered.
    var resetAnswered: Random128?
    /// Whether its present life began with RESET, and so after all that was published before.
    var beganAnew = false

    // Sequence
    var heard: UInt64 = 0
    var heardSealed: UInt64 = 0
    var outbox = Outbox()
    var owesAcknowledgment = false
    /// A counted message is to go soon, be it empty.
    var owesCounted = false

    // Periods
    var lastSuccess: Duration?
    /// Of any epoch.
    var lastSuccessEver: Duration?
    var resync = Resync.wanted(next: .zero)
    var answeredInFull: Duration?

    // Runs
    var stash = Stash()
    /// What it was sent in this pair of epochs since the last RESYNC.
    var bases: [RunIdentifier: KnownPart] = [:]
    /// Ended runs that it has not acknowledged.
    var unacknowledged: Set<RunIdentifier> = []
    var publishedToTell: [RunIdentifier] = []
    var publishedOldest = Duration.zero
    /// The last batch of local changes that it has whole.
    var acknowledgedBatch = 0
    /// Runs that it is to send whole, and how often it was asked.
    var needs: [RunIdentifier: Int] = [:]
    /// Histories too long for one message, until the rest comes.
    var parts = PartialHistories()

    // Its own full state
    var nextPart = 1
    var hasSentAll = false
    /// Runs in it, as far as it has come.
    var received = (active: 0, ended: 0)

    // Liveness
    var said = Said()
    var isOnline: Bool?
    /// Whether `offline` came since its last message that was applied.
    var isOffline = false
    var isLive = false
    var liveSince: Duration?
    var clock = ClockDifference()
    var digest = DigestComparison()

    init(id: String) { self.id = id }

    /// The peer's new life, or this gateway's: what was under way for the former one is dropped.
    mutating func beginAnew() {
        joined = nil
        heard = 0
        heardSealed = 0
        outbox.drop()
        owesAcknowledgment = false
        owesCounted = false
        lastSuccess = nil
        answeredInFull = nil
        resetAnswered = nil
        beganAnew = false
        clearChanges()
        unacknowledged = []
        needs = [:]
        parts = PartialHistories()
        acknowledgedBatch = 0
        nextPart = 1
        hasSentAll = false
        said = Said()
        digest = DigestComparison()
    }

    /// The full state makes these needless.
    mutating func clearChanges() {
        stash.removeAll()
        bases = [:]
        publishedToTell = []
    }

    var isSendingAll: Bool { if case .none = resync { false } else { true } }

    /// Changes that the peer has not acknowledged and that the message being made does not bear.
    var isOpen: Bool { isSendingAll || !stash.isEmpty }
}

/// Parts of histories that came ahead of the rest.
struct PartialHistories {
    private static let limit = 64 << 20
    private var histories: [RunIdentifier: [HistoryEntry]] = [:]
    private var bytes = 0

    subscript(run: RunIdentifier) -> [HistoryEntry]? { histories[run] }

    mutating func keep(_ history: [HistoryEntry], of run: RunIdentifier, added: ArraySlice<HistoryEntry>) {
        bytes += added.reduce(0) { $0 + 256 + $1.event.body.bytes.count }
        guard bytes <= PartialHistories.limit else { return removeAll() }
        histories[run] = history
    }

    mutating func remove(_ run: RunIdentifier) {
        guard histories.removeValue(forKey: run) != nil else { return }
        if histories.isEmpty { bytes = 0 }
    }

    mutating func removeAll() {
        histories = [:]
        bytes = 0
    }
}

/// How far a peer's wall clock differs: the least of the last minute, so that delays do not count.
struct ClockDifference {
    private var samples: [(at: Duration, difference: Int64)] = []
    private(set) var warned = false

    mutating func note(_ difference: Int64, now: Duration) {
        samples.removeAll { now - $0.at > .seconds(60) }
        // Few are enough: greater ones than a later one never count again.
        samples.removeAll { $0.difference.magnitude >= difference.magnitude }
        samples.append((now, difference))
    }

    /// Milliseconds, positive where the peer's clock is ahead.
    var least: Int64? { samples.min { $0.difference.magnitude < $1.difference.magnitude }?.difference }

    /// Whether it is to be warned about, once until it agrees again.
    mutating func isNewlyWrong() -> Bool {
        guard let least else { return false }
        let isWrong = least.magnitude > 1000
        defer { warned = isWrong }
        return isWrong && !warned
    }
}

/// Whether the digests of both sides agree.
struct DigestComparison {
    private var pair: (own: Hash128, other: Hash128)?
    private var times = 0
    private(set) var agrees: Bool?
    var lastResync: Duration?

    /// Takes the values of a PING.
    /// - Returns: whether they stayed the same to the third PING after, and differ.
    mutating func note(own: Hash128, other: Hash128, isOpen: Bool) -> Bool {
        agrees = own == other
        guard !isOpen, own != other, let known = pair, known == (own, other) else {
            pair = isOpen ? nil : (own, other)
            times = 0
            return false
        }
        times += 1
        return times >= 3
    }
}
