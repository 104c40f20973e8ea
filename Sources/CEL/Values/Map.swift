/// A map with keys of type bool, int, uint or string, which keeps the order in which the keys came.
public struct Map: Sendable {
    private let storage: MapStorage

    /// Of pairs with equal keys the last counts, at the place of the first. Numbers are equal across their kinds.
    public init(_ pairs: [(Value, Value)]) {
        storage = MapStorage(pairs)
    }

    public init(_ pairs: [(String, Value)]) {
        storage = MapStorage(pairs.map { (.string($0.0), $0.1) })
    }

    /// - Throws: `repeatedKey` where two keys are equal.
    init(uniqueKeys pairs: [(Value, Value)]) throws(EvaluationFailure) {
        storage = MapStorage(pairs)
        if storage.keys.count < pairs.count { throw EvaluationFailure(.repeatedKey) }
    }

    public var count: Int { storage.keys.count }
    public var keys: [Value] { storage.keys }
    public var values: [Value] { storage.values }

    public subscript(key: Value) -> Value? { storage.index(of: key).map { storage.values[$0] } }
    public subscript(key: String) -> Value? { storage.index(of: key).map { storage.values[$0] } }
}

extension Map: Sequence {
    public func makeIterator() -> Zip2Sequence<[Value], [Value]>.Iterator { zip(keys, values).makeIterator() }
}

private final class MapStorage: Sendable {
    /// Up to this many keys are compared one by one, which is faster than to hash them.
    private static let linearLimit = 8

    let keys: [Value]
    let values: [Value]
    private let places: [MapKey: Int]?

    init(_ pairs: [(Value, Value)]) {
        var keys: [Value] = []
        var values: [Value] = []
        keys.reserveCapacity(pairs.count)
        values.reserveCapacity(pairs.count)
        if pairs.count <= MapStorage.linearLimit {
            for (key, value) in pairs {
                if let place = keys.firstIndex(where: { $0.isEqual(to: key) }) {
                    values[place] = value
                } else {
                    keys.append(key)
                    values.append(value)
                }
            }
            places = nil
        } else {
            var places: [MapKey: Int] = [:]
            places.reserveCapacity(pairs.count)
            for (key, value) in pairs {
                let hashed = MapKey(key)
                if let hashed, let place = places[hashed] {
                    values[place] = value
                } else {
                    if let hashed { places[hashed] = keys.count }
                    keys.append(key)
                    values.append(value)
                }
            }
            self.places = places
        }
        self.keys = keys
        self.values = values
    }

    func index(of key: Value) -> Int? {
        guard let places else { return keys.firstIndex { $0.isEqual(to: key) } }
        return MapKey(key).flatMap { places[$0] }
    }

    func index(of name: String) -> Int? {
        if let places { return places[.string(ExactText(name))] }
        for place in keys.indices {
            if case .string(let key) = keys[place], key.isSameText(as: name) { return place }
        }
        return nil
    }
}

/// A key such that equal numbers are one key whatever their kind.
private enum MapKey: Hashable {
    case bool(Bool)
    case int(Int64)
    /// Beyond the range of int.
    case uint(UInt64)
    case string(ExactText)

    init?(_ value: Value) {
        switch value {
        case .bool(let bool): self = .bool(bool)
        case .int(let int): self = .int(int)
        case .uint(let uint):
            if let int = Int64(exactly: uint) { self = .int(int) } else { self = .uint(uint) }
        case .double(let double):
            if let int = Int64(exactly: double) {
                self = .int(int)
            } else if let uint = UInt64(exactly: double) {
                self = .uint(uint)
            } else {
                return nil
            }
        case .string(let text): self = .string(ExactText(text))
        default: return nil
        }
    }
}
