import BoboEngine
import CEL

/// The runs that changed since a peer's acknowledged state, in the order in which they changed: an active one where it
/// first changed, one that ended where it ended. So what a run took of a complex event comes before that event, and complex
/// events come in their order.
struct Stash {
    enum Content {
        case updated
        case completed
        case halted(PatternIdentity, key: Value, timestamp: Int64)

        var isUpdate: Bool { if case .updated = self { true } else { false } }
    }

    private struct Item {
        let number: Int
        let content: Content
    }

    private var items: [RunIdentifier: Item] = [:]
    private var queue: [(number: Int, run: RunIdentifier)] = []
    private var head = 0
    private var next = 0
    /// Since when the oldest change waits.
    private(set) var oldest: Duration?
    /// Whether it goes without waiting for company.
    private(set) var isUrgent = false

    var isEmpty: Bool { items.isEmpty }
    var count: Int { items.count }

    func contains(_ run: RunIdentifier) -> Bool { items[run] != nil }

    mutating func add(_ run: RunIdentifier, _ content: Content, now: Duration, isUrgent: Bool = false) {
        if isUrgent { self.isUrgent = true }
        if oldest == nil { oldest = now }
        if items[run] != nil, content.isUpdate { return }
        next += 1
        items[run] = Item(number: next, content: content)
        queue.append((next, run))
    }

    /// The first change that waits.
    mutating func first() -> (run: RunIdentifier, content: Content)? {
        while head < queue.count {
            let (number, run) = queue[head]
            if let item = items[run], item.number == number { return (run, item.content) }
            head += 1
        }
        removeAll()
        return nil
    }

    mutating func removeFirst(now: Duration) {
        guard let (run, _) = first() else { return }
        items[run] = nil
        head += 1
        if items.isEmpty { return removeAll() }
        if head > 1024, head > queue.count / 2 {
            queue.removeFirst(head)
            head = 0
        }
    }

    mutating func removeAll() {
        items.removeAll(keepingCapacity: items.count < 1024)
        queue.removeAll(keepingCapacity: queue.count < 1024)
        head = 0
        oldest = nil
        isUrgent = false
    }
}
