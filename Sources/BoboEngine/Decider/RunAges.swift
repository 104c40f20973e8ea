import DequeModule

/// The active runs (and some that have ended) by the `ts` of their first event, then by their start: those of a pattern with
/// `within` at all times, those of others from when one asks for the oldest till there is none.
struct RunAges {
    /// A run that may have ended since; its number in the forest may serve another run by then.
    struct Reference {
        let run: Int32
        let start: UInt64
        /// The `ts` of its first event.
        var timestamp: Int64
    }

    private var references = Deque<Reference>()
    private(set) var isKept: Bool

    init(isKept: Bool) { self.isKept = isKept }

    /// Begins to keep them.
    /// - Parameter runs: all that are active.
    mutating func begin(_ runs: [Int32], _ forest: borrowing RunForest) {
        isKept = true
        let all = runs.map { Reference(run: $0, start: forest.runs[$0].start, timestamp: forest.runs[$0].begin) }
        references = Deque(all.sorted { ($0.timestamp, $0.start) < ($1.timestamp, $1.start) })
    }

    mutating func end() {
        isKept = false
        references = []
    }

    /// Events come in order of `ts` but for late ones, so the search from the end is short.
    /// - Parameter active: so many runs are active.
    mutating func insert(_ run: Int32, active: Int, _ forest: borrowing RunForest) {
        let reference = Reference(run: run, start: forest.runs[run].start, timestamp: forest.runs[run].begin)
        if references.count > 64, references.count > 2 * active {
            references.removeAll { forest.runs[$0.run].start != $0.start }
        }
        guard let last = references.last, last.timestamp > reference.timestamp else {
            references.append(reference)
            return
        }
        var index = references.endIndex
        while index > references.startIndex, references[index - 1].timestamp > reference.timestamp { index -= 1 }
        references.insert(reference, at: index)
    }

    /// The first run that is still active.
    mutating func oldest(_ forest: borrowing RunForest) -> (run: Int32, timestamp: Int64)? {
        while let first = references.first {
            if forest.runs[first.run].start == first.start { return (first.run, first.timestamp) }
            references.removeFirst()
        }
        return nil
    }

    /// The oldest is looked after by somebody else.
    mutating func dropOldest() { references.removeFirst() }

    /// The machine's date has been set.
    mutating func shift(by milliseconds: Int64) {
        for index in references.indices {
            references[index].timestamp = references[index].timestamp.addingClamped(milliseconds)
        }
    }
}

extension Matcher {
    /// A run is active now, and counted.
    @inline(__always)
    func insertByAge(_ run: Int32, _ forest: borrowing RunForest) {
        guard ages.isKept else { return }
        if active == 1, compiled.within == nil { ages.end() } else { ages.insert(run, active: active, forest) }
    }

    func oldest(_ forest: borrowing RunForest) -> (run: Int32, timestamp: Int64)? {
        if !ages.isKept {
            var runs: [Int32] = []
            keyStates.forEachPlace { number in
                guard keyStates[number].isLive else { return }
                for place in keyStates[number].places { runs += forest.runs(below: place.root) }
            }
            ages.begin(runs, forest)
        }
        return ages.oldest(forest)
    }
}
