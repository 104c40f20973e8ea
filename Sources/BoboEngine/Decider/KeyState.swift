import CEL

/// Where in a pattern a run waits.
struct Position: Hashable, Comparable, Sendable {
    // In this order 12 bytes.
    /// Of an `all_of`: those of its predicates that are satisfied, a bit each.
    var satisfied: UInt64 = 0
    let block: Int32

    init(_ block: Int, satisfied: UInt64 = 0) {
        self.block = Int32(block)
        self.satisfied = satisfied
    }

    static func < (left: Position, right: Position) -> Bool {
        left.block != right.block ? left.block < right.block : left.satisfied < right.satisfied
    }
}

/// The active runs of one pattern and key, by the place where they wait.
// A million of these may be held: 56 bytes.
struct KeyState: Vacating {
    struct Place {
        let position: Position
        /// The root of the tree of runs that wait here.
        var root: Int32
    }

    /// The key; a short text lies in it.
    private enum Name {
        case none
        case text(String)
        case other(OtherKey)
    }

    private let name: Name
    /// Whether it is in use.
    private(set) var isLive = true
    private var smallActive: Int32 = 0
    /// No run's last event that was read elsewhere has a later `ts`.
    var latestForeign = Int64.min
    /// Where `several` is empty, the only place where runs wait, as mostly; without a root there is none.
    private var sole = KeyState.noPlace
    /// Those where runs wait, in ascending order.
    private var several: ContiguousArray<Place> = []

    private static var noPlace: Place { Place(position: Position(-1), root: RunForest.none) }

    init(key: KeyValue, value: Value) {
        if let text = key.text {
            name = .text(text.text)
        } else {
            name = key.isNone ? .none : .other(OtherKey(key, value))
        }
    }

    static var vacancy: KeyState { KeyState() }

    private init() {
        name = .none
        isLive = false
    }

    var key: KeyValue {
        switch name {
        case .none: .none
        case .text(let text): KeyValue(text)
        case .other(let other): other.key
        }
    }

    var value: Value {
        switch name {
        case .none: .null
        case .text(let text): .string(text)
        case .other(let other): other.value
        }
    }

    var active: Int {
        get { Int(smallActive) }
        set { smallActive = Int32(clamping: newValue) }
    }

    // MARK: Places

    var places: ContiguousArray<Place> {
        if several.isEmpty, sole.root != RunForest.none { return [sole] }
        return several
    }

    /// The highest place below a position; nil: the highest of all. Runs only move forward, so going down offers no run an
    /// event twice.
    @inline(__always)
    func place(below position: Position?) -> Place? {
        guard several.isEmpty else { return highest(below: position) }
        guard sole.root != RunForest.none else { return nil }
        if let position, sole.position >= position { return nil }
        return sole
    }

    private func highest(below position: Position?) -> Place? {
        guard let position else { return several.last }
        return several.last { $0.position < position }
    }

    @inline(__always)
    func root(at position: Position) -> Int32? {
        guard several.isEmpty else { return several.first { $0.position == position }?.root }
        return sole.position == position && sole.root != RunForest.none ? sole.root : nil
    }

    mutating func set(root: Int32, at position: Position) {
        let place = Place(position: position, root: root)
        if several.isEmpty {
            if sole.root == RunForest.none || sole.position == position {
                sole = place
                return
            }
            several.append(sole)
            sole = KeyState.noPlace
        }
        if let index = several.firstIndex(where: { $0.position == position }) {
            several[index].root = root
        } else {
            several.insert(place, at: several.firstIndex { $0.position > position } ?? several.endIndex)
        }
    }

    mutating func removePlace(at position: Position) {
        if several.isEmpty {
            if sole.position == position { sole = KeyState.noPlace }
        } else if let index = several.firstIndex(where: { $0.position == position }) {
            several.remove(at: index)
        }
    }
}

/// A key that is no text.
private final class OtherKey: Sendable {
    let key: KeyValue
    let value: Value

    init(_ key: KeyValue, _ value: Value) {
        self.key = key
        self.value = value
    }
}
