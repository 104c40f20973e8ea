import BoboEngine
import DequeModule

/// What is known of runs for a time. What is too old is found without looking at the rest.
struct AgeingRuns<Content> {
    private var contents: [RunIdentifier: (content: Content, at: Duration)] = [:]
    /// In the order of time; may hold times of runs that were taken out or changed since.
    private var order = Deque<(run: RunIdentifier, at: Duration)>()

    var isEmpty: Bool { contents.isEmpty }
    var count: Int { contents.count }
    var all: some Sequence<(key: RunIdentifier, value: (content: Content, at: Duration))> { contents }

    subscript(run: RunIdentifier) -> Content? { contents.isEmpty ? nil : contents[run]?.content }

    /// - Parameter now: not before that of an earlier call.
    mutating func set(_ run: RunIdentifier, _ content: Content, now: Duration) {
        contents[run] = (content, now)
        order.append((run, now))
        // Runs that go and come again many times before they age.
        if order.count > 2 * contents.count + 1024 { order.removeAll { contents[$0.run]?.at != $0.at } }
    }

    mutating func remove(_ run: RunIdentifier) { if !contents.isEmpty { contents[run] = nil } }

    /// Takes out what was set before a time.
    mutating func takeOldest(before time: Duration) -> (run: RunIdentifier, content: Content)? {
        while let first = order.first, first.at < time {
            order.removeFirst()
            guard let known = contents[first.run], known.at == first.at else { continue }
            contents[first.run] = nil
            return (first.run, known.content)
        }
        return nil
    }

    mutating func removeAll() {
        contents = [:]
        order = []
    }
}
