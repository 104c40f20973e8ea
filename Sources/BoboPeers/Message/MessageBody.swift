package import BoboEngine
import CEL

/// How much of a run's history a gateway has: the number of its first events, and the hash of their identifiers.
package struct KnownPart: Hashable, Sendable {
    package let length: Int
    package let hash: Hash128

    package init(length: Int, hash: Hash128) {
        self.length = length
        self.hash = hash
    }
}

/// The entries of a message that is being written, and the events that they refer to, within a size.
struct MessageBody {
    enum Outcome {
        /// The whole entry is in; of an active or completed run, what the receiver has of it then.
        case added(KnownPart?)
        /// A part of the history is in, as far as this message goes; the rest goes into the next ones.
        case begun(KnownPart)
        /// Nothing more goes into this message.
        case full
        /// An event that no message can bear.
        case tooLarge(bytes: Int)
    }

    /// Of a completed run.
    struct Completion: Hashable {
        let publisher: String
        let published: Bool
        let timestamp: Int64
    }

    private let limit: Int
    private let most: Int
    private let table: PatternTable
    private var events = JSONWriter()
    private var eventCount = 0
    private var places: [EventIdentifier: Int] = [:]
    private var lists = EntryLists()
    private var open: OpenEntry?
    private var briefs: [OpenEntry] = []
    private var briefBytes = 0
    private var rests = JSONWriter()

    /// - Parameters:
    ///   - limit: of the events and entries together, in bytes.
    ///   - most: what a single event may bring it to that is larger.
    ///   - table: the patterns that entries may name by their number.
    init(limit: Int, most: Int = 0, table: PatternTable = PatternTable()) {
        self.limit = limit
        self.most = max(limit, most)
        self.table = table
    }

    var isEmpty: Bool { lists.order.isEmpty && open == nil && briefs.isEmpty && rests.bytes.isEmpty }

    /// Of what is in, in bytes, or somewhat more.
    var size: Int { events.bytes.count + lists.size + (open?.size ?? 0) + briefBytes + rests.bytes.count }

    var isHalfFull: Bool { size >= limit / 2 }

    // MARK: Entries

    /// - Parameter copy: without the events that the receiver has.
    mutating func update(_ copy: RunCopy) -> Outcome { add(copy, completion: nil, ended: 0) }

    /// - Parameters:
    ///   - copy: without the events that the receiver has.
    ///   - ended: milliseconds ago.
    mutating func complete(_ copy: RunCopy, _ completion: Completion, ended: Int64) -> Outcome {
        add(copy, completion: completion, ended: ended)
    }

    /// - Parameter ended: milliseconds ago.
    mutating func halt(
        _ identifier: RunIdentifier, of identity: PatternIdentity, key: Value, timestamp: Int64, ended: Int64
    ) -> Outcome {
        let shape = OpenEntry.Shape(
            kind: .halted, pattern: table.reference(identity), key: key.json, timestamp: timestamp)
        return add(shape, identifier, base: 0, baseHash: nil, ended: ended, JSONWriter())
    }

    /// That a run has ended, and no more. Such entries stand last, in any order, those that agree in one.
    mutating func brief(
        _ identifier: RunIdentifier, _ kind: EntryKind, phenomenon: String, pattern: String, ended: Int64
    ) -> Outcome {
        let shape = OpenEntry.Shape(kind: kind, pattern: .name(phenomenon: phenomenon, pattern: pattern, version: nil))
        let place = briefs.firstIndex { $0.shape == shape }
        let cost = 36 + decimalCount(ended) + (place == nil ? shape.size : 0)
        guard isEmpty || size + cost <= limit else { return .full }
        if place == nil { briefs.append(OpenEntry(shape: shape)) }
        briefs[place ?? briefs.count - 1].add(identifier, base: 0, baseHash: nil, ended: ended)
        briefBytes += cost
        return .added(nil)
    }

    /// A key that rests, or whose rest has ended.
    mutating func rest(_ rest: RestCopy) -> Outcome {
        let identity = PatternIdentity(phenomenon: rest.phenomenon, pattern: rest.pattern, version: rest.version)
        var made = JSONWriter()
        var add: [RunEntry.Addition] = []
        var count = eventCount
        for entry in rest.history {
            var place = places[entry.event.identifier]
            if place == nil {
                if count > 0 { made.raw(",") }
                made.write(exchanged: entry.event)
                places[entry.event.identifier] = count
                place = count
                count += 1
            }
            add.append(RunEntry.Addition(group: entry.group, place: place ?? 0))
        }
        let bytes = made.bytes.count + 512 + add.reduce(0) { $0 + 16 + $1.group.utf8.count }
        guard bytes <= most, isEmpty || size + bytes <= limit else {
            forget(from: eventCount)
            return bytes <= most ? .full : .tooLarge(bytes: bytes)
        }
        events.append(made.bytes)
        eventCount = max(eventCount, places.count)
        if !rests.bytes.isEmpty { rests.raw(",") }
        rests.write(rest, table.reference(identity), add)
        return .added(nil)
    }

