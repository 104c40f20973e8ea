import DequeModule

/// Messages between the callback that copies them and the engine that takes them.
struct InputQueue {
    struct Waiting {
        let topic: String
        let payload: [UInt8]
        /// Milliseconds since 1970.
        let arrival: Int64
        let isRetained: Bool
        /// Of a topic that is read for `state` alone.
        let isStateOnly: Bool
        let number: UInt64
        /// nil: it belongs to no partition.
        let partition: String?
        /// Whether it waited at the broker or in the socket while the gateway did not read.
        let isOld: Bool
    }

    private var messages = Deque<Waiting>()
    private let size: Int
    let whenFull: Configuration.WhenFull
    private(set) var dropped = 0
    private(set) var largest = 0

    init(_ queue: Configuration.Queue) {
        size = Int(clamping: queue.size)
        whenFull = queue.whenFull
    }

    var count: Int { messages.count }

    /// How many more messages can be taken without one being dropped.
    var room: Int { max(0, size - messages.count) }

    mutating func append(_ message: Waiting) {
        if messages.count >= size {
            switch whenFull {
            // Reading stops before the queue is full; what one read brings more than there is room for is kept.
            case .wait: break
            case .dropNewest:
                dropped += 1
                return
            case .dropOldest:
                dropped += 1
                messages.removeFirst()
            }
        }
        messages.append(message)
        largest = max(largest, messages.count)
    }

    mutating func popFirst() -> Waiting? { messages.popFirst() }
}
