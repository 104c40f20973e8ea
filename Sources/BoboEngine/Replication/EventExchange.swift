import BoboTopics
import CEL

/// An event as gateways exchange it: as it came, without what expressions read of it.
package struct ExchangedEvent: Sendable {
    package let identifier: EventIdentifier
    package let kind: Event.Kind
    /// Milliseconds since 1970.
    package let timestamp: Int64
    package let topic: String
    package let payload: [UInt8]
    package let format: Body.Format
    /// Of how many complex events, each from the one before, this one is the last.
    package let depth: Int

    package init(
        identifier: EventIdentifier, kind: Event.Kind, timestamp: Int64, topic: String, payload: [UInt8],
        format: Body.Format, depth: Int
    ) {
        self.identifier = identifier
        self.kind = kind
        self.timestamp = timestamp
        self.topic = topic
        self.payload = payload
        self.format = format
        self.depth = depth
    }
}

extension Event {
    package var exchangedDepth: Int { depth }

    package var exchanged: ExchangedEvent {
        ExchangedEvent(
            identifier: identifier, kind: kind, timestamp: timestamp, topic: topic.name.text, payload: body.bytes,
            format: body.format, depth: depth)
    }
}

extension Engine {
    /// The event with the fields that this engine's patterns read; nil where its topic is none, or its payload not what
    /// it is said to be.
    package func event(from exchanged: ExchangedEvent) -> Event? {
        guard let topic = topic(exchanged.topic) else { return nil }
        return receiver.event(from: exchanged, topic)
    }
}

extension Hash128 {
    package init(value: UInt128) {
        self.init()
        set(value)
    }

    /// Reads 32 lower-case hexadecimal digits; nil where there is anything else.
    package init?(hexadecimal digits: some Collection<UInt8>) {
        guard digits.count == 32 else { return nil }
        var value: UInt128 = 0
        for digit in digits {
            let nibble: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            value = value << 4 | UInt128(nibble)
        }
        self.init(value: value)
    }
}

extension EventIdentifier {
    /// Reads what `description` writes: 32 hexadecimal digits, or a source, `-` and a number.
    package init?(text: String) {
        if let hash = Hash128(hexadecimal: text.utf8) {
            self = .hashed(hash)
            return
        }
        guard let dash = text.utf8.lastIndex(of: UInt8(ascii: "-")), dash > text.startIndex,
            let number = UInt64(text[text.index(after: dash)...]),
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else { return nil }
        self = .counted(source: String(text[..<dash]), number: number)
    }
}
