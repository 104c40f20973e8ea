import BoboEngine

/// Whether this gateway takes part: whether it holds the full state, and whether it was away.
struct Presence {
    enum Standing: Equatable {
        case together
        /// It was away, and finds out until then whether others have gone on meanwhile.
        case deciding(until: Duration)
        /// It was away, and nobody was there; to be decided when somebody comes.
        case alone
    }

    var standing = Standing.together
    var isReady = false
    /// By then it is ready in any case.
    var readyBy: Duration?
    /// Whether its own status has come back: those of the others, which the broker stored before, are here by then.
    var hasSeenStatus = false
    var lastApplied = Duration.zero
    /// Time in which the gateway was away; it ages nothing.
    var awayTime = Duration.zero
    /// Who has answered while it decides.
    var answered: Set<String> = []
    var holds = true

    var isDeciding: Bool { if case .deciding = standing { true } else { false } }
    var saysAway: Bool { standing != .together }
}

extension Peers {
    /// The clock of ages, which stands still while the gateway is away.
    func ages(_ moment: Moment) -> Duration { moment.now - presence.awayTime }

    /// Looks whether the gateway was away: whether it stood still, or heard of no peer, for longer than half of the time for
    /// which ended runs are remembered.
    mutating func notePresence(gap: Duration, _ moment: Moment) {
        let half = options.rememberAge / 2
        // Where the broker says that all others are gone, nobody goes on without this gateway.
        if isConnected, presence.hasSeenStatus, !peers.contains(where: { $0.isOnline == true }), gap <= half {
            presence.lastApplied = moment.now
        }
        let silence = moment.now - presence.lastApplied
        if gap > half {
            comeBack(why: "it stood still for \(gap.wholeMilliseconds / 1000) s", away: gap, moment)
        } else if presence.standing == .together, silence > half {
            comeBack(why: "no peer was heard for \(silence.wholeMilliseconds / 1000) s", away: silence, moment)
        }
    }

    private mutating func comeBack(why: String, away: Duration, _ moment: Moment) {
        log(.away(why: why))
        presence.awayTime += away
        takeNewEpoch(moment)
        presence.standing = .deciding(until: moment.now + PeersOptions.patience)
        presence.answered = []
        presence.isReady = false
        presence.readyBy = moment.now + PeersOptions.patience
        settleHold()
    }

    /// A message of a joined peer is about to be applied: while the gateway decides, it may show that others have gone on.
    mutating func meet(_ place: Int, _ message: PeerMessage, _ moment: Moment) {
        if presence.standing == .alone {
            presence.standing = .deciding(until: moment.now + PeersOptions.patience)
            presence.answered = []
            presence.isReady = false
            presence.readyBy = moment.now + PeersOptions.patience
            settleHold()
        }
        guard presence.isDeciding else { return }
        presence.answered.insert(peers[place].id)
        // One that has just begun, and has nothing yet, has not gone on with anything.
        guard !message.away, message.ready || !message.reset else { return }
        presence.standing = .together
        origins.removeAll()
        isSourceStale = true
        act(.dropRuns)
        log(.runsDropped(because: peers[place].id))
        retryAll(moment)
    }

    /// Ends the decision where nobody is left who could answer.
    mutating func decidePresence(_ moment: Moment) {
        guard case .deciding(let until) = presence.standing else { return }
        let online = peers.filter { $0.isOnline == true }.map(\.id)
        let haveAll = !online.isEmpty && presence.answered.isSuperset(of: online)
        guard haveAll || moment.now >= until else { return }
        let isAlone = presence.answered.isEmpty
        presence.standing = isAlone ? .alone : .together
        log(.runsKept(why: isAlone ? "no peer answers" : "no peer has gone on meanwhile"))
        retryAll(moment)
    }

    private mutating func retryAll(_ moment: Moment) {
        for place in peers.indices {
            if case .wanted = peers[place].resync { peers[place].resync = .wanted(next: moment.now) }
        }
    }

    /// Ready with the full state of every peer that is online; at the latest some time after it could have had it.
    mutating func settleReadiness(_ moment: Moment) {
        defer { settleHold() }
        guard !presence.isReady, !presence.isDeciding else { return }
        let online = peers.filter { $0.isOnline == true }
        // Whoever is ready there is to be known as live first, or this gateway would take all partitions for a moment.
        if isConnected, presence.hasSeenStatus,
            online.allSatisfy({ $0.hasSentAll && ($0.isLive || !$0.said.ready || $0.isOffline) })
        {
            becomeReady(online.isEmpty ? "no peer is online" : "the full state of every peer is here")
        } else if let by = presence.readyBy, moment.now >= by {
            becomeReady("waited long enough for peers")
        }
    }

    private mutating func becomeReady(_ why: String) {
        presence.isReady = true
        presence.readyBy = nil
        log(.ready(why))
        tellAll()
    }

    private mutating func settleHold() {
        let holds = presence.isDeciding || !presence.isReady
        guard holds != presence.holds else { return }
        presence.holds = holds
        act(.hold(holds))
    }
}
