import BoboEngine
import CEL

/// Completed and halted runs: their ids for a time, so that nothing that ended comes back, and of a completed one whose
/// complex event is not published yet, or that a peer has still to hear of, the history.
struct Remembered {
    /// Of a completed run that some gateway may still need whole.
    struct Completed {
        let copy: RunCopy
        /// Of the whole history.
        let hash: Hash128
        /// Milliseconds since 1970.
        let timestamp: Int64
        var publisher: String
        /// The place among all completed ones.
        let number: Int
        /// The life of the gateway that told of it first as its own to publish, and when it last did.
        var teller: (epoch: Random128, at: Duration)?

        /// Without the events that a peer has.
        func after(_ known: KnownPart?) -> RunCopy {
            guard let known, known.length > 0, known.length <= copy.history.count else { return copy }
            let rest = copy.history[known.length...]
            var hash = known.hash
            for entry in rest { hash.combine(entry.event) }
            guard hash == self.hash else { return copy }
            return RunCopy(
                identifier: copy.identifier, phenomenon: copy.phenomenon, pattern: copy.pattern, version: copy.version,
                key: copy.key, block: copy.block, base: known.length, baseHash: known.hash, history: Array(rest))
        }
    }

    struct Record {
        var isCompleted: Bool
        var isPublished: Bool
        /// The pattern, by its place in the table of names.
        let name: Int32
        /// On the clock of ages.
        var ended: Duration
        /// Whether the clock has halted it here, which no peer was told: each gateway's clock does that by itself.
        var isSilent = false
    }

    struct Name: Hashable {
        let phenomenon: String
        let pattern: String
    }

    private(set) var records: [RunIdentifier: Record] = [:]
    private(set) var completed: [RunIdentifier: Completed] = [:]
    /// Those of the completed ones whose complex event is not published yet.
    private(set) var unpublished: Set<RunIdentifier> = []
    private(set) var names: [Name] = []
    /// Let go before their time.
    private(set) var evicted = 0
    private var evictedLately: [RunIdentifier] = []
    private var numbers: [Name: Int32] = [:]
    /// `published` that came before its run, and when.
    private var early: [RunIdentifier: Duration] = [:]
    private var completions = 0
    /// Ids by the span of time in which they ended, so that ageing does not visit all.
    private var spans: [Int64: [RunIdentifier]] = [:]
    /// How far letting go early has come.
    private var eviction: (span: Int64, next: Int) = (.min, 0)
    private var forgottenBefore = Int64.min
    private let span: Duration
    private let age: Duration
    private let limit: Int

    init(age: Duration, limit: Int) {
        self.age = age
        self.limit = limit
        span = max(age / 32, .milliseconds(1))
    }

    subscript(identifier: RunIdentifier) -> Record? { records[identifier] }

    func standing(_ identifier: RunIdentifier) -> RunStanding? {
        records[identifier].map { $0.isCompleted ? .completed : .halted }
    }

    /// The ids by the time of their end, the last first; one may be there twice.
    var byAge: [[RunIdentifier]] { spans.sorted { $0.key > $1.key }.map(\.value) }

    /// Whether an id that ended so long ago is past remembering.
    func isPast(_ ended: Duration, _ now: Duration) -> Bool { now - ended >= age }

    // MARK: In

    private mutating func record(
        _ identifier: RunIdentifier, isCompleted: Bool, isPublished: Bool, _ name: Name, _ ended: Duration
    ) {
        let record = Record(isCompleted: isCompleted, isPublished: isPublished, name: number(name), ended: ended)
        if let known = records.updateValue(record, forKey: identifier) {
            records[identifier]?.isCompleted = isCompleted || known.isCompleted
            records[identifier]?.isPublished = isPublished || known.isPublished
        }
        spans[place(ended), default: []].append(identifier)
        if records.count > limit { evict() }
    }

    private func place(_ time: Duration) -> Int64 { Int64(time / span) }

    private mutating func number(_ name: Name) -> Int32 {
        if let number = numbers[name] { return number }
        let number = Int32(truncatingIfNeeded: names.count)
        names.append(name)
        numbers[name] = number
        return number
    }

