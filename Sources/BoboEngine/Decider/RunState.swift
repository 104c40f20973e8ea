/// What the matchers of all patterns share: the runs, the timers, and what has come of the event at hand.
struct RunState: ~Copyable {
    var forest = RunForest()
    var timers = Timers()
    var effects = Effects()
    var counters = RunCounters()
    /// nil: the runs are this engine's alone.
    let replication: Replication?
    private var lastStart: UInt64 = 0
    private var lastStamp: UInt64 = 0

    init(_ replication: Replication? = nil) { self.replication = replication }

    mutating func nextStart() -> UInt64 {
        lastStart += 1
        return lastStart
    }

    /// Differs from one event to the next.
    mutating func nextStamp() -> UInt64 {
        lastStamp += 1
        return lastStamp
    }

    mutating func abandonTimers(_ count: Int = 1) {
        // Reading the forest within the closure would overlap with the change of the timers, so it looks through a copy of
        // the slabs' addresses.
        let (nodes, waits) = (forest.nodes.view, forest.waits.view)
        timers.abandon(count) { timer in
            guard case .absent(let node, let number) = timer.subject else { return true }
            let wait = nodes[Int(node)].wait
            return wait != RunForest.none && waits[Int(wait)].timer == number
        }
    }
}
