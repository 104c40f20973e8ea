package import BoboEngine

/// The messages that waited at the broker or in a socket while this gateway did not read: after a start, a reconnect with
/// a session, or standing still. What it reads before its mark has come back is old. It is held until it is clear whether
/// others have read it; from then on each old message is decided as it comes, since the broker may hold more of them than
/// it sends unacknowledged, and sends the mark after them all.
package struct WaitedMessages: Sendable {
    private enum State: Sendable {
        case none
        case undecided
        case decided
    }

    private var state = State.none
    /// The mark that ends what is old; each is another one.
    package private(set) var mark = 0
    private var isMarkBack = true
    private var since = Duration.zero
    /// When the reading connection was last known to be good; nil at a start.
    package private(set) var lastGood: Duration?

    package init() {}

    /// Whether what is read is to be held.
    package var holds: Bool { if case .undecided = state { true } else { false } }

    /// Whether what is read now waited.
    package var isOld: Bool { !isMarkBack }

    /// The reading connection is up again, or the gateway has stood still for more than a second: fresh answers of all
    /// peers are needed now (`Peers.ask`), and the mark is to be published.
    /// - Parameter lastGood: when it last was known to read; nil at a start.
    package mutating func begin(lastGood: Duration?, now: Duration) {
        // A second gap before the first is over begins with the first.
        if isMarkBack { self.lastGood = lastGood }
        mark += 1
        isMarkBack = false
        since = now
        state = .undecided
    }

    /// Another mark is to be published: what was read before it is to be told from what comes after it.
    package mutating func renewMark() { mark += 1 }

    /// A mark of this gateway has been read.
    /// - Returns: whether it is the last one.
    @discardableResult
    package mutating func markReturned(_ number: Int) -> Bool {
        guard number == mark else { return false }
        isMarkBack = true
        return true
    }

    /// To be called after each input of the peers.
    /// - Returns: whether what is held may be decided from now on, message by message.
    package mutating func advance(_ peers: Peers, now: Duration) -> Bool {
        guard holds else { return false }
        let isDue = lastGood == nil ? peers.isReady : peers.haveAllOnlineAnswered(since: since)
        guard isDue || now - since >= PeersOptions.patience else { return false }
        state = .decided
        return true
    }

    /// Whether a message of the partition that waited is to be dropped, where each partition has two readers: a peer that
    /// answered has read it for longer than this gateway has not.
    package func isDropped(_ partition: String, _ peers: Peers) -> Bool {
        peers.isReadElsewhere(partition, lastGood: lastGood, since: since)
    }
}

extension Peers {
    /// Whether this gateway takes events and part in what gateways do together.
    package var isReady: Bool { presence.isReady }

    /// Whether the broker has said of a peer that it is gone.
    package func isOffline(_ gateway: String) -> Bool { places[gateway].map { peers[$0].isOnline == false } ?? false }

    /// Whether each peer that is online has answered since the moment, and none is about to send the full state, without which
    /// this gateway may not know yet what halted runs that it has.
    package func haveAllOnlineAnswered(since moment: Duration) -> Bool {
        // Who is online is known once this gateway's own status has come back.
        guard isConnected, presence.hasSeenStatus else { return false }
        let answered = answered(since: moment).any
        return peers.allSatisfy { $0.isOnline != true || answered.contains($0.id) && !$0.owesFullState }
    }

    func isReadElsewhere(_ partition: String, lastGood: Duration?, since moment: Duration) -> Bool {
        let answered = answered(since: moment).any
        return peers.contains { peer in
            guard lastGood == nil ? peer.joined != nil : answered.contains(peer.id),
                let time = peer.said.reads[partition]
            else { return false }
            if let lastGood { return time > (peer.said.readsAt - lastGood).wholeMilliseconds }
            guard let (since, at) = peer.sinceFormerLife else { return false }
            return time > (since + (peer.said.readsAt - at)).wholeMilliseconds
        }
    }

    /// Whether a peer has said that it reads a partition, and did so by then already.
    package func hasRead(_ partition: String, since moment: Duration) -> Bool {
        peers.contains { peer in
            guard peer.joined != nil, let time = peer.said.reads[partition] else { return false }
            return peer.said.readsAt - .milliseconds(time) < moment
        }
    }

    /// Whether a peer says that it has read a partition since later than that.
    package func readsSince(_ partition: String, after moment: Duration) -> Bool {
        peers.contains { peer in
            guard peer.joined != nil, let time = peer.said.reads[partition] else { return false }
            return peer.said.readsAt - .milliseconds(time) > moment
        }
    }

    // MARK: Timers

    /// Whether this gateway decides an `absent` of the run that has been over since then: the first in the run's order, and
    /// should that not come to it, after `resync_after` the next.
    package func decides(_ run: RunIdentifier, since: Duration, at moment: Moment) -> Bool {
        let order = Rendezvous.order(publishers, for: run.description)
        guard let place = order.firstIndex(of: options.gateway) else { return order.isEmpty }
        return moment.now - since >= options.resyncAfter * place
    }

    /// Asks those live peers once more that have answered since the moment, but had changes under way then.
    package mutating func askInFull(since answer: Duration, at moment: Moment, _ source: any RunSource) {
        let answers = answered(since: answer)
        let partly = answers.any.subtracting(answers.inFull)
        for place in peers.indices where peers[place].isLive && partly.contains(peers[place].id) {
            guard peers[place].outbox.acknowledged.map({ moment.now - $0.sent >= options.batch }) ?? false else {
                continue
            }
            peers[place].owesCounted = true
        }
        tick(at: moment, source)
    }

    /// Whether all that live peers changed before the moment is here.
    package func haveAllLiveAnsweredInFull(since moment: Duration) -> Bool {
        let full = answered(since: moment).inFull
        return peers.allSatisfy { !$0.isLive || full.contains($0.id) }
    }
}
