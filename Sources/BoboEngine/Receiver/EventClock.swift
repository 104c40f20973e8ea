import HeapModule

/// The engine's clock: the latest `ts` less the allowed lateness, never going back. Events wait until it has reached their
/// `ts`, and so come out in the order of `ts`, equal ones in the order of arrival.
struct EventClock {
    private struct Waiting: Comparable {
        let event: Event
        let arrival: UInt64

        static func < (left: Waiting, right: Waiting) -> Bool {
            (left.event.timestamp, left.arrival) < (right.event.timestamp, right.arrival)
        }

        static func == (left: Waiting, right: Waiting) -> Bool { left.arrival == right.arrival }
    }

    let maximumLateness: Int64
    /// Milliseconds since 1970; `.min` before the first event.
    private(set) var now = Int64.min
    private var waiting = Heap<Waiting>()
    private var arrivals: UInt64 = 0

    init(maximumLateness: Int64) { self.maximumLateness = maximumLateness }

    var waitingCount: Int { waiting.count }

    /// The `ts` of the event whose turn is next.
    var nextWaiting: Int64? { waiting.min?.event.timestamp }

    func isLate(_ timestamp: Int64) -> Bool { timestamp < now }

    mutating func advance(to time: Int64) { now = max(now, time) }

    mutating func wait(_ event: Event) {
        arrivals += 1
        waiting.insert(Waiting(event: event, arrival: arrivals))
    }

    /// Takes the earliest event that waits, where it is no later than that.
    mutating func next(until time: Int64) -> Event? {
        guard let first = waiting.min, first.event.timestamp <= time else { return nil }
        waiting.removeMin()
        return first.event
    }
}
