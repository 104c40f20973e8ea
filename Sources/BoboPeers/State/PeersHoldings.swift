/// How much the protocol holds in memory, for those who check that it has bounds.
package struct PeersHoldings: Sendable {
    /// Runs that wait in the fullest stash.
    package let stash: Int
    /// Ended runs, by identifier.
    package let remembered: Int
    /// Of these, completed ones whose history is kept.
    package let histories: Int
    /// Ended runs that peers have not acknowledged, counted for each peer.
    package let unacknowledged: Int
    /// Completed runs that this gateway or another is still to publish.
    package let unpublished: Int
    /// Runs that peers are asked for.
    package let needs: Int
    /// Time in which the gateway was away; it ages nothing.
    package let awayTime: Duration
}

extension Peers {
    package var holdings: PeersHoldings {
        PeersHoldings(
            stash: peers.map { max($0.stash.count, $0.rests.count) }.max() ?? 0, remembered: remembered.records.count,
            histories: remembered.completed.count, unacknowledged: peers.reduce(0) { $0 + $1.unacknowledged.count },
            unpublished: remembered.unpublished.count, needs: peers.reduce(0) { $0 + $1.needs.count },
            awayTime: presence.awayTime)
    }
}
