import BoboEngine
import CEL

extension PeerMessage {
    /// Reads a message strictly: what is there must be what `docs/peer-protocol.md` says; names it does not know are
    /// skipped.
    package init(json: [UInt8]) throws(MessageFault) {
        self.init()
        guard json.count <= MessageLimits.size else { throw .tooLarge(json.count) }
        var reader = JSONReader(json)
        var seen: Set<String> = []
        try reader.object { reader, name throws(MessageFault) in
            guard seen.count < 64, seen.insert(name).inserted else { throw .wrong(name) }
            try self.read(name, &reader)
        }
        try reader.end()
        for name in ["v", "from", "to", "epoch", "seq", "now"] where !seen.contains(name) {
            throw .missing(name)
        }
        try check()
    }

    private mutating func read(_ name: String, _ reader: inout JSONReader) throws(MessageFault) {
        switch name {
        case "v":
            let version = try reader.integer()
            guard version == 1 else { throw .version(version) }
        case "from": from = try reader.string(atMost: MessageLimits.name)
        case "to": to = try reader.string(atMost: MessageLimits.name)
        case "epoch": epoch = try reader.random()
        case "seq": seq = UInt64(try reader.count())
        case "open": open = try reader.bool()
        case "ack": ack = try reader.acknowledgment()
        case "token": token = try reader.random()
        case "echo": echo = try reader.random()
        case "type":
            guard let kind = Kind(rawValue: try reader.string(atMost: 16)) else { throw .wrong(name) }
            self.kind = kind
        case "reset": reset = try reader.bool()
        case "now": now = try reader.integer()
        case "since": since = Int64(try reader.count())
        case "away": away = try reader.bool()
        case "ready": ready = try reader.bool()
        case "reads": reads = try reader.reads()
        case "config": config = try reader.hash()
        case "patterns": patterns = try reader.patterns()
        case "part": part = try reader.count()
        case "parts": parts = try reader.count()
        case "digest": digest = try reader.hash()
        case "clock": clock = try reader.integer()
        default: try readRuns(name, &reader)
        }
    }

    private mutating func readRuns(_ name: String, _ reader: inout JSONReader) throws(MessageFault) {
        switch name {
        case "events":
            events = try reader.list(atMost: MessageLimits.events) { r throws(MessageFault) in try r.event() }
        case "completed": completed = try reader.entries()
        case "halted": halted = try reader.entries()
        case "updated": updated = try reader.entries()
        case "order":
            for byte in try reader.string(atMost: 3 * MessageLimits.entries).utf8 {
                guard let kind = EntryKind(rawValue: byte) else { throw .wrong(name) }
                order.append(kind)
            }
        case "resting": resting = try reader.rests()
        case "published": published = try reader.hashes()
        case "need": need = try reader.hashes()
        default: try reader.skip()
        }
    }

    /// What the fields must be to each other.
    private func check() throws(MessageFault) {
        if kind == .resync {
            guard let part, let parts, part <= max(parts, 0), part > 0 || seq == 0, part == 0 || seq > 0 else {
                throw .wrong("part")
            }
        } else if part != nil || parts != nil {
            throw .wrong("part")
        }
        guard seq > 0 || (completed.isEmpty && halted.isEmpty && updated.isEmpty && resting.isEmpty) else {
            throw .wrong("seq")
        }
        for entry in resting {
            if case .name(_, _, nil) = entry.pattern { throw .missing("version") }
            guard entry.add.allSatisfy({ $0.place < events.count }) else { throw .wrong("add") }
        }
        if !order.isEmpty {
            guard order.count(where: { $0 == .completed }) == completed.count,
                order.count(where: { $0 == .halted }) == halted.count,
                order.count(where: { $0 == .updated }) == updated.count
            else { throw .wrong("order") }
        }
        for entry in completed { try check(entry, .completed) }
        for entry in halted { try check(entry, .halted) }
        for entry in updated { try check(entry, .updated) }
    }

    private func check(_ entry: RunEntry, _ kind: EntryKind) throws(MessageFault) {
        let count = entry.identifiers.count
        guard count > 0 else { throw .missing("id") }
        if kind != .updated {
            guard entry.ended.count == count, entry.ended.allSatisfy({ $0 >= 0 }) else { throw .wrong("ended") }
            if entry.isBrief { return }
        }
        if case .name(_, _, nil) = entry.pattern { throw .missing("version") }
        guard kind != .halted else {
            guard entry.key != nil else { throw .missing("key") }
            return
        }
        guard kind == .updated || entry.block != nil else { throw .missing("block") }
        guard entry.bases.count == 1 || entry.bases.count == count else { throw .wrong("base") }
        let haveBase = entry.bases.allSatisfy { $0 > 0 }
        guard haveBase || entry.bases.allSatisfy({ $0 == 0 }) else { throw .wrong("base") }
        guard haveBase ? entry.baseHashes.count == count : entry.baseHashes.isEmpty else { throw .wrong("base_hash") }
        guard haveBase || (entry.key != nil && !entry.add.isEmpty) else {
            throw .missing(entry.key == nil ? "key" : "add")
        }
        guard entry.add.allSatisfy({ $0.place < events.count }) else { throw .wrong("add") }
    }

    /// The entries in the order in which they are applied.
    var orderedEntries: [(kind: EntryKind, entry: RunEntry)] {
        guard !order.isEmpty else {
            return completed.map { (.completed, $0) } + halted.map { (.halted, $0) } + updated.map { (.updated, $0) }
        }
        var next: (completed: Int, halted: Int, updated: Int) = (0, 0, 0)
        return order.map { kind in
            switch kind {
            case .completed:
                next.completed += 1
                return (kind, completed[next.completed - 1])
            case .halted:
                next.halted += 1
                return (kind, halted[next.halted - 1])
            case .updated:
                next.updated += 1
                return (kind, updated[next.updated - 1])
            }
        }
    }
}
