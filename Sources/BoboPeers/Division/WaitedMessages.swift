package import BoboEngine

/// The messages that waited at the broker or in a socket while this gateway did not read: after a start, a reconnect with
/// a session, or standing still. What it reads before its mark has come back is held until it is clear whether others have
/// read it.
package struct WaitedMessages: Sendable {
    package enum Step: Hashable, Sendable {
        case publishMark
        /// Fresh answers of all peers are needed: `Peers.ask`.
        case ask
        /// What is held is to be decided, message by message.
        case decide
    }

    private enum State: Sendable {
        case none
        case marked(Duration)
        case returned(marked: Duration, Duration)
    }

    private var state = State.none
    /// When the reading connection was last known to be good; nil at a start.
    package private(set) var lastGood: Duration?

    package init() {}

    /// Whether what is read is to be held.
    package var holds: Bool { if case .none = state { false } else { true } }

    /// The reading connection is up again, or the gateway has stood still for more than a second.
    /// - Parameter lastGood: when it last was known to read; nil at a start.
    package mutating func begin(lastGood: Duration?, now: Duration) -> [Step] {
        // A second gap before the first is decided begins with the first.
        if !holds { self.lastGood = lastGood }
        state = .marked(now)
        return [.publishMark, .ask]
    }

    package mutating func markReturned(now: Duration) {
        if case .marked(let marked) = state { state = .returned(marked: marked, now) }
    }

    /// - Parameter peers: to be asked after each of its inputs.
    package mutating func advance(_ peers: Peers, now: Duration) -> [Step] {
        guard case .returned(let marked, let returned) = state else { return [] }
        let isDue = lastGood == nil ? peers.isReady : peers.haveAllOnlineAnswered(since: marked)
        guard isDue || now - returned >= PeersOptions.patience else { return [] }
        decidedSince = marked
        state = .none
        return [.decide]
    }

    /// Since when answers count for what is being decided.
    package private(set) var decidedSince = Duration.zero

    /// Whether a message of the partition that waited is to be dropped, where each partition has two readers: a peer that
    /// answered has read it for longer than this gateway has not.
    package func isDropped(_ partition: String, _ peers: Peers) -> Bool {
        peers.isReadElsewhere(partition, lastGood: lastGood, since: decidedSince)
    }
}

extension Peers {
    /// Whether this gateway takes events and part in what gateways do together.
    package var isReady: Bool { presence.isReady }

    package func haveAllOnlineAnswered(since moment: Duration) -> Bool {
        let answered = answered(since: moment).any
        return peers.allSatisfy { $0.isOnline != true || answered.contains($0.id) }
    }

    func isReadElsewhere(_ partition: String, lastGood: Duration?, since moment: Duration) -> Bool {
        let answered = answered(since: moment).any
        return peers.contains { peer in
            guard lastGood == nil ? peer.joined != nil : answered.contains(peer.id),
                let time = peer.said.reads[partition]
            else { return false }
            if let lastGood { return time > (peer.said.readsAt - lastGood).milliseconds }
            return peer.said.since.map { time > $0 } ?? false
        }
    }

    // MARK: Timers

    /// The gateway that decides an `absent` of the run.
    package func decider(of run: RunIdentifier) -> String {
        Rendezvous.first(publishers, for: run.description) ?? options.gateway
    }

    /// Whether all that live peers changed before the moment is here.
    package func haveAllLiveAnsweredInFull(since moment: Duration) -> Bool {
        let full = answered(since: moment).inFull
        return peers.allSatisfy { !$0.isLive || full.contains($0.id) }
    }
}
