/// Values by their keys, of which at most so many are kept: beyond, the one that was set longest ago goes.
struct RecencyTable<Key: Hashable, Value> {
    private struct Entry {
        let key: Key
        var value: Value
        var newer: Int
        var older: Int
    }

    private static var none: Int { -1 }

    private let limit: Int
    private var places: [Key: Int] = [:]
    private var entries = ContiguousArray<Entry>()
    private var newest = RecencyTable.none
    private var oldest = RecencyTable.none
    /// How many had to go.
    private(set) var dropped = 0

    init(limit: Int) { self.limit = max(1, limit) }

    var count: Int { places.count }

    subscript(key: Key) -> Value? { places[key].map { entries[$0].value } }

    /// - Returns: what had to go for it.
    @discardableResult
    mutating func set(_ value: Value, for key: Key) -> (key: Key, value: Value)? {
        if let place = places[key] {
            entries[place].value = value
            guard place != newest else { return nil }
            unlink(place)
            link(place)
            return nil
        }
        if places.count < limit {
            entries.append(Entry(key: key, value: value, newer: RecencyTable.none, older: RecencyTable.none))
            places[key] = entries.count - 1
            link(entries.count - 1)
            return nil
        }
        // The new one takes the place of the oldest.
        let place = oldest
        let gone = (entries[place].key, entries[place].value)
        dropped += 1
        places[gone.0] = nil
        unlink(place)
        entries[place] = Entry(key: key, value: value, newer: RecencyTable.none, older: RecencyTable.none)
        places[key] = place
        link(place)
        return gone
    }

    /// - Returns: the value that was set longest ago, which is gone then.
    mutating func removeOldest() -> Value? {
        guard oldest != RecencyTable.none else { return nil }
        let place = oldest
        let value = entries[place].value
        places[entries[place].key] = nil
        unlink(place)
        // The last one takes its place.
        let moved = entries.removeLast()
        guard place < entries.count else { return value }
        entries[place] = moved
        places[moved.key] = place
        if moved.newer == RecencyTable.none { newest = place } else { entries[moved.newer].older = place }
        if moved.older == RecencyTable.none { oldest = place } else { entries[moved.older].newer = place }
        return value
    }

    mutating func forEachValue(_ body: (inout Value) -> Void) {
        for place in entries.indices { body(&entries[place].value) }
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (entries[place].newer, entries[place].older)
        if newer == RecencyTable.none { newest = older } else { entries[newer].older = older }
        if older == RecencyTable.none { oldest = newer } else { entries[older].newer = newer }
    }

    private mutating func link(_ place: Int) {
        entries[place].newer = RecencyTable.none
        entries[place].older = newest
        if newest != RecencyTable.none { entries[newest].newer = place }
        newest = place
        if oldest == RecencyTable.none { oldest = place }
    }
}
