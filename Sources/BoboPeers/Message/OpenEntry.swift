import BoboEngine
import CEL

/// An entry that the next run may still join.
struct OpenEntry {
    /// What the runs of one entry agree in.
    struct Shape: Equatable {
        let kind: EntryKind
        let pattern: PatternReference
        /// As JSON; nil where it is left out.
        var key: [UInt8]?
        var block: Int?
        var satisfied: UInt64 = 0
        var arrival: Int64?
        var hasBase = false
        var completion: MessageBody.Completion?
        var timestamp: Int64?
        var add: [RunEntry.Addition] = []

        /// Bytes, about, with one run.
        var size: Int {
            let pattern =
                switch pattern {
                case .place: 0
                case .name(let phenomenon, let pattern, _): 80 + phenomenon.utf8.count + pattern.utf8.count
                }
            return 200 + pattern + (key?.count ?? 0) + add.reduce(0) { $0 + 12 + $1.group.utf8.count }
                + (completion?.publisher.utf8.count ?? 0)
        }
    }

    let shape: Shape
    private var identifiers: [RunIdentifier] = []
    private var bases: [Int64] = []
    private var baseHashes: [Hash128] = []
    private var ended: [Int64] = []

    init(shape: Shape) { self.shape = shape }

    var size: Int { shape.size + 35 * (identifiers.count + baseHashes.count) + 8 * bases.count + 14 * ended.count }

    mutating func add(_ identifier: RunIdentifier, base: Int, baseHash: Hash128?, ended: Int64) {
        identifiers.append(identifier)
        if shape.hasBase, let baseHash {
            bases.append(Int64(base))
            baseHashes.append(baseHash)
        }
        if shape.kind != .updated { self.ended.append(ended) }
    }

    /// Writes it, after a comma where it is not the first.
    func write(to json: inout JSONWriter) {
        if !json.bytes.isEmpty { json.raw(",") }
        json.raw("{\"id\":")
        json.write(identifiers)
        json.write(shape.pattern)
        if let key = shape.key {
            json.raw(",\"key\":")
            json.append(key)
        }
        if shape.kind != .halted, shape.block != nil || !shape.add.isEmpty { writeHistory(&json) }
        if let completion = shape.completion {
            json.raw(",\"publisher\":")
            json.write(completion.publisher)
            if completion.published { json.raw(",\"published\":true") }
        }
        if let timestamp = shape.timestamp {
            json.raw(",\"ts\":")
            json.write(timestamp)
        }
        if !ended.isEmpty {
            json.raw(",\"ended\":")
            json.write(ended)
        }
        json.raw("}")
    }

    private func writeHistory(_ json: inout JSONWriter) {
        if let block = shape.block {
            json.raw(",\"block\":")
            json.write(Int64(block))
        }
        if shape.satisfied != 0 {
            json.raw(",\"satisfied\":")
            json.raw("[")
            var isFirst = true
            for place in 0..<64 where shape.satisfied & (1 << UInt64(place)) != 0 {
                if !isFirst { json.raw(",") }
                isFirst = false
                json.write(Int64(place))
            }
            json.raw("]")
        }
        if let arrival = shape.arrival {
            json.raw(",\"arrival\":")
            json.write(arrival)
        }
        if shape.hasBase {
            json.raw(",\"base\":")
            if let first = bases.first, bases.allSatisfy({ $0 == first }) {
                json.write(first)
            } else {
                json.write(bases)
            }
            json.raw(",\"base_hash\":")
            json.write(baseHashes)
        }
        json.raw(",\"add\":")
        json.write(shape.add)
    }
}

extension JSONWriter {
    /// One alone, several as a list.
    mutating func write(_ hashes: [Hash128]) {
        if hashes.count == 1 { return write(hashes[0]) }
        raw("[")
        for (index, hash) in hashes.enumerated() {
            if index > 0 { raw(",") }
            write(hash)
        }
        raw("]")
    }

    fileprivate mutating func write(_ numbers: [Int64]) {
        if numbers.count == 1 { return write(numbers[0]) }
        raw("[")
        for (index, number) in numbers.enumerated() {
            if index > 0 { raw(",") }
            write(number)
        }
        raw("]")
    }
}
