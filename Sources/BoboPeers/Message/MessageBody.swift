import BoboEngine
import CEL

/// How much of a run's history a peer is taken to have.
struct KnownPart: Hashable, Sendable {
    let length: Int
    let hash: Hash128
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
    }

    /// Of a completed run.
    struct Completion: Hashable {
        let publisher: String
        let published: Bool
        let timestamp: Int64
    }

    private let limit: Int
    private var events: [[UInt8]] = []
    private var eventBytes = 0
    private var places: [EventIdentifier: Int] = [:]
    private var completed: [[UInt8]] = []
    private var halted: [[UInt8]] = []
    private var updated: [[UInt8]] = []
    private var entryBytes = 0
    private var order: [EntryKind] = []
    private var open: OpenEntry?

    /// - Parameter limit: of the events and entries together, in bytes.
    init(limit: Int) { self.limit = limit }

    var isEmpty: Bool { order.isEmpty }

    private var size: Int { eventBytes + entryBytes + (open?.size ?? 0) }

    // MARK: Entries

    mutating func update(_ copy: RunCopy, known: KnownPart?) -> Outcome {
        add(copy, known: known, completion: nil, ended: 0)
    }

    /// - Parameter ended: milliseconds ago.
    mutating func complete(_ copy: RunCopy, known: KnownPart?, _ completion: Completion, ended: Int64) -> Outcome {
        add(copy, known: known, completion: completion, ended: ended)
    }

    /// - Parameter ended: milliseconds ago.
    mutating func halt(
        _ identifier: RunIdentifier, of identity: PatternIdentity, key: Value, timestamp: Int64, ended: Int64
    ) -> Outcome {
        let shape = OpenEntry.Shape(
            kind: .halted, phenomenon: identity.phenomenon, pattern: identity.pattern, version: identity.version,
            key: key.json, timestamp: timestamp)
        return add(shape, identifier, hash: nil, baseHash: nil, ended: ended, [], size: 0)
    }

    /// That a run has ended, and no more.
    mutating func brief(
        _ identifier: RunIdentifier, _ kind: EntryKind, phenomenon: String, pattern: String, ended: Int64
    ) -> Outcome {
        let shape = OpenEntry.Shape(kind: kind, phenomenon: phenomenon, pattern: pattern)
        return add(shape, identifier, hash: nil, baseHash: nil, ended: ended, [], size: 0)
    }

    private mutating func add(
        _ copy: RunCopy, known: KnownPart?, completion: Completion?, ended: Int64
    ) -> Outcome {
        var base = 0
        var hash = Hash128()
        if let known, known.length <= copy.history.count {
            for entry in copy.history.prefix(known.length) { hash.combine(entry.event.identifier.description) }
            if hash == known.hash { base = known.length } else { hash = Hash128() }
        }
        let baseHash = hash
        var shape = OpenEntry.Shape(
            kind: completion == nil ? .updated : .completed, phenomenon: copy.phenomenon, pattern: copy.pattern,
            version: copy.version, key: copy.key.json, block: copy.block, base: base, completion: completion,
            timestamp: completion?.timestamp)
        var made: [[UInt8]] = []
        var madeBytes = 0
        for entry in copy.history.dropFirst(base) {
            let identifier = entry.event.identifier
            var place = places[identifier]
            if place == nil {
                let json = entry.event.exchangedJSON
                let isFirst = isEmpty && shape.add.isEmpty
                guard isFirst || size + madeBytes + json.count + 16 * shape.add.count + 512 <= limit else {
                    return begin(copy, shape, hash, baseHash, made, madeBytes)
                }
                let next = events.count + made.count
                places[identifier] = next
                place = next
                made.append(json)
                madeBytes += json.count + 1
            }
            shape.add.append(RunEntry.Addition(group: entry.group, place: place ?? 0))
            hash.combine(identifier.description)
        }
        let outcome = add(
            shape, copy.identifier, hash: base == 0 ? hash : nil, baseHash: base > 0 ? baseHash : nil, ended: ended,
            made, size: madeBytes)
        guard case .added = outcome else { return outcome }
        return .added(KnownPart(length: copy.history.count, hash: hash))
    }

    /// The history is longer than what is left of the message. In a message that has nothing yet, a part of it goes.
    private mutating func begin(
        _ copy: RunCopy, _ shape: OpenEntry.Shape, _ hash: Hash128, _ baseHash: Hash128, _ made: [[UInt8]],
        _ madeBytes: Int
    ) -> Outcome {
        guard isEmpty else {
            forget(made)
            return .full
        }
        var part = OpenEntry.Shape(
            kind: .updated, phenomenon: copy.phenomenon, pattern: copy.pattern, version: copy.version,
            key: copy.key.json, base: shape.base)
        part.add = shape.add
        _ = add(
            part, copy.identifier, hash: shape.base == 0 ? hash : nil, baseHash: shape.base > 0 ? baseHash : nil,
            ended: 0, made, size: madeBytes)
        return .begun(KnownPart(length: shape.base + shape.add.count, hash: hash))
    }

    private mutating func forget(_ made: [[UInt8]]) {
        let kept = events.count
        if !made.isEmpty { places = places.filter { $0.value < kept } }
    }

    private mutating func add(
        _ shape: OpenEntry.Shape, _ identifier: RunIdentifier, hash: Hash128?, baseHash: Hash128?, ended: Int64,
        _ made: [[UInt8]], size added: Int
    ) -> Outcome {
        let cost = open?.shape == shape ? 90 : shape.size
        guard isEmpty || size + added + cost <= limit else {
            forget(made)
            return .full
        }
        events += made
        eventBytes += added
        if open?.shape != shape {
            close()
            open = OpenEntry(shape: shape)
            order.append(shape.kind)
        }
        open?.add(identifier, hash: hash, baseHash: baseHash, ended: ended)
        return .added(nil)
    }

    private mutating func close() {
        guard let entry = open else { return }
        let json = entry.json
        entryBytes += json.count + 1
        switch entry.shape.kind {
        case .completed: completed.append(json)
        case .halted: halted.append(json)
        case .updated: updated.append(json)
        }
        open = nil
    }

    // MARK: Out

    /// Writes the fields of the entries, each after a comma.
    mutating func write(to json: inout JSONWriter) {
        close()
        if !events.isEmpty { json.list(",\"events\":[", events) }
        if !completed.isEmpty { json.list(",\"completed\":[", completed) }
        if !halted.isEmpty { json.list(",\"halted\":[", halted) }
        if !updated.isEmpty { json.list(",\"updated\":[", updated) }
        // Left out where it is what a reader takes the order to be without it.
        guard zip(order, order.dropFirst()).contains(where: { $0.rawValue > $1.rawValue }) else { return }
        json.raw(",\"order\":")
        json.write(String(decoding: order.map(\.rawValue), as: UTF8.self))
    }
}

