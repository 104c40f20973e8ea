import BoboEngine
import CEL

extension JSONReader {
    mutating func random() throws(MessageFault) -> Random128 { Random128(try hash().value) }

    mutating func acknowledgment() throws(MessageFault) -> PeerMessage.Acknowledgment {
        var epoch: Random128?
        var seq: Int?
        try object { reader, name throws(MessageFault) in
            switch name {
            case "epoch": epoch = try reader.random()
            case "seq": seq = try reader.count()
            default: try reader.skip()
            }
        }
        guard let epoch, let seq else { throw .wrong("ack") }
        return PeerMessage.Acknowledgment(epoch: epoch, seq: UInt64(seq))
    }

    mutating func list<Element>(
        atMost count: Int, _ element: (inout JSONReader) throws(MessageFault) -> Element
    ) throws(MessageFault) -> [Element] {
        var elements: [Element] = []
        try array(atMost: count) { reader throws(MessageFault) in elements.append(try element(&reader)) }
        return elements
    }

    /// One hash, or a list of them.
    mutating func hashes() throws(MessageFault) -> [Hash128] {
        guard peek() == UInt8(ascii: "[") else { return [try hash()] }
        return try list(atMost: MessageLimits.runs) { reader throws(MessageFault) in try reader.hash() }
    }

    mutating func reads() throws(MessageFault) -> [String: Int64] {
        var reads: [String: Int64] = [:]
        try object { reader, name throws(MessageFault) in
            guard reads.count < MessageLimits.reads else { throw .tooMany }
            reads[name] = Int64(try reader.count())
        }
        return reads
    }

    mutating func patterns() throws(MessageFault) -> [PatternIdentity] {
        try list(atMost: MessageLimits.patterns) { reader throws(MessageFault) in
            var phenomenon: String?
            var pattern: String?
            var version: Hash128?
            try reader.object { reader, name throws(MessageFault) in
                switch name {
                case "phenomenon": phenomenon = try reader.string(atMost: MessageLimits.name)
                case "pattern": pattern = try reader.string(atMost: MessageLimits.name)
                case "version": version = try reader.hash()
                default: try reader.skip()
                }
            }
            guard let phenomenon, let pattern, let version else { throw .wrong("patterns") }
            return PatternIdentity(phenomenon: phenomenon, pattern: pattern, version: version)
        }
    }

    mutating func entries() throws(MessageFault) -> [RunEntry] {
        try list(atMost: MessageLimits.entries) { reader throws(MessageFault) in
            var entry = RunEntry()
            var names = EntryNames()
            try reader.object { reader, name throws(MessageFault) in try entry.read(name, &names, &reader) }
            entry.pattern = try names.reference()
            return entry
        }
    }

    mutating func rests() throws(MessageFault) -> [RestEntry] {
        try list(atMost: MessageLimits.entries) { reader throws(MessageFault) in
            var entry = RestEntry()
            var names = EntryNames()
            var run: RunIdentifier?
            var timestamp: Int64?
            try reader.object { reader, name throws(MessageFault) in
                switch name {
                case "run": run = try reader.hash()
                case "key": entry.key = try reader.key()
                case "ts": timestamp = try reader.integer()
                case "ended": entry.ended = try reader.integer()
                case "add":
                    entry.add = try reader.list(atMost: MessageLimits.additions) { reader throws(MessageFault) in
                        try reader.addition()
                    }
                default: try names.read(name, &reader)
                }
            }
            guard let run, let timestamp else { throw .wrong("resting") }
            entry.run = run
            entry.timestamp = timestamp
            entry.pattern = try names.reference()
            return entry
        }
    }

