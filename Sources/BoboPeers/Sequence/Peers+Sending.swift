import BoboEngine
import CEL

extension Peers {
    /// What each message says of this gateway.
    func head(_ place: Int, _ kind: PeerMessage.Kind, _ moment: Moment) -> PeerMessage {
        let peer = peers[place]
        var head = PeerMessage()
        head.from = options.gateway
        head.to = peer.id
        head.epoch = epoch
        head.kind = kind
        head.reset = peer.sendsReset
        head.now = moment.wall
        head.ack = peer.joined.map { PeerMessage.Acknowledgment(epoch: $0, seq: peer.heard) }
        head.since = peer.lastSuccessEver.map { (moment.now - $0).milliseconds }
        head.away = presence.saysAway
        // One that is to stop takes part no more.
        head.ready = presence.isReady && stop == .none
        head.config = options.config
        if stop == .none {
            head.reads = division.reads.mapValues { max(0, (moment.now - $0).milliseconds) }
        }
        head.need = Array(peer.needs.keys.prefix(1000)).sorted { $0.value < $1.value }
        return head
    }

    /// Seals and sends.
    /// - Returns: the bytes as they went.
    mutating func post(_ place: Int, _ json: [UInt8]) -> [UInt8] {
        var bytes = json
        if seal != nil {
            let header = Seal.Header(
                from: options.gateway, to: peers[place].id, epoch: epoch, number: peers[place].outbox.nextSealed())
            guard let sealed = seal?.seal(json, header) else { return [] }
            bytes = sealed
        }
        counters.sent += 1
        act(.send(to: peers[place].id, bytes))
        return bytes
    }

    private mutating func noteSent(_ place: Int, _ head: PeerMessage) {
        peers[place].toEcho = nil
        peers[place].owesAcknowledgment = false
        for run in head.need {
            let asked = (peers[place].needs[run] ?? 0) + 1
            // Whoever does not answer does not have the run any more.
            peers[place].needs[run] = asked < 8 ? asked : nil
        }
    }

    /// Sends a message that is not counted.
    mutating func sendUncounted(_ place: Int, _ head: PeerMessage) {
        var head = head
        head.seq = 0
        head.echo = peers[place].toEcho
        head.open = peers[place].isOpen || peers[place].outbox.inFlight?.hasChanges == true
        var body = MessageBody(limit: 0)
        _ = post(place, head.json(&body))
        noteSent(place, head)
    }

    mutating func sendCounted(
        _ place: Int, _ head: PeerMessage, _ body: inout MessageBody, ended: [RunIdentifier], isLastPart: Bool = false,
        _ moment: Moment
    ) {
        var head = head
        head.seq = peers[place].outbox.nextSeq
        head.echo = peers[place].toEcho
        head.open = isLastPart ? !peers[place].stash.isEmpty : peers[place].isOpen
        head.published = takePublished(place)
        let hasChanges = !body.isEmpty
        let isWhole = peers[place].stash.isEmpty && (isLastPart || !peers[place].isSendingAll)
        let bytes = post(place, head.json(&body))
        peers[place].outbox.send(
            CountedMessage(
                seq: head.seq, bytes: bytes, firstSent: moment.now, lastSent: moment.now, ended: ended,
                hasChanges: hasChanges, isLastPart: isLastPart, batch: isWhole ? batches : nil))
        peers[place].owesCounted = false
        noteSent(place, head)
    }

    private mutating func takePublished(_ place: Int) -> [RunIdentifier] {
        let taken = peers[place].publishedToTell.prefix(max(1, options.messageLimit / 140))
        peers[place].publishedToTell.removeFirst(taken.count)
        return Array(taken)
    }

    mutating func sendAgain(_ place: Int, _ moment: Moment) {
        guard let bytes = peers[place].outbox.sendAgain(moment.now) else { return }
        counters.sentAgain += 1
        act(.send(to: peers[place].id, bytes))
    }

    /// Sends the peer what may and should go now.
    mutating func pump(_ place: Int, _ moment: Moment, _ source: any RunSource) {
        guard peers[place].joined != nil else { return }
        if !presence.isDeciding, peers[place].outbox.inFlight == nil {
            switch peers[place].resync {
            case .sending: sendPart(place, moment, source)
            case .wanted: break
            case .none: sendChanges(place, moment, source)
            }
        }
        if peers[place].owesAcknowledgment || peers[place].toEcho != nil {
            sendUncounted(place, head(place, .ping, moment))
        }
    }

