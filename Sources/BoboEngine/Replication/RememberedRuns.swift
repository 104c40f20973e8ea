import HeapModule

/// The identifiers of runs that are over, so that no late event or message brings one back.
package struct RememberedRuns {
    package enum Status: Int, Sendable, Comparable {
        case halted, completed

        package static func < (left: Status, right: Status) -> Bool { left.rawValue < right.rawValue }
    }

    package struct Entry: Sendable {
        package let status: Status
        /// When it ended, milliseconds of the engine's clock that is never set back.
        package let ended: Int64
        /// The `ts` of the event, or the deadline, that ended it: milliseconds since 1970.
        package let timestamp: Int64
        /// Whether the clock has halted it here, which peers have not been told.
        fileprivate(set) var isSilent = false
    }

    private struct Age: Comparable {
        let ended: Int64
        let run: RunIdentifier

        static func < (left: Age, right: Age) -> Bool { left.ended < right.ended }
    }

    private var entries: [RunIdentifier: Entry] = [:]
    /// May hold ages of entries that have changed since.
    private var ages = Heap<Age>()
    private let limit: Int
    /// How many were let go early, since there were more than may be kept.
    package private(set) var forgottenEarly = 0

    init(limit: Int) { self.limit = max(1, limit) }

    package var count: Int { entries.count }

    package var all: some Sequence<(key: RunIdentifier, value: Entry)> { entries }

    package subscript(run: RunIdentifier) -> Entry? { entries[run] }

    /// Completed goes over halted; of two ends of one kind the earlier is taken, so that an identifier that goes round
    /// among gateways grows old.
    mutating func insert(
        _ run: RunIdentifier, _ status: Status, ended: Int64, timestamp: Int64, isSilent: Bool = false
    ) {
        if let known = entries[run] {
            guard status > known.status || (status == known.status && ended < known.ended) else { return }
        }
        entries[run] = Entry(status: status, ended: ended, timestamp: timestamp, isSilent: isSilent)
        ages.insert(Age(ended: ended, run: run))
        while entries.count > limit, let oldest = ages.popMin() {
            guard entries[oldest.run]?.ended == oldest.ended else { continue }
            entries[oldest.run] = nil
            forgottenEarly += 1
        }
        // Without end only where one run's end is heard of ever earlier.
        if ages.count > 2 * entries.count + 64 { ages = Heap(entries.map { Age(ended: $1.ended, run: $0) }) }
    }

    mutating func announce(_ run: RunIdentifier) { entries[run]?.isSilent = false }

    /// The run has not ended after all.
    mutating func remove(_ run: RunIdentifier) { entries[run] = nil }

    /// Lets those go that ended before a time.
    /// - Parameter isNeeded: those for which it holds stay.
    mutating func forget(endedBefore time: Int64, unless isNeeded: (RunIdentifier) -> Bool) {
        var needed: [Age] = []
        while let oldest = ages.min, oldest.ended < time {
            ages.removeMin()
            guard entries[oldest.run]?.ended == oldest.ended else { continue }
            if isNeeded(oldest.run) { needed.append(oldest) } else { entries[oldest.run] = nil }
        }
        ages.insert(contentsOf: needed)
    }

    mutating func removeAll() {
        entries = [:]
        ages = Heap()
    }
}
