import CEL

/// The active runs of one pattern and key, by the block where they wait.
struct KeyState {
    struct Place {
        let block: Int32
        /// The root of the tree of runs that wait here.
        var root: Int32
    }

    let key: KeyValue
    let value: Value
    var active = 0
    /// No run's last event that was read elsewhere has a later `ts`.
    var latestForeign = Int64.min
    /// Those where runs wait, by ascending block.
    private(set) var places: ContiguousArray<Place> = []

    init(key: KeyValue, value: Value) {
        self.key = key
        self.value = value
    }

    /// The place of the highest block below `block`. Runs only move forward, so going down offers no run an event twice.
    func place(below block: Int32) -> Place? { places.last { $0.block < block } }

    func root(at block: Int32) -> Int32? { places.first { $0.block == block }?.root }

    mutating func set(root: Int32, at block: Int32) {
        if let index = places.firstIndex(where: { $0.block == block }) {
            places[index].root = root
        } else {
            let index = places.firstIndex { $0.block > block } ?? places.endIndex
            places.insert(Place(block: block, root: root), at: index)
        }
    }

    mutating func removePlace(at block: Int32) {
        if let index = places.firstIndex(where: { $0.block == block }) { places.remove(at: index) }
    }
}
