import CEL

/// Where in a pattern a run waits.
struct Position: Hashable, Comparable, Sendable {
    let block: Int32
    /// Of an `all_of`: those of its predicates that are satisfied, a bit each.
    var satisfied: UInt64 = 0

    init(_ block: Int, satisfied: UInt64 = 0) {
        self.block = Int32(block)
        self.satisfied = satisfied
    }

    static func < (left: Position, right: Position) -> Bool {
        left.block != right.block ? left.block < right.block : left.satisfied < right.satisfied
    }
}

/// The active runs of one pattern and key, by the place where they wait.
struct KeyState {
    struct Place {
        let position: Position
        /// The root of the tree of runs that wait here.
        var root: Int32
    }

    let key: KeyValue
    let value: Value
    /// Whether it is in use.
    private(set) var isLive = true
    var active = 0
    /// No run's last event that was read elsewhere has a later `ts`.
    var latestForeign = Int64.min
    /// Those where runs wait, in ascending order.
    private(set) var places: ContiguousArray<Place> = []

    init(key: KeyValue, value: Value) {
        self.key = key
        self.value = value
    }

    /// What stands where no key does.
    static var none: KeyState {
        var state = KeyState(key: .none, value: .null)
        state.isLive = false
        return state
    }

    /// The highest place below a position; nil: the highest of all. Runs only move forward, so going down offers no run an
    /// event twice.
    func place(below position: Position?) -> Place? {
        guard let position else { return places.last }
        return places.last { $0.position < position }
    }

    func root(at position: Position) -> Int32? { places.first { $0.position == position }?.root }

    mutating func set(root: Int32, at position: Position) {
        if let index = places.firstIndex(where: { $0.position == position }) {
            places[index].root = root
        } else {
            let index = places.firstIndex { $0.position > position } ?? places.endIndex
            places.insert(Place(position: position, root: root), at: index)
        }
    }

    mutating func removePlace(at position: Position) {
        if let index = places.firstIndex(where: { $0.position == position }) { places.remove(at: index) }
    }
}
