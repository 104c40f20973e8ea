import CEL

/// A run that is complete.
package struct Completion: Sendable {
    /// The pattern's place in the order of output.
    let pattern: Int
    let start: UInt64
    let key: Value
    /// Of the pattern and the key: what the run's identifier begins with.
    let keyHash: Hash128
    package let history: RunHistory
    /// The `ts` of the event that completed it, or the deadline of the timer.
    let timestamp: Int64
    /// Whether a peer completed it.
    var isFromPeer = false
}

/// What came of one event or one deadline.
struct Effects {
    var completions: [Completion] = []
    var changes: [Change] = []
    /// Whether someone reads `changes`.
    var recordsChanges = false
}

/// Numbers that only grow.
struct RunCounters {
    var started = 0
    var completed = 0
    var halted: [HaltReason: Int] = [:]
    /// Rests that ended before their time, at `max_runs`.
    var droppedRests = 0

    mutating func countHalt(_ reason: HaltReason, _ count: Int) {
        if count > 0 { halted[reason, default: 0] += count }
    }
}