extension JSONWriter {
    fileprivate mutating func list(_ name: StaticString, _ elements: [[UInt8]]) {
        raw(name)
        for (index, element) in elements.enumerated() {
            if index > 0 { raw(",") }
            append(element)
        }
        raw("]")
    }
}

extension Value {
    fileprivate var json: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }
}

extension Event {
    /// As it stands in `events`.
    fileprivate var exchangedJSON: [UInt8] {
        let event = exchanged
        var json = JSONWriter(capacity: 160 + event.topic.utf8.count + event.payload.count)
        json.raw("{\"id\":")
        json.write(event.identifier.description)
        json.raw(",\"kind\":\"")
        json.raw(event.kind.rawValue)
        json.raw("\",\"ts\":")
        json.write(event.timestamp)
        json.raw(",\"topic\":")
        json.write(event.topic)
        switch event.format {
        case .json:
            json.raw(",\"payload\":")
            json.raw(message: event.payload)
        case .text:
            json.raw(",\"text\":")
            json.write(String(decoding: event.payload, as: UTF8.self))
        case .bytes:
            json.raw(",\"base64\":\"")
            json.raw(Base64.encode(event.payload))
            json.raw("\"")
        }
        if event.depth > 0 {
            json.raw(",\"depth\":")
            json.write(Int64(event.depth))
        }
        json.raw("}")
        return json.bytes
    }
}
