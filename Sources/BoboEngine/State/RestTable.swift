import CEL
import DequeModule

/// A key's rest: since a run of it has completed, the others halt, and none starts. Where runs are shared, also the end of a
/// run that halts the others and is followed by no rest: one that is over as it begins.
struct KeyRest {
    /// The run that completed. Only where runs are shared.
    let run: RunIdentifier
    let key: Value
    /// When it completed.
    var begin: Int64
    /// A run may start with an event of this `ts` or later; `.max`: when an event ends the rest.
    var end: Int64
    /// An event has ended it, or the time is over.
    var isEnded = false
    /// An event has ended it, which peers are to hear of; each knows by itself when the time is over.
    var isEndedByEvent = false
    /// Of the completed run, where something reads it.
    let history: RunHistory?
    /// The event that completed the run, which starts none, also where it is read a second time. Only where runs are shared.
    let completedBy: EventIdentifier?
    /// Distinguishes this rest from those that the key had before.
    let number: UInt64
    /// When it was heard of or ended, by the clock that is never set back. Only where runs are shared.
    var changed: Int64

    /// Whether no run starts with the event.
    func bars(_ event: Event) -> Bool { event.timestamp < end || event.identifier == completedBy }

    /// Of two rests of a key the one that began later counts, then that of the greater run; of one run's rest, the one that an
    /// event has ended, then the one that ended earlier. So the rests of a key stand in one order, and a merge takes the
    /// greatest. (Two gateways may complete one run with different events, and so at different times.)
    func isSuperseded(by other: KeyRest) -> Bool {
        if begin != other.begin { return begin < other.begin }
        if run != other.run { return run.value < other.run.value }
        if isEndedByEvent != other.isEndedByEvent { return other.isEndedByEvent }
        return isEndedByEvent && other.end < end
    }
}

/// The keys of a pattern that rest.
final class RestTable {
    private(set) var rests: [KeyValue: KeyRest] = [:]
    /// Those that are not ended.
    private(set) var restingCount = 0
    /// By their beginning; some have ended since.
    private var ages = Deque<(begin: Int64, number: UInt64, key: KeyValue)>()
    /// Those that are ended, by when that was heard of.
    private var ended = Deque<(changed: Int64, number: UInt64, key: KeyValue)>()
    private let limit: Int
    /// When the next timer is due.
    var armed: Int64?

    /// - Parameter limit: so many rests that are ended are kept in mind.
    init(limit: Int) { self.limit = limit }

    subscript(key: KeyValue) -> KeyRest? { rests[key] }

    func set(_ rest: KeyRest, for key: KeyValue) {
        let known = rests[key]
        if known?.isEnded == false { restingCount -= 1 }
        if !rest.isEnded { restingCount += 1 }
        rests[key] = rest
        if rest.isEnded {
            ended.append((rest.changed, rest.number, key))
            if ended.count > limit { dropEnded() }
        }
        guard known?.number != rest.number else { return }
        if ages.count > 64, ages.count > 2 * rests.count { ages.removeAll { !isCurrent($0.key, $0.number) } }
        var index = ages.endIndex
        while index > ages.startIndex, ages[index - 1].begin > rest.begin { index -= 1 }
        ages.insert((rest.begin, rest.number, key), at: index)
    }

    func remove(_ key: KeyValue) {
        guard let known = rests.removeValue(forKey: key) else { return }
        if !known.isEnded { restingCount -= 1 }
    }

    private func dropEnded() {
        guard let first = ended.popFirst(), let rest = rests[first.key], rest.number == first.number, rest.isEnded,
            rest.changed == first.changed
        else { return }
        remove(first.key)
    }

    /// Lets those go that were heard to be ended before a time.
    func forget(changedBefore time: Int64) {
        while let first = ended.first, first.changed < time { dropEnded() }
    }

    func removeAll() {
        rests = [:]
        ages = []
        ended = []
        restingCount = 0
        armed = nil
    }

    private func isCurrent(_ key: KeyValue, _ number: UInt64) -> Bool {
        rests[key].map { $0.number == number && !$0.isEnded } ?? false
    }

    /// The one that began first of those that are not ended.
    var oldest: (key: KeyValue, rest: KeyRest)? {
        while let first = ages.first {
            if let rest = rests[first.key], rest.number == first.number, !rest.isEnded { return (first.key, rest) }
            ages.removeFirst()
        }
        return nil
    }

    /// Lets the oldest rest go, where it began before a time.
    func dropOldest(before time: Int64?) -> Bool {
        guard let oldest, oldest.rest.begin < time ?? .max else { return false }
        remove(oldest.key)
        return true
    }

    /// The machine's date has stepped.
    func shift(by milliseconds: Int64) {
        for key in rests.keys {
            guard var rest = rests[key] else { continue }
            rest.begin = rest.begin.addingClamped(milliseconds)
            if rest.end != .max { rest.end = rest.end.addingClamped(milliseconds) }
            rests[key] = rest
        }
        for index in ages.indices { ages[index].begin = ages[index].begin.addingClamped(milliseconds) }
        armed = armed.map { $0.addingClamped(milliseconds) }
    }
}
