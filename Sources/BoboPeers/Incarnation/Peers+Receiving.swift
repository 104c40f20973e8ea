import BoboEngine
import CEL

extension Peers {
    /// Takes a message: whether its sender is who it says, lives now, and counts on.
    mutating func take(_ bytes: [UInt8], _ moment: Moment, _ source: any RunSource) throws(MessageFault) {
        guard bytes.count <= MessageLimits.size + 8192 else { throw .tooLarge(bytes.count) }
        let (message, number) = try read(bytes)
        guard message.to == options.gateway, let place = places[message.from] else { throw .stranger }
        let now = moment.now

        let namesUs = message.ack?.epoch == epoch
        var livesNow = false
        if namesUs, let echo = message.echo { livesNow = peers[place].tokens.redeem(echo, now) }
        if peers[place].joined != message.epoch || !namesUs {
            guard livesNow else { return challenge(place, message, moment) }
            join(place, message.epoch, moment)
        }
        if let number {
            if message.seq == 0, number <= peers[place].heardSealed { throw .replayed }
            peers[place].heardSealed = max(peers[place].heardSealed, number)
        }
        // One that is not counted says nothing new where it is older than another.
        let acknowledged = message.ack?.seq ?? 0
        if message.seq == 0, !livesNow, acknowledged < peers[place].heardAcknowledged {
            counters.repeated += 1
            return
        }
        peers[place].heardAcknowledged = max(peers[place].heardAcknowledged, acknowledged)
        if let token = message.token { peers[place].toEcho = token }

        if message.seq > 0, message.seq <= peers[place].heard {
            counters.repeated += 1
            peers[place].owesAcknowledgment = true
            acknowledge(place, message, moment)
            if livesNow, case .wanted = peers[place].resync { beginResync(place, moment, source) }
            return
        }
        if message.seq > 0 {
            guard message.seq == peers[place].heard + 1 || (message.kind == .resync && message.part == 1) else {
                counters.outOfOrder += 1
                return
            }
        }
        meet(place, message, moment)
        acknowledge(place, message, moment)
        for run in message.need { answerNeed(place, run, moment, source) }
        note(place, message, moment, source)
        if livesNow, case .wanted = peers[place].resync { beginResync(place, moment, source) }
        if message.seq > 0 {
            peers[place].heard = message.seq
            peers[place].owesAcknowledgment = true
            if message.kind == .resync, message.part == 1 { peers[place].needs = [:] }
            apply(place, message, moment, source)
            noteParts(place, message, moment)
        }
        counters.applied += 1
    }

    private mutating func read(_ bytes: [UInt8]) throws(MessageFault) -> (PeerMessage, number: UInt64?) {
        guard seal != nil else {
            guard bytes.first == UInt8(ascii: "{") else { throw .sealing }
            return (try PeerMessage(json: bytes), nil)
        }
        // Whoever is no peer is not worth a key.
        guard let header = try seal?.header(bytes).0, header.to == options.gateway, places[header.from] != nil else {
            throw .stranger
        }
        guard let (_, json) = try seal?.open(bytes) else { throw .sealing }
        let message = try PeerMessage(json: json)
        guard message.from == header.from, message.to == header.to, message.epoch == header.epoch else {
            throw .notAuthentic
        }
        return (message, header.number)
    }

    /// Takes what each message says of its sender.
    private mutating func note(_ place: Int, _ message: PeerMessage, _ moment: Moment, _ source: any RunSource) {
        let id = peers[place].id
        peers[place].isOffline = false
        presence.lastApplied = moment.now
        if let clock = message.clock { heardClock = max(clock, heardClock ?? clock) }
        peers[place].said.ready = message.ready
        peers[place].said.away = message.away
        notePartitions(place, message, moment)
        if message.kind == .resync, let part = message.part, let parts = message.parts {
            peers[place].owesFullState = part < max(parts, 1)
        } else if message.seq > 0 {
            peers[place].owesFullState = false
        }
        if let patterns = message.patterns {
            peers[place].said.patterns = Set(patterns)
            if message.seq > 0 { peers[place].tableHeard = PatternTable(patterns) }
        }
        peers[place].clock.note(message.now - moment.wall, now: moment.now)
        if peers[place].clock.isNewlyWrong(), let least = peers[place].clock.least {
            log(.clockDiffers(id, milliseconds: least))
        }
        if message.reset {
            peers[place].beganAnew = true
            if peers[place].resetAnswered != message.epoch {
                peers[place].resetAnswered = message.epoch
                forgetUnacknowledged(place)
                if !peers[place].isSendingAll {
                    peers[place].resync = .wanted(next: moment.now)
                    beginResync(place, moment, source)
                }
            }
        }
        if let digest = message.digest, message.seq > 0 { compare(place, digest, message, moment, source) }
    }

