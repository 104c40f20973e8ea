/// Steps of the machine's date.
extension Decider {
    /// What waits keeps the time that it has left.
    func shift(by milliseconds: Int64) {
        state.timers.shift(by: milliseconds)
        state.forest.shift(by: milliseconds)
        store.shift(by: milliseconds)
        for matcher in matchers { matcher.shift(by: milliseconds) }
        state.replication?.shift(by: milliseconds)
    }

    var restingKeys: Int { matchers.reduce(0) { $0 + ($1.rests?.restingCount ?? 0) } }
}

extension Matcher {
    fileprivate func shift(by milliseconds: Int64) {
        ages.shift(by: milliseconds)
        armed = armed.map { $0.addingClamped(milliseconds) }
        rests?.shift(by: milliseconds)
        recent?.shift(by: milliseconds)
    }
}

extension RunForest {
    fileprivate mutating func shift(by milliseconds: Int64) {
        shiftWaits(by: milliseconds)
        runs.forEachPlace { run in
            if runs[run].start != 0 { runs[run].begin = runs[run].begin.addingClamped(milliseconds) }
        }
    }
}
