import BoboEngine

extension Peers {
    /// What the time since the last success with a peer, or since the last try, asks for.
    mutating func advancePeriods(_ place: Int, _ moment: Moment, _ source: any RunSource) {
        let now = moment.now
        if peers[place].isInResyncPeriod(now, options) {
            switch peers[place].lastTry {
            case .none:
                peers[place].outbox.drop()
                wantResync(place, why: "it has acknowledged nothing for \(sinceText(place, now))", moment)
            case .sending(let since) where now - since >= options.resyncInterval:
                peers[place].outbox.drop()
                wantResync(place, why: "it did not acknowledge it", moment)
            default: break
            }
        }
        guard isConnected else { return }
        if let message = peers[place].outbox.inFlight,
            now - message.lastSent >= options.interval(hasChanges: message.hasChanges)
        {
            sendAgain(place, moment)
        }
        if case .wanted(let next) = peers[place].resync, now >= next {
            sendOffer(place, moment, source)
            peers[place].resync = .wanted(next: now + options.resyncInterval)
        }
    }

    func sinceText(_ place: Int, _ now: Duration) -> String {
        peers[place].lastSuccess.map { "\((now - $0).wholeMilliseconds / 1000) s" } ?? "as long as it is known"
    }

    /// When the next input must come at the latest: on the monotonic clock.
    package var nextDeadline: Duration {
        let now = lastInput ?? .zero
        guard !isSourceStale else { return now }
        var deadline = now + .seconds(1)
        guard isConnected else { return deadline }
        for place in peers.indices {
            if case .wanted(let next) = peers[place].resync { deadline = min(deadline, next) }
            if let message = peers[place].outbox.inFlight {
                deadline = min(deadline, message.lastSent + options.interval(hasChanges: message.hasChanges))
            } else if !presence.isDeciding, !peers[place].isSendingAll, let oldest = peers[place].waitsSince {
                deadline = min(deadline, oldest + options.batch)
            }
        }
        return max(deadline, now)
    }
}

extension Peer {
    /// What of the full state was tried, and when last.
    enum Try {
        case none
        case wanted
        case sending(since: Duration)
    }

    var lastTry: Try {
        switch resync {
        case .none: .none
        case .wanted: .wanted
        case .sending(_, let since): .sending(since: max(since, outbox.inFlight?.firstSent ?? since))
        }
    }

    func isInResyncPeriod(_ now: Duration, _ options: PeersOptions) -> Bool {
        guard let lastSuccess else { return true }
        return now - lastSuccess >= options.resyncAfter
    }

    /// Since when the oldest change waits. That a run is published waits for company no longer than a change does.
    var waitsSince: Duration? {
        let oldest = [stash.oldest, rests.oldest].compactMap(\.self).min()
        return oldest ?? (publishedToTell.isEmpty ? nil : publishedOldest)
    }
}
