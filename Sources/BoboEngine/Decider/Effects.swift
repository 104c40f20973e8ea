/// What came of one event or one deadline.
struct Effects: ~Copyable {
    var completions = MovedList<Completion>()
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
