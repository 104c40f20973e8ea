import HeapModule

/// The engine's clock: the latest `ts` less the allowed lateness, never going back. Events wait until it has reached their
/// `ts`, and so come out in the order of `ts`, equal ones in the order of arrival.
struct EventClock {
    struct Waiting: Comparable {
        let event: Event
        /// Whether it is more than a message for patterns' `state`.
        let isEvent: Bool
        /// When its turn is: its `ts`, and later by the steps of the machine's date since.
        let due: Int64
        fileprivate let arrival: UInt64

        static func < (left: Waiting, right: Waiting) -> Bool {
            (left.due, left.arrival) < (right.due, right.arrival)
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
    var nextWaiting: Int64? { waiting.min?.due }

    var isEmpty: Bool { waiting.isEmpty }

    func isLate(_ timestamp: Int64) -> Bool { timestamp < now }

    mutating func advance(to time: Int64) { now = max(now, time) }

    mutating func wait(_ event: Event, isEvent: Bool) {
        arrivals += 1
        waiting.insert(Waiting(event: event, isEvent: isEvent, due: event.timestamp, arrival: arrivals))
    }

    /// Takes the earliest event that waits, where its turn is no later than that.
    mutating func next(until time: Int64) -> Waiting? {
        guard let first = waiting.min, first.due <= time else { return nil }
        waiting.removeMin()
        return first
    }

    /// The machine's date has stepped: what waits keeps the time that it has left.
    mutating func shift(by milliseconds: Int64) {
        guard now != .min else { return }
        now = now.addingClamped(milliseconds)
        waiting = Heap(
            waiting.unordered.map {
                Waiting(
                    event: $0.event, isEvent: $0.isEvent, due: $0.due.addingClamped(milliseconds),
                    arrival: $0.arrival)
            })
    }
}
