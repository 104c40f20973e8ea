import BoboEngine
import CEL

extension PeerMessage {
    /// The message as JSON: the fields of `self` but for the entries, which are those of `body`.
    func json(_ body: inout MessageBody) -> [UInt8] {
        var json = JSONWriter(capacity: 1024 + body.size)
        json.raw("{\"v\":1,\"from\":")
        json.write(from)
        json.raw(",\"to\":")
        json.write(to)
        json.raw(",\"epoch\":")
        json.write(epoch)
        json.raw(",\"seq\":")
        json.write(Int64(seq))
        if open { json.raw(",\"open\":true") }
        if let ack {
            json.raw(",\"ack\":{\"epoch\":")
            json.write(ack.epoch)
            json.raw(",\"seq\":")
            json.write(Int64(ack.seq))
            json.raw("}")
        }
        if kind != .sync {
            json.raw(",\"type\":\"")
            json.raw(kind.rawValue)
            json.raw("\"")
        }
        if reset { json.raw(",\"reset\":true") }
        json.member(",\"token\":", token)
        json.member(",\"echo\":", echo)
        json.raw(",\"now\":")
        json.write(now)
        json.member(",\"since\":", since)
        if away { json.raw(",\"away\":true") }
        if !ready { json.raw(",\"ready\":false") }
        writeDivision(&json)
        json.member(",\"part\":", part.map(Int64.init))
        json.member(",\"parts\":", parts.map(Int64.init))
        if let patterns { json.write(patterns) }
        json.member(",\"clock\":", clock)
        if let digest {
            json.raw(",\"digest\":")
            json.write(digest)
        }
        body.write(to: &json)
        if !published.isEmpty {
            json.raw(",\"published\":")
            json.write(published)
        }
        if !need.isEmpty {
            json.raw(",\"need\":")
            json.write(need)
        }
        json.raw("}")
        return json.bytes
    }

    private func writeDivision(_ json: inout JSONWriter) {
        if let reads {
            json.raw(",\"reads\":{")
            for (index, (partition, time)) in reads.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { json.raw(",") }
                json.write(partition)
                json.raw(":")
                json.write(time)
            }
            json.raw("}")
        }
        if let config {
            json.raw(",\"config\":")
            json.write(config)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ random: Random128) { write(Hash128(value: random.value)) }

    fileprivate mutating func member(_ name: StaticString, _ random: Random128?) {
        guard let random else { return }
        raw(name)
        write(random)
    }

    fileprivate mutating func member(_ name: StaticString, _ number: Int64?) {
        guard let number else { return }
        raw(name)
        write(number)
    }

    fileprivate mutating func write(_ patterns: [PatternIdentity]) {
        raw(",\"patterns\":[")
        for (index, pattern) in patterns.enumerated() {
            if index > 0 { raw(",") }
            raw("{\"phenomenon\":")
            write(pattern.phenomenon)
            raw(",\"pattern\":")
            write(pattern.pattern)
            raw(",\"version\":")
            write(pattern.version)
            raw("}")
        }
        raw("]")
    }
}
