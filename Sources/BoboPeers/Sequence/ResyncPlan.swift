import BoboEngine

/// What of the full state is still to be sent to a peer.
struct ResyncPlan {
    enum Item {
        case whole(RunIdentifier)
        case active(RunIdentifier)
        /// A run that ended, by id only.
        case brief(RunIdentifier, EntryKind)
    }

    private let items: [Item]
    private var next = 0
    /// Of the message to be made.
    private(set) var part = 1

    init(_ items: [Item]) { self.items = items }

    var isDone: Bool { next >= items.count }

    var first: Item? { isDone ? nil : items[next] }

    var count: Int { items.count }

    var remaining: Int { items.count - next }

    mutating func removeFirst() { next += 1 }

    mutating func endPart() { part += 1 }

    /// About how many parts are needed.
    static func estimate(_ items: Int, limit: Int) -> Int { max(1, items * 100 / max(limit, 1) + 1) }
}
