import BoboEngine

/// How far a planned stop is.
enum Stop: Equatable {
    case none
    /// New readers are waited for, at most until then.
    case makingWay(until: Duration)
    /// What is left is sent, at most until then.
    case sending(until: Duration, isTaken: Bool)
    case done
}

extension Peers {
    /// The gateway is to stop: it says that it reads nothing, and waits for new readers and for what is left to go.
    package mutating func requestStop(at moment: Moment, _ source: any RunSource) {
        begin(moment)
        if stop == .none {
            stop = .makingWay(until: moment.now + .seconds(2))
            statement += 1
            tellAll()
        }
        settle(moment, source)
    }

    /// Whether the gateway is to read no more, since it stops.
    package var isFinishing: Bool {
        switch stop {
        case .none, .makingWay: false
        case .sending, .done: true
        }
    }

    mutating func settleStop(_ moment: Moment) {
        if case .makingWay(let until) = stop {
            let taken =
                hasMadeWay
                && division.reads.keys.allSatisfy { partition in
                    peers.contains { $0.isLive && $0.said.reads[partition] != nil }
                }
            let isAlone = !peers.contains(where: \.isLive)
            guard taken || isAlone || moment.now >= until else { return }
            stop = .sending(until: moment.now + .seconds(3), isTaken: taken && !isAlone)
            // What is read by configuration passes to nobody, and waits in the session.
            if options.division.read.isEmpty { act(.read([])) }
        }
        guard case .sending(let until, let isTaken) = stop else { return }
        // Also that what it was to publish is published: if not, they would do it once more.
        let isSent =
            !hasWaiting && publishing.isEmpty
            && peers.allSatisfy { peer in
                !peer.isLive || (peer.stash.isEmpty && peer.publishedToTell.isEmpty && peer.outbox.inFlight == nil)
            }
        guard isSent || !isConnected || moment.now >= until else { return }
        stop = .done
        act(.status(isOnline: false))
        act(.stopped(sessionMayGo: isTaken))
    }
}
