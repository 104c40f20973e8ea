/// Tells quickly of most events that they stand in no run's history. An event comes again only within a certain time, so
/// two generations of that length are enough; what it says yes to is to be looked up.
struct HeldEvents {
    /// More in one generation are not told apart.
    static let limit = 1_000_000

    private let age: Int64
    private var present: Set<Hash128> = []
    private var former: Set<Hash128> = []
    private var turn: Int64 = 0
    /// There were too many at this time, so that nothing can be said for two generations.
    private var blindUntil = Int64.min
    private var time: Int64 = 0

    init(age: Int64) { self.age = max(1, age) }

    mutating func pass(to time: Int64) {
        self.time = time
        guard time - turn >= age else { return }
        turn = time
        former = present
        present = []
    }

    mutating func insert(_ event: Hash128) {
        if present.count >= HeldEvents.limit {
            blindUntil = time.addingClamped(age).addingClamped(age)
            present.removeAll(keepingCapacity: true)
        }
        present.insert(event)
    }

    func mayHold(_ event: Hash128) -> Bool {
        time < blindUntil || present.contains(event) || former.contains(event)
    }
}