    mutating func event() throws(MessageFault) -> ExchangedEvent {
        var identifier: EventIdentifier?
        var kind: Event.Kind? = .simple
        var timestamp: Int64?
        var topic: String?
        var payload: (bytes: [UInt8], format: Body.Format)?
        var depth = 0
        try object { reader, name throws(MessageFault) in
            switch name {
            case "id": identifier = EventIdentifier(text: try reader.string(atMost: MessageLimits.name))
            case "kind": kind = Event.Kind(rawValue: try reader.string(atMost: 16))
            case "ts": timestamp = try reader.integer()
            case "topic": topic = try reader.string(atMost: MessageLimits.topic)
            case "payload": payload = (try reader.rawValue(), .json)
            case "text": payload = (Array(try reader.string(atMost: MessageLimits.size).utf8), .text)
            case "base64":
                guard let bytes = Base64.decode(try reader.string(atMost: MessageLimits.size)) else {
                    throw .wrong("base64")
                }
                payload = (bytes, .bytes)
            case "depth": depth = try reader.count()
            default: try reader.skip()
            }
        }
        guard let identifier, let kind, let timestamp, let topic, let payload, depth <= 1 << 20 else {
            throw .wrong("events")
        }
        return ExchangedEvent(
            identifier: identifier, kind: kind, timestamp: timestamp, topic: topic, payload: payload.bytes,
            format: payload.format, depth: depth)
    }
}

/// What an entry says of its pattern.
private struct EntryNames {
    var phenomenon: String?
    var pattern: String?
    var place: Int?
    var version: Hash128?

    /// Skips what is no part of a pattern's name.
    mutating func read(_ name: String, _ reader: inout JSONReader) throws(MessageFault) {
        switch name {
        case "phenomenon": phenomenon = try reader.string(atMost: MessageLimits.name)
        case "pattern":
            if reader.peek() == UInt8(ascii: "\"") {
                pattern = try reader.string(atMost: MessageLimits.name)
            } else {
                place = try reader.count()
            }
        case "version": version = try reader.hash()
        default: try reader.skip()
        }
    }

    func reference() throws(MessageFault) -> PatternReference {
        if let place {
            guard phenomenon == nil, version == nil else { throw .wrong("pattern") }
            return .place(place)
        }
        guard let phenomenon, let pattern else { throw .missing("pattern") }
        return .name(phenomenon: phenomenon, pattern: pattern, version: version)
    }
}

extension RunEntry {
    fileprivate mutating func read(
        _ name: String, _ names: inout EntryNames, _ reader: inout JSONReader
    ) throws(MessageFault) {
        switch name {
        case "id": identifiers = try reader.hashes()
        case "key": key = try reader.key()
        case "block": block = try reader.count()
        case "base":
            if reader.peek() == UInt8(ascii: "[") {
                bases = try reader.list(atMost: MessageLimits.runs) { reader throws(MessageFault) in
                    try reader.count()
                }
            } else {
                bases = [try reader.count()]
            }
            // So that no sum with it overflows.
            guard bases.allSatisfy({ $0 < 1 << 40 }) else { throw .wrong(name) }
        case "base_hash": baseHashes = try reader.hashes()
        case "add":
            add = try reader.list(atMost: MessageLimits.additions) { reader throws(MessageFault) in
                try reader.addition()
            }
        case "satisfied":
            for place in try reader.list(atMost: 64, { r throws(MessageFault) in try r.count() }) {
                guard place < 64, satisfied & (1 << UInt64(place)) == 0 else { throw .wrong(name) }
                satisfied |= 1 << UInt64(place)
            }
        case "arrival": arrival = try reader.integer()
        case "publisher": publisher = try reader.string(atMost: MessageLimits.name)
        case "published": published = try reader.bool()
        case "ended":
            guard reader.peek() == UInt8(ascii: "[") else { return ended = [try reader.integer()] }
            ended = try reader.list(atMost: MessageLimits.runs) { reader throws(MessageFault) in try reader.integer() }
        case "ts": timestamp = try reader.integer()
        default: try names.read(name, &reader)
        }
    }
}

extension JSONReader {
    /// A place, or `["group", place]`.
    fileprivate mutating func addition() throws(MessageFault) -> RunEntry.Addition {
        guard peek() == UInt8(ascii: "[") else { return RunEntry.Addition(group: "", place: try count()) }
        var group: String?
        var place: Int?
        try array(atMost: 2) { reader throws(MessageFault) in
            if group == nil {
                group = try reader.string(atMost: MessageLimits.name)
            } else {
                place = try reader.count()
            }
        }
        guard let group, let place else { throw .wrong("add") }
        return RunEntry.Addition(group: group, place: place)
    }
}
