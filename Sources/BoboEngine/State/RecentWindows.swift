import CEL
import DequeModule

/// The events of late that a pattern saw with one key, in the order in which it saw them.
final class RecentWindow {
    private struct Kept {
        let event: Event
        /// The event's, and later by the steps of the machine's date since.
        var timestamp: Int64
    }

    private var kept: Deque<Kept>
    private var written: List?

    private init(_ kept: Deque<Kept>) { self.kept = kept }

    convenience init() { self.init([]) }

    /// One that stays as it is.
    var copy: RecentWindow { RecentWindow(kept) }

    var count: Int { kept.count }

    var events: [Event] { kept.map(\.event) }

    /// As expressions have it; made when the first one asks.
    var list: List {
        if let written { return written }
        let list = List(kept.map { .object($0.event) })
        written = list
        return list
    }

    func append(_ event: Event, _ extent: Pattern.Recent) {
        written = nil
        kept.append(Kept(event: event, timestamp: event.timestamp))
        switch extent {
        case .events(let count): if kept.count > count { kept.removeFirst() }
        case .milliseconds(let duration):
            let begin = event.timestamp.addingClamped(-duration)
            while let first = kept.first, first.timestamp < begin { kept.removeFirst() }
        }
    }

    func dropFirst() {
        written = nil
        _ = kept.popFirst()
    }

    func shift(by milliseconds: Int64) {
        for place in kept.indices { kept[place].timestamp = kept[place].timestamp.addingClamped(milliseconds) }
    }
}

/// The windows of a pattern's keys.
final class RecentWindows {
    /// Of all keys together so many events are kept at most; beyond, the keys that have been quiet for longest are forgotten.
    static let limit = 1_000_000

    private let extent: Pattern.Recent
    private var table = RecencyTable<KeyValue, RecentWindow>(limit: PreviousEvents.limit)
    private(set) var count = 0

    init(_ extent: Pattern.Recent) { self.extent = extent }

    /// - Returns: the key's window with the event.
    func take(_ event: Event, for key: KeyValue) -> RecentWindow {
        let window = table[key] ?? RecentWindow()
        count -= window.count
        window.append(event, extent)
        if window.count > Pattern.Recent.limit { window.dropFirst() }
        count += window.count
        if let gone = table.set(window, for: key) { count -= gone.value.count }
        while count > RecentWindows.limit, let gone = table.removeOldest() { count -= gone.count }
        return window
    }

    func shift(by milliseconds: Int64) {
        table.forEachValue { $0.shift(by: milliseconds) }
    }
}
