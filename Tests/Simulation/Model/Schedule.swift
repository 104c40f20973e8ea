import HeapModule

/// Simulated time, and what is to happen in it. Of what is due at one moment, what was asked for first comes first.
final class Schedule {
    private struct Entry: Comparable {
        let at: Duration
        let number: Int
        let action: () -> Void

        static func < (left: Entry, right: Entry) -> Bool { (left.at, left.number) < (right.at, right.number) }
        static func == (left: Entry, right: Entry) -> Bool { left.number == right.number }
    }

    private(set) var now = Duration.zero
    private(set) var steps = 0
    private var entries = Heap<Entry>()

    func at(_ time: Duration, _ action: @escaping () -> Void) {
        steps += 1
        entries.insert(Entry(at: max(time, now), number: steps, action: action))
    }

    func after(_ time: Duration, _ action: @escaping () -> Void) { at(now + time, action) }

    func run(until end: Duration, while goesOn: () -> Bool = { true }) {
        while let next = entries.min, next.at <= end, goesOn() {
            entries.removeMin()
            now = next.at
            next.action()
        }
        now = max(now, end)
    }

    /// Lets go of what is still to happen, and so of all that it holds.
    func clear() { entries = Heap() }
}
