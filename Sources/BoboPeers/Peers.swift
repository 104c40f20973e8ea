package import BoboEngine
import CEL

/// The peers' protocol of one gateway, without I/O and without a clock: messages, statuses, local changes and the time go
/// in, and what is to be done comes out. `docs/peer-protocol.md` says what goes over the wire.
///
/// After each input the actions are to be carried out, in order, before the next input: what is sent later is made from
/// what the engine has then.
package struct Peers {
    var options: PeersOptions
    var random: any RandomNumberGenerator & Sendable
    var seal: Seal?
    var epoch: Random128
    var peers: [Peer]
    var places: [String: Int] = [:]
    var remembered: Remembered
    var restOrigins = AgeingRuns<RestOrigin>()
    var origins = AgeingRuns<Origin>()
    /// Completed runs whose history may be needed no more.
    var mayBeDone: [RunIdentifier] = []
    /// Completed runs that another gateway is to publish.
    var awaited = AgeingRuns<Void>()
    /// Whether it is to be looked whether the publishers of all these are there.
    var publishersChanged = false
    private(set) var lastPublishers: [String] = []
    var publishing: Set<RunIdentifier> = []
    var division: Division
    var presence = Presence()
    /// Whether the connection of the inbox is up.
    var isConnected = false
    var stop = Stop.none
    /// Whether nothing is left for this gateway to read of what others have taken: told by who reads.
    package var hasMadeWay = true
    /// Whether messages were read that are still to be taken: told by who reads. What comes of them is to be sent, too,
    /// before this gateway stops.
    package var hasWaiting = false
    package var counters = PeerCounters()
    private(set) var actions: [PeerAction] = []
    var lastInput: Duration?
    var lastFault: Duration?
    var lastTooLarge: Duration?
    /// The least that the broker has refused for its size, or less.
    private var refusedSize = Int.max
    var lastPrune = Duration.zero
    var mismatches: Set<PeerLog> = []
    var evicted = 0
    /// Counts what this gateway has said of its partitions, each time another thing: it stands in messages until a peer has
    /// acknowledged it.
    var statement = 0
    /// Counts what peers have said of theirs.
    package internal(set) var statementsHeard = 0
    var heardClock: Int64?
    /// Batches of local changes taken.
    var batches = 0
    /// The engine is told to drop its runs; until it has, it is not to be asked for them.
    var isSourceStale = false

    /// - Parameter random: for epochs and tokens; a source that nobody can foresee, but in simulations.
    package init(_ options: PeersOptions, random: any RandomNumberGenerator & Sendable, at moment: Moment) {
        self.options = options
        self.random = random
        epoch = Random128(using: &self.random)
        peers = options.peers.sorted().map(Peer.init(id:))
        for (place, peer) in peers.enumerated() { places[peer.id] = place }
        seal = options.key.flatMap { Seal(key: $0, prefix: options.prefix) }
        remembered = Remembered(age: options.rememberAge, limit: options.rememberedRuns)
        division = Division(options.division, gateway: options.gateway)
        presence.lastApplied = moment.now
        lastInput = moment.now
        actions.append(.hold(true))
    }

    // MARK: In

    /// Takes a message from this gateway's inbox.
    package mutating func receive(_ bytes: [UInt8], at moment: Moment, _ source: any RunSource) {
        begin(moment)
        counters.received += 1
        do throws(MessageFault) {
            try take(bytes, moment, source)
        } catch {
            drop(error, moment)
        }
        settle(moment, source)
    }

    /// Takes what a status topic says.
    /// - Parameter isRetained: whether the broker had stored it before this gateway subscribed.
    package mutating func status(
        of gateway: String, isOnline: Bool, isRetained: Bool, at moment: Moment, _ source: any RunSource
    ) {
        begin(moment)
        if gateway == options.gateway {
            if isOnline, !isRetained { presence.hasSeenStatus = true }
            if !isOnline, isConnected, stop == .none { act(.status(isOnline: true)) }
        } else if let place = places[gateway] {
            peers[place].isOnline = isOnline
            if !isOnline { peers[place].isOffline = true }
            // It hears at once that this gateway is there; a new life is to be joined soon.
            if isOnline { peers[place].owesCounted = true }
            if isOnline, case .wanted = peers[place].resync { peers[place].resync = .wanted(next: moment.now) }
        }
        settle(moment, source)
    }

    /// The connection of the inbox is up and subscribed, or lost.
    /// - Parameter limit: bytes of a message that the broker takes at most; nil: as many as there are.
    package mutating func connection(
        isUp: Bool, limit: Int? = nil, at moment: Moment, _ source: any RunSource
    ) {
        begin(moment)
        isConnected = isUp
        if isUp { take(brokerLimit: limit, moment) }
        presence.hasSeenStatus = false
        if isUp {
            if !presence.isReady, presence.readyBy == nil { presence.readyBy = moment.now + PeersOptions.patience }
            act(.status(isOnline: true))
            tellAll()
            for place in peers.indices {
                if case .wanted = peers[place].resync { peers[place].resync = .wanted(next: moment.now) }
                // What was sent just before may be lost.
                if peers[place].outbox.inFlight != nil { sendAgain(place, moment) }
            }
        } else {
            for place in peers.indices { peers[place].isOnline = nil }
        }
        settle(moment, source)
    }

    /// The broker has refused a message to a peer, since it is too large: smaller ones are made from now on.
    package mutating func refused(bytes: Int, at moment: Moment, _ source: any RunSource) {
        begin(moment)
        // Far less, since mosquitto closes the connection each time.
        refusedSize = min(refusedSize, max(bytes / 8, PeersOptions.leastMessage))
        take(brokerLimit: options.brokerLimit, moment)
        settle(moment, source)
    }

    /// What is under way and larger than the broker takes would be sent in vain for ever: the full state takes its place.
    private mutating func take(brokerLimit: Int?, _ moment: Moment) {
        let limit = refusedSize < brokerLimit ?? .max ? refusedSize : brokerLimit
        options.brokerLimit = limit
        if let limit, limit < PeersOptions.leastMessage { log(.smallPackets(limit)) }
        for place in peers.indices {
            guard let limit, let message = peers[place].outbox.inFlight, message.bytes.count > limit else { continue }
            peers[place].outbox.drop()
            wantResync(place, why: "the broker takes no message of \(message.bytes.count) bytes", moment)
        }
    }

    /// The partitions that this gateway reads, each with the time since when; none while the reading connection is lost.
    package mutating func reads(_ reads: [String: Duration], at moment: Moment, _ source: any RunSource) {
        begin(moment)
        if reads.count != division.reads.count || reads.keys.contains(where: { division.reads[$0] == nil }) {
            tellAll()
        }
        if reads != division.reads { statement += 1 }
        division.reads = reads
        settle(moment, source)
    }

    /// Time has passed, or an earlier call asks to be followed at once.
    package mutating func tick(at moment: Moment, _ source: any RunSource) {
        begin(moment)
        settle(moment, source)
    }

    /// Asks all live peers for an answer that is younger than this moment; see `answered(since:)`.
    package mutating func ask(at moment: Moment, _ source: any RunSource) {
        begin(moment)
        tellAll()
        settle(moment, source)
    }

    /// The patterns have changed, and with them, it may be, the partitions.
    package mutating func replace(
        _ division: DivisionOptions, config: Hash128, at moment: Moment, _ source: any RunSource
    ) {
        begin(moment)
        let reads = self.division.reads
        if division != options.division {
            options.division = division
            self.division = Division(division, gateway: options.gateway)
            self.division.reads = reads.filter { division.partitions.contains($0.key) }
        }
        options.config = config
        // They hear what runs here now, and what runs of it.
        for place in peers.indices where peers[place].joined != nil {
            wantResync(place, why: "the patterns have changed", moment)
        }
        tellAll()
        settle(moment, source)
    }

    // MARK: Out

    /// What is to be done because of all input since the last call.
    package mutating func takeActions() -> [PeerAction] {
        guard !actions.isEmpty else { return [] }
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    /// The latest that a peer has said its engine's clock is, since the last call: milliseconds since 1970.
    package mutating func takeClock() -> Int64? {
        defer { heardClock = nil }
        return heardClock
    }

    /// The present epoch, in short.
    package var incarnation: String { String(epoch.description.prefix(8)) }

    package var hasActions: Bool { !actions.isEmpty }

    mutating func act(_ action: PeerAction) { actions.append(action) }

    mutating func log(_ log: PeerLog) { actions.append(.log(log)) }

    // MARK: Each input

    mutating func begin(_ moment: Moment) {
        isSourceStale = false
        let gap = moment.now - (lastInput ?? moment.now)
        lastInput = moment.now
        notePresence(gap: gap, moment)
    }

    /// What follows from an input and from the time: once at the end of each.
    mutating func settle(_ moment: Moment, _ source: any RunSource) {
        decidePresence(moment)
        for place in peers.indices { advancePeriods(place, moment, source) }
        settleLiveness(moment)
        settleReadiness(moment)
        settleDivision(moment)
        settlePublishing(moment)
        settleStop(moment)
        if isConnected, !isSourceStale { for place in peers.indices { pump(place, moment, source) } }
        dropSomeHistories()
        prune(moment)
    }

    /// - Returns: whether other gateways take part in publishing than when it was asked last.
    mutating func notePublishers() -> Bool {
        let publishers = publishers
        defer { lastPublishers = publishers }
        return publishers != lastPublishers
    }

    /// Tells all peers of a change in what each message says of this gateway.
    mutating func tellAll() {
        for place in peers.indices { peers[place].owesCounted = true }
    }

    private mutating func prune(_ moment: Moment) {
        guard moment.now - lastPrune >= .seconds(1) else { return }
        lastPrune = moment.now
        let live = peers.indices.filter { peers[$0].isLive }
        let aged = remembered.forget(now: ages(moment)) { run in
            live.contains { peers[$0].unacknowledged.contains(run) }
        }
        let forgotten = aged + remembered.takeEvicted()
        for place in peers.indices where !live.contains(place) && !peers[place].unacknowledged.isEmpty {
            peers[place].unacknowledged.subtract(forgotten)
        }
        if remembered.evicted > evicted {
            log(.forgottenEarly(remembered.evicted))
            evicted = remembered.evicted
        }
        pruneOrigins(moment)
    }

    private mutating func drop(_ fault: MessageFault, _ moment: Moment) {
        counters.dropped += 1
        if let last = lastFault, moment.now - last < .seconds(60) { return }
        lastFault = moment.now
        log(.dropped(fault))
    }
}
