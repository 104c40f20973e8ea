import DequeModule

/// The events of late that some pattern could use, by pattern and key, for runs that come from peers after them.
struct RecentEvents {
    struct Kept {
        let event: Event
        /// By filter number of the pattern, whether the topic passes.
        let matches: TopicMatches?
        /// The event that the pattern saw before it with its key. Only of a pattern that reads it.
        let previous: Event?
        /// The events of late, this one the last. Only of a pattern that reads them.
        let recent: RecentWindow?
    }

    private struct Place: Hashable {
        /// Of a matcher that is in use: `keep(only:)` drops the others.
        let matcher: ObjectIdentifier
        let key: KeyValue
    }

    /// More are not kept; the oldest go.
    static let limit = 200_000

    private struct Events {
        var kept = Deque<Kept>()
        /// No event in `kept` is of a later `ts`.
        var latest = Int64.min

        mutating func append(_ event: Kept) {
            kept.append(event)
            latest = max(latest, event.event.timestamp)
        }
    }

    private var places: [Place: Events] = [:]
    private var order = Deque<(place: Place, read: Int64, timestamp: Int64)>()
    /// How many were let go before their time.
    private(set) var droppedEarly = 0

    var count: Int { order.count }

    mutating func keep(
        _ offer: Offer, of matcher: Matcher, _ key: KeyValue, previous: Event?, recent: RecentWindow?,
        at time: Int64
    ) {
        let place = Place(matcher: ObjectIdentifier(matcher), key: key)
        places[place, default: Events()].append(
            Kept(event: offer.event, matches: offer.matches, previous: previous, recent: recent))
        order.append((place, time, offer.event.timestamp))
        if order.count > RecentEvents.limit {
            droppedEarly += 1
            dropFirst()
        }
    }

    mutating func keep(only matchers: [Matcher]) {
        let kept = Set(matchers.map { ObjectIdentifier($0) })
        places = places.filter { kept.contains($0.key.matcher) }
        order.removeAll { !kept.contains($0.place.matcher) }
    }

    /// Lets those go that were read before a time, but for those that a run may be offered which still waits.
    /// - Parameter deadline: of the earliest `absent` that is over and not decided; `.max`: of none.
    mutating func forget(readBefore time: Int64, unlessFrom deadline: Int64) {
        while let first = order.first, first.read < time, first.timestamp < deadline { dropFirst() }
    }

    private mutating func dropFirst() {
        guard let first = order.popFirst() else { return }
        places[first.place]?.kept.removeFirst()
        if places[first.place]?.kept.isEmpty == true { places[first.place] = nil }
    }

    /// Whether an event of a pattern and key was read here lately.
    func holds(_ event: Event, of matcher: Matcher, _ key: KeyValue) -> Bool {
        let kept = places[Place(matcher: ObjectIdentifier(matcher), key: key)]?.kept
        return kept?.contains { $0.event.identifier == event.identifier } == true
    }

    /// Those of a pattern and key that are not earlier than a time, in the order of `ts`, equal ones in that of reading.
    /// - Parameter last: an event; those of its `ts` that were read here after it are among them, too.
    func events(of matcher: Matcher, _ key: KeyValue, from timestamp: Int64, after last: Event? = nil) -> [Kept] {
        if let last, let all = places[Place(matcher: ObjectIdentifier(matcher), key: key)],
            let place = all.kept.lastIndex(where: { $0.event.identifier == last.identifier })
        {
            let later = all.kept.enumerated().filter {
                $1.event.timestamp >= timestamp || $0 > place && $1.event.timestamp == last.timestamp
            }
            return later.sorted { ($0.1.event.timestamp, $0.0) < ($1.1.event.timestamp, $1.0) }.map(\.1)
        }
        // Mostly there is none, and of one key there may be many that are earlier.
        guard let all = places[Place(matcher: ObjectIdentifier(matcher), key: key)], all.latest >= timestamp else {
            return []
        }
        let later = all.kept.enumerated().filter { $1.event.timestamp >= timestamp }
        return later.sorted { ($0.1.event.timestamp, $0.0) < ($1.1.event.timestamp, $1.0) }.map(\.1)
    }
}
