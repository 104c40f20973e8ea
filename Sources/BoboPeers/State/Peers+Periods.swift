import BoboEngine

extension Peers {
    /// What the time since the last success with a peer, or since the last try, asks for.
    mutating func advancePeriods(_ place: Int, _ moment: Moment, _ source: any RunSource) {
        let now = moment.now
        if isInResyncPeriod(peers[place], now) {
            switch peers[place].resync {
            case .none:
                peers[place].outbox.drop()
                wantResync(place, why: "it has acknowledged nothing for \(sinceText(place, now))", moment)
            case .sending(_, let since)
            where now - max(since, peers[place].outbox.inFlight?.firstSent ?? since)
                >= options.resyncInterval:
                peers[place].outbox.drop()
                wantResync(place, why: "it did not acknowledge it", moment)
            default: break
            }
        }
        guard isConnected else { return }
        if let message = peers[place].outbox.inFlight, now - message.lastSent >= options.effectiveStashInterval {
            sendAgain(place, moment)
        }
        if case .wanted(let next) = peers[place].resync, now >= next {
            sendOffer(place, moment, source)
            peers[place].resync = .wanted(next: now + options.resyncInterval)
        }
    }

    func isInResyncPeriod(_ peer: Peer, _ now: Duration) -> Bool {
        peer.lastSuccess.map { now - $0 >= options.resyncAfter } ?? true
    }

    func sinceText(_ place: Int, _ now: Duration) -> String {
        peers[place].lastSuccess.map { "\((now - $0).milliseconds / 1000) s" } ?? "as long as it is known"
    }

    /// When the next input must come at the latest: on the monotonic clock.
    package var nextDeadline: Duration {
        let now = lastInput ?? .zero
        guard !isSourceStale else { return now }
        var deadline = now + .seconds(1)
        guard isConnected else { return deadline }
        for peer in peers {
            if case .wanted(let next) = peer.resync { deadline = min(deadline, next) }
            if let message = peer.outbox.inFlight {
                deadline = min(deadline, message.lastSent + options.effectiveStashInterval)
            } else if case .none = peer.resync, !presence.isDeciding,
                let oldest = peer.stash.oldest ?? peer.publishedSince
            {
                deadline = min(deadline, oldest + options.batch)
            }
        }
        return max(deadline, now)
    }
}
