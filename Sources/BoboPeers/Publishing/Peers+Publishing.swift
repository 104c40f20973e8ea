package import BoboEngine

extension Peers {
    /// The broker has acknowledged the complex events of these runs, and their actions have begun.
    package mutating func published(_ runs: [RunIdentifier], at moment: Moment, _ source: any RunSource) {
        begin(moment)
        for run in runs {
            publishing.remove(run)
            awaited.remove(run)
            guard remembered.publish(run, now: ages(moment)) else { continue }
            for place in peers.indices where peers[place].joined != nil {
                if case .wanted = peers[place].resync { continue }
                if peers[place].publishedToTell.isEmpty { peers[place].publishedOldest = moment.now }
                peers[place].publishedToTell.append(run)
            }
            dropHistoryIfDone(run)
        }
        settle(moment, source)
    }

    /// Who publishes a run that completes here: the first reader of the partition of the event that completed it, else the
    /// first in the run's order.
    func publisher(of run: RunIdentifier, by event: Event?) -> String {
        if let event, event.kind == .simple, let reader = division.firstReader(of: event.topic.name) { return reader }
        return Rendezvous.first(publishers, for: run.description) ?? options.gateway
    }

    /// The gateways that take part in publishing.
    var publishers: [String] {
        var publishers: [String] = []
        for place in peers.indices where peers[place].isLive { publishers.append(peers[place].id) }
        if presence.isReady, stop == .none { publishers.append(options.gateway) }
        return publishers
    }

    /// Another gateway is to publish the run.
    mutating func expectPublished(_ run: RunIdentifier, _ moment: Moment) {
        awaited.set(run, (), now: moment.now)
        if let publisher = remembered.completed[run]?.publisher, !isThere(publisher) { publishersChanged = true }
    }

    private func isThere(_ publisher: String) -> Bool {
        publisher == options.gateway || places[publisher].map { peers[$0].isLive || peers[$0].isLeaving } ?? false
    }

    /// Takes over what a publisher that went away, or says nothing, has left.
    mutating func settlePublishing(_ moment: Moment) {
        guard presence.isReady else { return }
        if notePublishers() { publishersChanged = true }
        guard !awaited.isEmpty else { return publishersChanged = false }
        var mine: [RunIdentifier] = []
        var left: [String: Int] = [:]
        if publishersChanged {
            publishersChanged = false
            for (run, _) in awaited.all {
                guard let completed = remembered.completed[run] else {
                    awaited.remove(run)
                    continue
                }
                let publisher = completed.publisher
                if !isThere(publisher) { takeOver(run, publisher, &mine, &left, moment) }
            }
        }
        while let (run, _) = awaited.takeOldest(before: moment.now - options.resyncAfter) {
            guard let completed = remembered.completed[run] else { continue }
            if !takeOver(run, completed.publisher, &mine, &left, moment) { awaited.set(run, (), now: moment.now) }
        }
        guard !mine.isEmpty else { return }
        for (publisher, count) in left.sorted(by: { $0.key < $1.key }) { log(.takenOver(count, from: publisher)) }
        act(.publish(mine.sorted { place(of: $0) < place(of: $1) }))
    }

    /// - Returns: whether there is a gateway that publishes in place of the former one.
    @discardableResult
    private mutating func takeOver(
        _ run: RunIdentifier, _ publisher: String, _ mine: inout [RunIdentifier], _ left: inout [String: Int],
        _ moment: Moment
    ) -> Bool {
        guard let next = Rendezvous.first(publishers.filter({ $0 != publisher }), for: run.description) else {
            return false
        }
        remembered.setPublisher(next, of: run)
        guard next == options.gateway else {
            awaited.set(run, (), now: moment.now)
            return true
        }
        awaited.remove(run)
        publishing.insert(run)
        mine.append(run)
        counters.takenOver += 1
        left[publisher, default: 0] += 1
        return true
    }

    // MARK: Told by the publisher itself

    /// A peer tells of a completed run that it is to publish itself.
    mutating func noteTeller(_ place: Int, _ publisher: String, of run: RunIdentifier, _ moment: Moment) {
        guard publisher == peers[place].id, let epoch = peers[place].joined else { return }
        remembered.noteTeller(epoch, of: run, at: moment.now)
    }

    /// Whether the peer is to publish the run, and has said so in its present life.
    func isToldBy(_ place: Int, _ completed: Remembered.Completed) -> Bool {
        completed.publisher == peers[place].id && completed.teller.map { $0.epoch == peers[place].joined } ?? false
    }

    /// A peer's full state is here. What it was to publish, by its own word of before, and does not name any more, it has
    /// published and forgotten: this gateway was away for longer than that is remembered.
    mutating func settleForgotten(_ place: Int, since begin: Duration, _ moment: Moment) {
        let forgotten = remembered.unpublished.filter { run in
            guard let completed = remembered.completed[run], isToldBy(place, completed) else { return false }
            return completed.teller.map { $0.at < begin } ?? false
        }
        guard !forgotten.isEmpty else { return }
        for run in forgotten {
            _ = remembered.publish(run, now: ages(moment))
            awaited.remove(run)
            dropHistoryIfDone(run)
        }
        act(.discard(Array(forgotten)))
    }

    private func place(of run: RunIdentifier) -> Int { remembered.completed[run]?.number ?? 0 }
}
