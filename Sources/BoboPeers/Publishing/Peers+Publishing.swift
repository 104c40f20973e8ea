package import BoboEngine

extension Peers {
    /// The broker has acknowledged the complex events of these runs, and their actions have begun.
    package mutating func published(_ runs: [RunIdentifier], at moment: Moment, _ source: any RunSource) {
        begin(moment)
        for run in runs {
            publishing.remove(run)
            awaited[run] = nil
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
        peers.filter(\.isLive).map(\.id) + (presence.isReady && stop == .none ? [options.gateway] : [])
    }

    /// Takes over what a publisher that went away, or says nothing, has left.
    mutating func settlePublishing(_ moment: Moment) {
        guard !awaited.isEmpty, presence.isReady else { return }
        var mine: [RunIdentifier] = []
        var left: [String: Int] = [:]
        for (run, since) in awaited {
            guard let completed = remembered.completed[run] else {
                awaited[run] = nil
                continue
            }
            let publisher = completed.publisher
            let isThere = publisher == options.gateway || places[publisher].map { peers[$0].isLive } ?? false
            guard !isThere || moment.now - since >= options.resyncAfter else { continue }
            let others = publishers.filter { $0 != publisher }
            guard let next = Rendezvous.first(others, for: run.description) else { continue }
            remembered.setPublisher(next, of: run)
            if next == options.gateway {
                awaited[run] = nil
                publishing.insert(run)
                mine.append(run)
                counters.takenOver += 1
                left[publisher, default: 0] += 1
            } else {
                awaited[run] = moment.now
            }
        }
        guard !mine.isEmpty else { return }
        for (publisher, count) in left.sorted(by: { $0.key < $1.key }) { log(.takenOver(count, from: publisher)) }
        act(.publish(mine.sorted { place(of: $0) < place(of: $1) }))
    }

    private func place(of run: RunIdentifier) -> Int { remembered.completed[run]?.number ?? 0 }
}
