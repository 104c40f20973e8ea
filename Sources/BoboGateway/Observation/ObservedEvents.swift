import DequeModule

/// A complex event as those see it who look at a gateway.
package struct ObservedEvent: Sendable {
    /// 1 for the first since the start.
    package let number: UInt64
    /// The CloudEvent, one line of JSON.
    package let json: [UInt8]
}

/// The complex events that came last, so that whoever opens the page sees them; bounded in number and in bytes.
struct ObservedEvents {
    static let maximumCount = 200
    static let maximumBytes = 2 << 20
    /// A longer one is passed over: a page is no place for it.
    static let maximumLength = 128 << 10

    private var events = Deque<ObservedEvent>()
    private var bytes = 0
    private(set) var last: UInt64 = 0
    private(set) var passedOver = 0

    mutating func append(_ json: [UInt8]) {
        last += 1
        guard json.count <= ObservedEvents.maximumLength else {
            passedOver += 1
            return
        }
        events.append(ObservedEvent(number: last, json: json))
        bytes += json.count
        while events.count > ObservedEvents.maximumCount || bytes > ObservedEvents.maximumBytes {
            bytes -= events.removeFirst().json.count
        }
    }

    /// Those that came after one, oldest first.
    func after(_ number: UInt64) -> [ObservedEvent] {
        var result: [ObservedEvent] = []
        for event in events.reversed() {
            guard event.number > number else { break }
            result.append(event)
        }
        return result.reversed()
    }
}
