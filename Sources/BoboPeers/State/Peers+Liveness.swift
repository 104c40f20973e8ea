import BoboEngine
import CEL

extension Peers {
    /// Finds out who is live: in the SYNC or PING period, ready, and not offline since it was heard.
    mutating func settleLiveness(_ moment: Moment) {
        for place in peers.indices {
            let isLive =
                peers[place].joined != nil && !peers[place].isInResyncPeriod(moment.now, options)
                && peers[place].said.ready && !peers[place].isOffline
            settleLeaving(place, moment)
            guard isLive != peers[place].isLive else { continue }
            if isLive {
                peers[place].isLive = true
                peers[place].liveSince = moment.now
                log(.live(peers[place].id))
            } else {
                let why =
                    peers[place].isOffline
                    ? "its status is offline"
                    : peers[place].said.ready
                        ? "it has acknowledged nothing for \(sinceText(place, moment.now))"
                        : "it takes no part: it stops, or was away"
                goesAway(place, why: why, moment)
            }
        }
    }

    /// A gateway that stops in order takes no part any more, and yet publishes what it was to publish before it goes.
    private mutating func settleLeaving(_ place: Int, _ moment: Moment) {
        let isHere =
            peers[place].joined != nil && !peers[place].isInResyncPeriod(moment.now, options)
            && !peers[place].isOffline && !peers[place].said.away && !peers[place].said.ready
        let isLeaving = isHere && (peers[place].isLive || peers[place].isLeaving)
        guard isLeaving != peers[place].isLeaving else { return }
        if !isLeaving { publishersChanged = true }
        peers[place].isLeaving = isLeaving
    }

    /// A live peer is so no more: what came from it lately is passed on.
    mutating func goesAway(_ place: Int, why: String, _ moment: Moment) {
        guard peers[place].isLive else { return }
        peers[place].isLive = false
        peers[place].liveSince = moment.now
        log(.gone(peers[place].id, why: why))
        passOn(place, moment)
    }

    // MARK: Digest

    /// Of the active runs of patterns that both sides run.
    func digest(_ place: Int, _ source: any RunSource) -> Hash128 {
        source.digest(of: Set(source.patterns).intersection(peers[place].said.patterns))
    }

    mutating func compare(
        _ place: Int, _ other: Hash128, _ message: PeerMessage, _ moment: Moment, _ source: any RunSource
    ) {
        guard !isSourceStale else { return }
        let isOpen =
            message.open || peers[place].isOpen || peers[place].outbox.inFlight?.hasChanges == true
        guard
            peers[place].digest.note(
                own: digest(place, source), other: other, isOpen: isOpen, now: moment.now)
        else { return }
        if let last = peers[place].digest.lastResync, moment.now - last < .seconds(600) { return }
        peers[place].digest.lastResync = moment.now
        counters.digestFaults += 1
        log(.digestsDiffer(peers[place].id))
        wantResync(place, why: "the digests differ", moment)
    }
}
