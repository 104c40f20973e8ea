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
        var config: Hash128?
        var patterns: Set<PatternIdentity> = []
        /// As its last counted message that had them said, for messages that leave them out.
        var lastingReads: (reads: [String: Int64], at: Duration) = ([:], .zero)
        var lastingConfig: Hash128?
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
    /// The last of this gateway's counted messages that it has said to have applied.
    var heardAcknowledged: UInt64 = 0
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
    /// The patterns as part 1 of the last RESYNC to it lists them, and as part 1 of the last one from it does.
    var table = PatternTable()
    var tableHeard = PatternTable()
    /// The number of what this gateway says of its partitions that the peer has acknowledged.
    var statement: Int?
    /// Ended runs that it has not acknowledged.
    var unacknowledged: Set<RunIdentifier> = []
    var rests = RestStash()
    var delays = ChangeDelays()
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
    /// Whether it has offered its full state, or begun with it, and the last part is not here.
    var owesFullState = false
    /// When its first part came.
    var fullStateBegan = Duration.zero
    /// Runs in it, as far as it has come.
    var received = (active: 0, ended: 0)

    // Liveness
    var said = Said()
    /// How long ago its last success with this gateway's former life was, as it said first: later it speaks of this life.
    var sinceFormerLife: (Duration, at: Duration)?
    private(set) var hasSpoken = false
    var isOnline: Bool?
    /// Whether `offline` came since its last message that was applied.
    var isOffline = false
    var isLive = false
    var liveSince: Duration?
    /// It was live, and is about to stop.
    var isLeaving = false
    var clock = ClockDifference()
    var digest = DigestComparison()

    init(id: String) { self.id = id }

    /// The peer's new life, or this gateway's: what was under way for the former one is dropped.
    mutating func beginAnew() {
        joined = nil
        isLeaving = false
        heard = 0
        heardSealed = 0
        heardAcknowledged = 0
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
        owesFullState = false
        said = Said()
        table = PatternTable()
        tableHeard = PatternTable()
        statement = nil
        digest = DigestComparison()
    }

    /// The full state makes these needless.
    mutating func clearChanges() {
        stash.removeAll()
        rests.removeAll()
        bases = [:]
        publishedToTell = []
    }

    mutating func note(since: Int64?, now: Duration) {
        if !hasSpoken { sinceFormerLife = since.map { (.milliseconds($0), now) } }
        hasSpoken = true
    }

    var isSendingAll: Bool { if case .none = resync { false } else { true } }

    /// Whether runs of the full state are still to go; what follows of it is ids only.
    var isSendingRuns: Bool {
        switch resync {
        case .none: false
        case .wanted: true
        case .sending(let plan, _): plan.hasRuns
        }
    }

    /// Changes that the peer has not acknowledged and that the message being made does not bear.
    var isOpen: Bool { isSendingAll || !stash.isEmpty || !rests.isEmpty }
}

/// Parts of histories that came ahead of the rest.
struct PartialHistories {
    private static let limit = 64 << 20
    private var histories: [RunIdentifier: RunCopy] = [:]
    private var bytes = 0

    /// Its block says nothing.
    subscript(run: RunIdentifier) -> RunCopy? { histories[run] }

    mutating func keep(_ copy: RunCopy, added: ArraySlice<HistoryEntry>) {
        bytes += added.reduce(0) { $0 + 256 + $1.event.body.count }
        guard bytes <= PartialHistories.limit else { return removeAll() }
        histories[copy.identifier] = copy
    }

    mutating func remove(_ run: RunIdentifier) {
        guard !histories.isEmpty, histories.removeValue(forKey: run) != nil else { return }
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
    /// PINGs may follow each other closely; gateways' clocks, and with them what is past its `within`, may differ longer.
    private static let least = Duration.seconds(10)

    private var pair: (own: Hash128, other: Hash128)?
    private var times = 0
    private var since = Duration.zero
    private(set) var agrees: Bool?
    var lastResync: Duration?

    /// Takes the values of a PING.
    /// - Returns: whether they stayed the same to the third PING after, and differ.
    mutating func note(own: Hash128, other: Hash128, isOpen: Bool, now: Duration) -> Bool {
        agrees = own == other
        guard !isOpen, own != other, let known = pair, known == (own, other) else {
            pair = isOpen ? nil : (own, other)
            times = 0
            since = now
            return false
        }
        times += 1
        return times >= 3 && now - since >= DigestComparison.least
    }
}