    /// What it reads, and its kind: as it says, or as its last counted message that did said.
    private mutating func notePartitions(_ place: Int, _ message: PeerMessage, _ moment: Moment) {
        if let reads = message.reads {
            peers[place].said.reads = reads
            peers[place].said.readsAt = moment.now
            statementsHeard += 1
            if message.seq > 0 { peers[place].said.lastingReads = (reads, moment.now) }
        } else {
            (peers[place].said.reads, peers[place].said.readsAt) = peers[place].said.lastingReads
        }
        peers[place].note(since: message.since, now: moment.now)
        if message.seq > 0, let config = message.config { peers[place].said.lastingConfig = config }
        let config = message.config ?? peers[place].said.lastingConfig
        guard peers[place].said.config != config else { return }
        peers[place].said.config = config
        if config != options.config, config != nil { log(.configurationMismatch(peers[place].id)) }
    }

    private mutating func noteParts(_ place: Int, _ message: PeerMessage, _ moment: Moment) {
        guard message.kind == .resync, let part = message.part, let parts = message.parts else { return }
        if part == 1 {
            peers[place].nextPart = 1
            peers[place].received = (0, 0)
            peers[place].fullStateBegan = moment.now
        }
        guard part == peers[place].nextPart else { return }
        peers[place].nextPart += 1
        for (kind, entry) in message.orderedEntries {
            if kind == .updated {
                peers[place].received.active += entry.identifiers.count
            } else {
                peers[place].received.ended += entry.identifiers.count
            }
        }
        guard part == parts else { return }
        peers[place].hasSentAll = true
        settleForgotten(place, since: peers[place].fullStateBegan, moment)
        let (active, ended) = peers[place].received
        log(.received(peers[place].id, active: active, ended: ended))
    }

    /// Takes the acknowledgment that a message bears.
    private mutating func acknowledge(_ place: Int, _ message: PeerMessage, _ moment: Moment) {
        guard let ack = message.ack, ack.epoch == epoch else { return }
        if let sent = peers[place].outbox.acknowledge(ack.seq) { succeed(place, sent, needs: message.need, moment) }
        if !message.open, let last = peers[place].outbox.acknowledged, last.seq == ack.seq {
            peers[place].answeredInFull = max(last.sent, peers[place].answeredInFull ?? last.sent)
        }
    }

    private mutating func succeed(_ place: Int, _ sent: CountedMessage, needs: [RunIdentifier], _ moment: Moment) {
        if sent.changes.count > 0 {
            peers[place].delays.note(moment.now - sent.changes.oldest, count: sent.changes.count, now: moment.now)
        }
        peers[place].lastSuccess = moment.now
        peers[place].lastSuccessEver = moment.now
        peers[place].sendsReset = false
        if let statement = sent.statement { peers[place].statement = statement }
        if let batch = sent.batch { peers[place].acknowledgedBatch = batch }
        // What the peer asks for whole it does not have yet.
        let ended = needs.isEmpty ? sent.ended : sent.ended.filter { !needs.contains($0) }
        peers[place].unacknowledged.subtract(ended)
        for run in ended { dropHistoryIfDone(run) }
        guard sent.isLastPart, case .sending(let plan, _) = peers[place].resync, plan.isDone else { return }
        peers[place].resync = .none
        log(.resynced(peers[place].id, runs: plan.count, parts: plan.part - 1))
    }

    /// The peers that have acknowledged a counted message that was sent after the moment, and of these the ones all of
    /// whose changes of before are here.
    package func answered(since moment: Duration) -> (any: Set<String>, inFull: Set<String>) {
        var some: Set<String> = []
        var full: Set<String> = []
        for peer in peers {
            if let sent = peer.outbox.acknowledged?.sent, sent >= moment, peer.joined != nil { some.insert(peer.id) }
            if let sent = peer.answeredInFull, sent >= moment, peer.joined != nil { full.insert(peer.id) }
        }
        return (some, full)
    }
}
