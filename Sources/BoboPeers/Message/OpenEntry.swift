import BoboEngine
import CEL

/// An entry that the next run may still join.
struct OpenEntry {
    /// What the runs of one entry agree in.
    struct Shape: Equatable {
        let kind: EntryKind
        let phenomenon: String
        let pattern: String
        var version: Hash128?
        var key: [UInt8] = []
        var block: Int?
        var base = 0
        var completion: MessageBody.Completion?
        var timestamp: Int64?
        var add: [RunEntry.Addition] = []

        /// Bytes, about, with one run.
        var size: Int {
            256 + phenomenon.utf8.count + pattern.utf8.count + key.count
                + add.reduce(0) { $0 + 12 + $1.group.utf8.count } + (completion?.publisher.utf8.count ?? 0)
        }
    }

    let shape: Shape
    private var identifiers: [RunIdentifier] = []
    private var hashes: [Hash128] = []
    private var baseHashes: [Hash128] = []
    private var ended: [Int64] = []

    init(shape: Shape) { self.shape = shape }

    var size: Int { shape.size + 35 * (identifiers.count + hashes.count + baseHashes.count) + 14 * ended.count }

    mutating func add(_ identifier: RunIdentifier, hash: Hash128?, baseHash: Hash128?, ended: Int64) {
        identifiers.append(identifier)
        if let hash { hashes.append(hash) }
        if let baseHash { baseHashes.append(baseHash) }
        if shape.kind != .updated { self.ended.append(ended) }
    }

    var json: [UInt8] {
        var json = JSONWriter(capacity: size)
        json.raw("{\"id\":")
        json.write(identifiers)
        json.raw(",\"phenomenon\":")
        json.write(shape.phenomenon)
        json.raw(",\"pattern\":")
        json.write(shape.pattern)
        if let version = shape.version {
            json.raw(",\"version\":")
            json.write(version)
            json.raw(",\"key\":")
            json.append(shape.key)
            if shape.kind != .halted { writeHistory(&json) }
        }
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
        return json.bytes
    }

    private func writeHistory(_ json: inout JSONWriter) {
        if let block = shape.block {
            json.raw(",\"block\":")
            json.write(Int64(block))
        }
        json.raw(",\"length\":")
        json.write(Int64(shape.base + shape.add.count))
        if !hashes.isEmpty {
            json.raw(",\"hash\":")
            json.write(hashes)
        }
        if shape.base > 0 {
            json.raw(",\"base\":")
            json.write(Int64(shape.base))
            json.raw(",\"base_hash\":")
            json.write(baseHashes)
        }
        json.raw(",\"add\":[")
        for (index, addition) in shape.add.enumerated() {
            json.raw(index > 0 ? ",[" : "[")
            json.write(addition.group)
            json.raw(",")
            json.write(Int64(addition.place))
            json.raw("]")
        }
        json.raw("]")
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