    private mutating func add(_ copy: RunCopy, completion: Completion?, ended: Int64) -> Outcome {
        var hash = copy.baseHash
        let identity = PatternIdentity(phenomenon: copy.phenomenon, pattern: copy.pattern, version: copy.version)
        var shape = OpenEntry.Shape(
            kind: completion == nil ? .updated : .completed, pattern: table.reference(identity),
            // Whoever has the base has the key.
            key: copy.base > 0 ? nil : copy.key.json, block: copy.block, satisfied: copy.satisfied,
            arrival: copy.arrival, hasBase: copy.base > 0, completion: completion,
            timestamp: completion?.timestamp)
        var made = JSONWriter()
        var count = eventCount
        for entry in copy.history {
            let identifier = entry.event.identifier
            var place = places[identifier]
            if place == nil {
                var event = JSONWriter(capacity: 160 + entry.event.body.count)
                event.write(exchanged: entry.event)
                guard event.bytes.count + 512 <= most else {
                    forget(from: eventCount)
                    return .tooLarge(bytes: event.bytes.count)
                }
                let isFirst = isEmpty && shape.add.isEmpty
                let size = size + made.bytes.count + event.bytes.count + 16 * shape.add.count + 512
                guard isFirst || size <= limit else { return begin(copy, shape, hash, made) }
                if count > 0 { made.raw(",") }
                made.append(event.bytes)
                places[identifier] = count
                place = count
                count += 1
            }
            shape.add.append(RunEntry.Addition(group: entry.group, place: place ?? 0))
            hash.combine(identifier)
        }
        let outcome = add(
            shape, copy.identifier, base: copy.base, baseHash: copy.baseHash, ended: ended, made)
        guard case .added = outcome else { return outcome }
        return .added(KnownPart(length: copy.base + copy.history.count, hash: hash))
    }

    /// The history is longer than what is left of the message. In a message that has nothing yet, a part of it goes.
    private mutating func begin(
        _ copy: RunCopy, _ shape: OpenEntry.Shape, _ hash: Hash128, _ made: JSONWriter
    ) -> Outcome {
        guard isEmpty else {
            forget(from: eventCount)
            return .full
        }
        var part = OpenEntry.Shape(
            kind: .updated, pattern: shape.pattern, key: shape.key, hasBase: shape.hasBase)
        part.add = shape.add
        _ = add(part, copy.identifier, base: copy.base, baseHash: copy.baseHash, ended: 0, made)
        return .begun(KnownPart(length: copy.base + shape.add.count, hash: hash))
    }

    private mutating func forget(from count: Int) {
        if places.count > count { places = places.filter { $0.value < count } }
    }

    private mutating func add(
        _ shape: OpenEntry.Shape, _ identifier: RunIdentifier, base: Int, baseHash: Hash128?, ended: Int64,
        _ made: JSONWriter
    ) -> Outcome {
        let joins = open?.shape == shape
        let cost = joins ? 90 : shape.size
        guard isEmpty || size + made.bytes.count + cost <= limit else {
            forget(from: eventCount)
            return .full
        }
        events.append(made.bytes)
        eventCount = max(eventCount, places.count)
        if !joins {
            close()
            open = OpenEntry(shape: shape)
        }
        open?.add(identifier, base: base, baseHash: baseHash, ended: ended)
        return .added(nil)
    }

    private mutating func close() {
        if let open { lists.append(open) }
        open = nil
    }

    // MARK: Out

    /// Writes the fields of the entries, each after a comma.
    mutating func write(to json: inout JSONWriter) {
        close()
        for brief in briefs { lists.append(brief) }
        briefs = []
        if eventCount > 0 {
            json.raw(",\"events\":[")
            json.append(events.bytes)
            json.raw("]")
        }
        if !rests.bytes.isEmpty {
            json.raw(",\"resting\":[")
            json.append(rests.bytes)
            json.raw("]")
        }
        lists.write(to: &json)
    }
}

/// The three lists of entries, and which of them each next entry stands in.
private struct EntryLists {
    private var completed = JSONWriter()
    private var halted = JSONWriter()
    private var updated = JSONWriter()
    private(set) var order: [EntryKind] = []

    var size: Int { completed.bytes.count + halted.bytes.count + updated.bytes.count + order.count }

    mutating func append(_ entry: OpenEntry) {
        order.append(entry.shape.kind)
        switch entry.shape.kind {
        case .completed: entry.write(to: &completed)
        case .halted: entry.write(to: &halted)
        case .updated: entry.write(to: &updated)
        }
    }

    func write(to json: inout JSONWriter) {
        list(",\"completed\":[", completed, &json)
        list(",\"halted\":[", halted, &json)
        list(",\"updated\":[", updated, &json)
        // Left out where it is what a reader takes the order to be without it.
        guard zip(order, order.dropFirst()).contains(where: { $0.rawValue > $1.rawValue }) else { return }
        json.raw(",\"order\":")
        json.write(String(decoding: order.map(\.rawValue), as: UTF8.self))
    }

    private func list(_ name: StaticString, _ entries: JSONWriter, _ json: inout JSONWriter) {
        guard !entries.bytes.isEmpty else { return }
        json.raw(name)
        json.append(entries.bytes)
        json.raw("]")
    }
}

extension Value {
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }
}

private func decimalCount(_ number: Int64) -> Int {
    var count = 1
    var rest = number / 10
    while rest > 0 {
        count += 1
        rest /= 10
    }
    return count
}
