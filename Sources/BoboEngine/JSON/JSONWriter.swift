import BoboTopics
package import CEL

/// Writes JSON (RFC 8259) straight to bytes.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package init(capacity: Int) { bytes.reserveCapacity(capacity) }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Text that is JSON already: punctuation and names known beforehand.
    package mutating func raw(_ json: StaticString) {
        json.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    package mutating func raw(_ json: String) { bytes.append(contentsOf: json.utf8) }

    package mutating func append(_ json: [UInt8]) { bytes.append(contentsOf: json) }

    /// A message that is JSON, in one line: between tokens it may hold line breaks, within texts it cannot.
    package mutating func raw(message: [UInt8]) {
        guard message.contains(where: { $0 == 0x0A || $0 == 0x0D }) else {
            bytes.append(contentsOf: message)
            return
        }
        bytes.append(contentsOf: message.lazy.filter { $0 != 0x0A && $0 != 0x0D })
    }

    package mutating func write(_ number: Int64) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        appendDecimal(number.magnitude, to: &bytes)
    }

    /// As a text: the sources of identifiers hold nothing that is to be escaped.
    package mutating func write(_ identifier: EventIdentifier) {
        var buffer = ByteBuffer(capacity: 64)
        buffer.append("\"")
        buffer.append(identifier)
        buffer.append("\"")
        bytes.append(contentsOf: buffer.bytes)
    }

    package mutating func write(_ hash: Hash128) {
        var buffer = ByteBuffer(capacity: 64)
        buffer.append("\"")
        buffer.append(hexadecimal: hash.value)
        buffer.append("\"")
        bytes.append(contentsOf: buffer.bytes)
    }

    /// A whole double without a fraction; what JSON has no number for (NaN, infinity) as null.
    package mutating func write(_ number: Double) {
        guard number.isFinite else { return raw("null") }
        if let whole = Int64(exactly: number), whole.magnitude <= 1 << 53 {
            write(whole)
        } else {
            raw(number.description)
        }
    }

    package mutating func write(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { escape($0) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            bytes.append(contentsOf: text)
            return
        }
        var buffer = ByteBuffer(capacity: 2 * text.count)
        buffer.append(escaped: UnsafeRawBufferPointer(text))
        bytes.append(contentsOf: buffer.bytes)
    }

    /// Any value: bytes as an object with base64, timestamps and durations as CEL's `string` has them, types by name, events
    /// as objects.
    package mutating func write(_ value: Value) {
        switch value {
        case .null: raw("null")
        case .bool(let bool): if bool { raw("true") } else { raw("false") }
        case .int(let int): write(int)
        case .uint(let uint): raw(String(uint))
        case .double(let double): write(double)
        case .string(let text): write(text)
        case .bytes(let data): write(bytes: data)
        case .timestamp(let timestamp): write(timestamp.rfc3339)
        case .duration(let duration): write(duration.text)
        case .type: write(String(describing: value))
        case .list(let list):
            raw("[")
            for (index, element) in list.elements.enumerated() {
                if index > 0 { raw(",") }
                write(element)
            }
            raw("]")
        case .map(let map):
            raw("{")
            for (index, pair) in map.enumerated() {
                if index > 0 { raw(",") }
                switch pair.0 {
                case .string(let name): write(name)
                case .uint(let number): write(String(number))
                default: write(String(describing: pair.0))
                }
                raw(":")
                write(pair.1)
            }
            raw("}")
        case .object(let object):
            if let event = object as? Event { write(event) } else { raw("null") }
        }
    }

    package mutating func write(_ event: Event) {
        var buffer = ByteBuffer(capacity: 192 + event.content.bytes.count)
        buffer.append(event)
        bytes.append(contentsOf: buffer.bytes)
    }

    package mutating func write(_ body: Body) {
        var buffer = ByteBuffer(capacity: 16 + body.count)
        buffer.append(payload: body.event.content)
        bytes.append(contentsOf: buffer.bytes)
    }

    private mutating func write(bytes data: [UInt8]) {
        raw("{\"base64\":\"")
        raw(Base64.encode(data))
        raw("\"}")
    }

    /// A time in milliseconds since 1970 as RFC 3339 with milliseconds, in UTC.
    package mutating func write(time milliseconds: Int64) {
        var buffer = ByteBuffer(capacity: 32)
        buffer.append("\"")
        buffer.append(time: milliseconds)
        buffer.append("\"")
        bytes.append(contentsOf: buffer.bytes)
    }
}