    /// - Returns: whether it is published already.
    mutating func complete(
        _ copy: RunCopy, timestamp: Int64, publisher: String, isPublished: Bool, ended: Duration
    ) -> Bool {
        let isPublished = isPublished || early.removeValue(forKey: copy.identifier) != nil
        record(
            copy.identifier, isCompleted: true, isPublished: isPublished,
            Name(phenomenon: copy.phenomenon, pattern: copy.pattern), ended)
        if !isPublished { unpublished.insert(copy.identifier) }
        completions += 1
        completed[copy.identifier] = Completed(
            copy: copy, hash: copy.rank.hash, timestamp: timestamp, publisher: publisher, number: completions)
        return isPublished
    }

    /// Of a run that is known by its id only.
    mutating func completeBriefly(_ identifier: RunIdentifier, phenomenon: String, pattern: String, ended: Duration) {
        record(
            identifier, isCompleted: true, isPublished: true, Name(phenomenon: phenomenon, pattern: pattern), ended)
    }

    /// - Parameter isSilent: whether the clock has halted it, which peers are not told.
    mutating func halt(
        _ identifier: RunIdentifier, phenomenon: String, pattern: String, ended: Duration, isSilent: Bool = false
    ) {
        record(
            identifier, isCompleted: false, isPublished: false, Name(phenomenon: phenomenon, pattern: pattern), ended)
        if isSilent { records[identifier]?.isSilent = true }
    }

    /// Peers are told now.
    mutating func announce(_ identifier: RunIdentifier) { records[identifier]?.isSilent = false }

    /// - Returns: whether the run was known as completed and not as published. Of one that is not known as completed,
    ///   it is remembered for when it comes.
    mutating func publish(_ identifier: RunIdentifier, now: Duration) -> Bool {
        guard let record = records[identifier], record.isCompleted else {
            if early.count < limit { early[identifier] = now }
            return false
        }
        guard !record.isPublished else { return false }
        unpublished.remove(identifier)
        records[identifier]?.isPublished = true
        return true
    }

    mutating func setPublisher(_ publisher: String, of identifier: RunIdentifier) {
        completed[identifier]?.publisher = publisher
    }

    /// The one that is to publish it has told of it.
    mutating func noteTeller(_ epoch: Random128, of identifier: RunIdentifier, at now: Duration) {
        completed[identifier]?.teller = (epoch, now)
    }

    /// The history goes; the id stays.
    mutating func dropHistory(_ identifier: RunIdentifier) { completed[identifier] = nil }

    // MARK: Age

    /// Forgets what has been remembered long enough.
    /// - Parameter isKept: whether a live peer has still to hear of the run.
    /// - Returns: what is forgotten.
    mutating func forget(now: Duration, isKept: (RunIdentifier) -> Bool) -> [RunIdentifier] {
        let first = place(now - age)
        // Nothing more grows old before the span of time ends.
        guard first > forgottenBefore else { return [] }
        forgottenBefore = first
        var forgotten: [RunIdentifier] = []
        for old in spans.keys.filter({ $0 < first }) {
            for identifier in spans.removeValue(forKey: old) ?? [] {
                // One that is there twice goes by the later time.
                guard let record = records[identifier], isPast(record.ended, now) else { continue }
                if isKept(identifier) {
                    // To be looked at again when the next span ends.
                    spans[first, default: []].append(identifier)
                } else {
                    remove(identifier)
                    forgotten.append(identifier)
                }
            }
        }
        if !early.isEmpty { early = early.filter { !isPast($0.value, now) } }
        return forgotten
    }

    /// What was let go early since the last call.
    mutating func takeEvicted() -> [RunIdentifier] {
        guard !evictedLately.isEmpty else { return [] }
        defer { evictedLately = [] }
        return evictedLately
    }

    /// Of one that has not ended after all, too.
    mutating func remove(_ run: RunIdentifier) {
        records[run] = nil
        completed[run] = nil
        if !unpublished.isEmpty { unpublished.remove(run) }
    }

    /// Lets the one that ended first go.
    private mutating func evict() {
        guard let oldest = spans.keys.min(), let runs = spans[oldest] else { return }
        if eviction.span != oldest { eviction = (oldest, 0) }
        while eviction.next < runs.count {
            let run = runs[eviction.next]
            eviction.next += 1
            guard let record = records[run], place(record.ended) <= oldest else { continue }
            remove(run)
            evicted += 1
            evictedLately.append(run)
            return
        }
        spans[oldest] = nil
        evict()
    }
}
