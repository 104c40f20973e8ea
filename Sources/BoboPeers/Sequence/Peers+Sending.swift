import BoboEngine
import CEL

extension Peers {
    /// What each message says of this gateway.
    func head(_ place: Int, _ kind: PeerMessage.Kind, _ moment: Moment) -> PeerMessage {
        var head = PeerMessage()
        head.from = options.gateway
        head.to = peers[place].id
        head.epoch = epoch
        head.kind = kind
        head.reset = peers[place].sendsReset
        head.now = moment.wall
        head.ack = peers[place].joined.map { PeerMessage.Acknowledgment(epoch: $0, seq: peers[place].heard) }
        head.since = peers[place].lastSuccessEver.map { (moment.now - $0).wholeMilliseconds }
        head.away = presence.saysAway
        // One that is to stop takes part no more.
        head.ready = presence.isReady && stop == .none
        if peers[place].statement != statement {
            head.config = options.config
            head.reads =
                stop == .none ? division.reads.mapValues { max(0, (moment.now - $0).wholeMilliseconds) } : [:]
        }
        if !peers[place].needs.isEmpty {
            head.need = Array(peers[place].needs.keys.prefix(1000)).sorted { $0.value < $1.value }
        }
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
        _ place: Int, _ head: PeerMessage, _ body: inout MessageBody, ended: [RunIdentifier],
        changes: (count: Int, oldest: Duration) = (0, .zero), isLastPart: Bool = false, _ moment: Moment
    ) {
        var head = head
        head.seq = peers[place].outbox.nextSeq
        head.echo = peers[place].toEcho
        head.open = isLastPart ? !peers[place].stash.isEmpty || !peers[place].rests.isEmpty : peers[place].isOpen
        head.published = takePublished(place)
        let hasChanges = !body.isEmpty
        let isWhole = peers[place].stash.isEmpty && peers[place].rests.isEmpty && !peers[place].isSendingRuns
        let bytes = post(place, head.json(&body))
        peers[place].outbox.send(
            CountedMessage(
                seq: head.seq, bytes: bytes, firstSent: moment.now, lastSent: moment.now, ended: ended,
                hasChanges: hasChanges, changes: changes, isLastPart: isLastPart, batch: isWhole ? batches : nil,
                statement: head.reads == nil ? nil : statement))
        peers[place].owesCounted = false
        noteSent(place, head)
    }

    private mutating func takePublished(_ place: Int) -> [RunIdentifier] {
        guard !peers[place].publishedToTell.isEmpty else { return [] }
        let taken = peers[place].publishedToTell.prefix(publishedLimit)
        peers[place].publishedToTell.removeFirst(taken.count)
        return Array(taken)
    }

