import BoboEngine

/// The rests of keys that began or ended since a peer's acknowledged state: of each key the latest.
struct RestStash {
    private struct Place: Hashable {
        let phenomenon: String
        let pattern: String
        /// As JSON.
        let key: [UInt8]
    }

    private var rests: [Place: RestCopy] = [:]
    private var queue: [Place] = []
    /// Since when the oldest waits.
    private(set) var oldest: Duration?

    var isEmpty: Bool { rests.isEmpty }
    var count: Int { rests.count }

    mutating func add(_ rest: RestCopy, now: Duration) {
        if oldest == nil { oldest = now }
        let place = Place(phenomenon: rest.phenomenon, pattern: rest.pattern, key: rest.key.json)
        if rests.updateValue(rest, forKey: place) == nil { queue.append(place) }
    }

    var first: RestCopy? { queue.first.flatMap { rests[$0] } }

    mutating func removeFirst() {
        guard let place = queue.first else { return }
        queue.removeFirst()
        rests[place] = nil
        if rests.isEmpty { oldest = nil }
    }

    mutating func removeAll() { self = RestStash() }
}