    private mutating func sendChanges(_ place: Int, _ moment: Moment, _ source: any RunSource) {
        let peer = peers[place]
        let waits = !peer.stash.isEmpty || !peer.publishedToTell.isEmpty
        if waits, isDue(peer, moment) { return sendStash(place, moment, source) }
        let isQuiet = peer.lastSuccess.map { moment.now - $0 >= options.effectivePingAfter } ?? true
        let hasNeeds = peer.needs.values.contains(0)
        if peer.owesCounted || isQuiet || hasNeeds {
            if waits { return sendStash(place, moment, source) }
            var head = head(place, .ping, moment)
            head.digest = digest(place, source)
            var body = MessageBody(limit: 0)
            sendCounted(place, head, &body, ended: [], moment)
        }
    }

    func isDue(_ peer: Peer, _ moment: Moment) -> Bool {
        if peer.stash.isUrgent || peer.owesAcknowledgment || peer.owesCounted { return true }
        guard let oldest = peer.stash.oldest ?? peer.publishedSince else { return false }
        // By then it has about reached the size of a message.
        return moment.now - oldest >= options.batch || peer.stash.count * 400 >= options.messageLimit
    }

    private mutating func sendStash(_ place: Int, _ moment: Moment, _ source: any RunSource) {
        let head = head(place, .sync, moment)
        var body = MessageBody(limit: bodyLimit(head))
        var ended: [RunIdentifier] = []
        fill: while let (run, content) = peers[place].stash.first() {
            let outcome = add(run, content, to: &body, place, moment, source)
            switch outcome {
            case .full: break fill
            case .begun(let known):
                peers[place].bases[run] = known
                break fill
            case .added(let known):
                if case .updated = content {
                    peers[place].bases[run] = known
                } else {
                    peers[place].bases[run] = nil
                    ended.append(run)
                }
                peers[place].stash.removeFirst(now: moment.now)
            }
        }
        sendCounted(place, head, &body, ended: ended, moment)
    }

    func bodyLimit(_ head: PeerMessage) -> Int {
        let names = head.reads.keys.reduce(0) { $0 + $1.utf8.count + 16 }
        let patterns = (head.patterns ?? []).reduce(0) { $0 + 100 + $1.phenomenon.utf8.count + $1.pattern.utf8.count }
        return max(1024, options.messageLimit - 1024 - names - 35 * head.need.count - patterns)
    }

    /// Adds the run as it is now.
    private func add(
        _ run: RunIdentifier, _ content: Stash.Content, to body: inout MessageBody, _ place: Int, _ moment: Moment,
        _ source: any RunSource
    ) -> MessageBody.Outcome {
        switch content {
        case .updated:
            // One that has ended by itself since is sent no more.
            guard let copy = source.copy(of: run), remembered[run] == nil else { return .added(nil) }
            return body.update(copy, known: peers[place].bases[run])
        case .completed: return addCompleted(run, to: &body, place, moment)
        case .halted(let identity, let key, let timestamp):
            let record = remembered[run]
            guard record?.isCompleted != true else { return .added(nil) }
            return body.halt(
                run, of: identity, key: key, timestamp: timestamp, ended: record.map { age($0, moment) } ?? 0)
        }
    }

    func addCompleted(
        _ run: RunIdentifier, to body: inout MessageBody, _ place: Int, _ moment: Moment
    ) -> MessageBody.Outcome {
        guard let record = remembered[run] else { return .added(nil) }
        guard let completed = remembered.completed[run] else {
            let name = remembered.names[Int(record.name)]
            return body.brief(
                run, .completed, phenomenon: name.phenomenon, pattern: name.pattern, ended: age(record, moment))
        }
        return body.complete(
            completed.copy, known: peers[place].bases[run],
            MessageBody.Completion(
                publisher: completed.publisher, published: record.isPublished, timestamp: completed.timestamp),
            ended: age(record, moment))
    }

    /// For how long the run has ended, in milliseconds.
    func age(_ record: Remembered.Record, _ moment: Moment) -> Int64 {
        max(0, (ages(moment) - record.ended).milliseconds)
    }
}

extension Peer {
    /// That a run is published waits for company no longer than a change does.
    var publishedSince: Duration? { publishedToTell.isEmpty ? nil : publishedOldest }
}