    /// Ids of `published` in one message.
    private var publishedLimit: Int { max(1, options.effectiveMessageLimit / 140) }

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
        let waits = peers[place].waitsSince != nil
        if waits, isDue(place, moment) { return sendStash(place, moment, source) }
        let isQuiet = peers[place].lastSuccess.map { moment.now - $0 >= options.effectivePingAfter } ?? true
        let hasNeeds = !peers[place].needs.isEmpty && peers[place].needs.values.contains(0)
        if peers[place].owesCounted || isQuiet || hasNeeds {
            if waits { return sendStash(place, moment, source) }
            var head = head(place, .ping, moment)
            head.digest = digest(place, source)
            var body = MessageBody(limit: 0)
            sendCounted(place, head, &body, ended: [], moment)
        }
    }

    private func isDue(_ place: Int, _ moment: Moment) -> Bool {
        if peers[place].stash.isUrgent || peers[place].owesAcknowledgment || peers[place].owesCounted { return true }
        guard let oldest = peers[place].waitsSince else { return false }
        // By then it has about reached the size of a message.
        return moment.now - oldest >= options.batch || peers[place].stash.count * 250 >= options.effectiveMessageLimit
    }

    private mutating func sendStash(_ place: Int, _ moment: Moment, _ source: any RunSource) {
        let head = head(place, .sync, moment)
        var body = body(place, head)
        var ended: [RunIdentifier] = []
        let (count, oldest) = (peers[place].stash.count, peers[place].stash.oldest ?? moment.now)
        addChanges(to: &body, &ended, place, moment, source)
        let changes = (count - peers[place].stash.count, oldest)
        sendCounted(place, head, &body, ended: ended, changes: changes, moment)
    }

    /// Adds what waits in the stash.
    /// - Parameter halfOnly: whether it ends when the message is half full.
    mutating func addChanges(
        to body: inout MessageBody, _ ended: inout [RunIdentifier], halfOnly: Bool = false, _ place: Int,
        _ moment: Moment, _ source: any RunSource
    ) {
        guard addRests(to: &body, place, moment) else { return }
        while let (run, content) = peers[place].stash.first() {
            if halfOnly, body.isHalfFull { return }
            switch add(run, content, to: &body, place, moment, source) {
            case .full: return
            case .begun(let known):
                peers[place].bases[run] = known
                return
            case .tooLarge(let bytes):
                // There is no message for it; that a run has ended can be said without.
                noteTooLarge(place, bytes, moment)
                if !content.isUpdate, let record = remembered[run],
                    case .full = addEnd(run, record, to: &body, moment)
                {
                    return
                }
                if !content.isUpdate { ended.append(run) }
                peers[place].bases[run] = nil
                peers[place].stash.removeFirst(now: moment.now)
            case .added(let known):
                if content.isUpdate {
                    peers[place].bases[run] = known
                } else {
                    peers[place].bases[run] = nil
                    ended.append(run)
                }
                peers[place].stash.removeFirst(now: moment.now)
            }
        }
    }

    /// A body for the message, as large as its head leaves room for.
    func body(_ place: Int, _ head: PeerMessage) -> MessageBody {
        let room = bodyLimit(place, head)
        return MessageBody(
            limit: room, most: options.effectiveLargestMessage - (options.effectiveMessageLimit - room),
            table: peers[place].table)
    }

    mutating func noteTooLarge(_ place: Int, _ bytes: Int, _ moment: Moment) {
        counters.tooLarge += 1
        if let last = lastTooLarge, moment.now - last < .seconds(60) { return }
        lastTooLarge = moment.now
        log(.tooLarge(peers[place].id, bytes: bytes))
    }

    private func bodyLimit(_ place: Int, _ head: PeerMessage) -> Int {
        let names = (head.reads ?? [:]).keys.reduce(0) { $0 + $1.utf8.count + 16 }
        let patterns = (head.patterns ?? []).reduce(0) { $0 + 100 + $1.phenomenon.utf8.count + $1.pattern.utf8.count }
        let ids = head.need.count + min(peers[place].publishedToTell.count, publishedLimit)
        return max(1024, options.effectiveMessageLimit - 1024 - names - 35 * ids - patterns)
    }

    /// Adds the run as it is now.
    private func add(
        _ run: RunIdentifier, _ content: Stash.Content, to body: inout MessageBody, _ place: Int, _ moment: Moment,
        _ source: any RunSource
    ) -> MessageBody.Outcome {
        switch content {
        case .updated: return addActive(run, to: &body, place, source)
        case .completed: return addCompleted(run, to: &body, place, moment)
        case .halted(let identity, let key, let timestamp):
            let record = remembered[run]
            guard record?.isCompleted != true else { return .added(nil) }
            return body.halt(
                run, of: identity, key: key, timestamp: timestamp, ended: record.map { age($0, moment) } ?? 0)
        }
    }

    func addActive(
        _ run: RunIdentifier, to body: inout MessageBody, _ place: Int, _ source: any RunSource
    ) -> MessageBody.Outcome {
        // One that has ended by itself since is sent no more.
        guard remembered[run] == nil else { return .added(nil) }
        let known = peers[place].bases[run]
        guard let copy = known.flatMap({ source.copy(of: run, after: $0) }) ?? source.copy(of: run) else {
            return .added(nil)
        }
        return body.update(copy)
    }

    /// That a completed or halted run has ended, and no more.
    func addEnd(
        _ run: RunIdentifier, _ record: Remembered.Record, to body: inout MessageBody, _ moment: Moment
    ) -> MessageBody.Outcome {
        let name = remembered.names[Int(record.name)]
        return body.brief(
            run, record.isCompleted ? .completed : .halted, phenomenon: name.phenomenon, pattern: name.pattern,
            ended: age(record, moment))
    }

    func addCompleted(
        _ run: RunIdentifier, to body: inout MessageBody, _ place: Int, _ moment: Moment
    ) -> MessageBody.Outcome {
        guard let record = remembered[run] else { return .added(nil) }
        guard let completed = remembered.completed[run] else { return addEnd(run, record, to: &body, moment) }
        return body.complete(
            completed.after(peers[place].bases[run]),
            MessageBody.Completion(
                publisher: completed.publisher, published: record.isPublished, timestamp: completed.timestamp),
            ended: age(record, moment))
    }

    /// For how long the run has ended, in milliseconds.
    func age(_ record: Remembered.Record, _ moment: Moment) -> Int64 {
        max(0, (ages(moment) - record.ended).wholeMilliseconds)
    }
}
