import BoboEngine
import CEL

/// Reads JSON (RFC 8259) in one pass, as the caller asks for it, within bounds; whatever it is not asked for is skipped.
struct JSONReader {
    /// Deeper than what the engine takes as a payload, so that each payload it has passes.
    static let maximumDepth = 600

    private let bytes: [UInt8]
    private var at = 0
    private var depth = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var fault: MessageFault { .notJSON(at: at) }

    // MARK: Structure

    /// Calls `member` with each name; it is to read or to skip the value.
    mutating func object(_ member: (inout JSONReader, String) throws(MessageFault) -> Void) throws(MessageFault) {
        try enter(UInt8(ascii: "{"))
        if takes(UInt8(ascii: "}")) { return depth -= 1 }
        repeat {
            let name = try string(atMost: 256)
            try expect(UInt8(ascii: ":"))
            try member(&self, name)
        } while takes(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
        depth -= 1
    }

    /// Calls `element` at each element; it is to read or to skip it.
    mutating func array(
        atMost count: Int, _ element: (inout JSONReader) throws(MessageFault) -> Void
    ) throws(MessageFault) {
        try enter(UInt8(ascii: "["))
        if takes(UInt8(ascii: "]")) { return depth -= 1 }
        var read = 0
        repeat {
            read += 1
            guard read <= count else { throw .tooMany }
            try element(&self)
        } while takes(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
        depth -= 1
    }

    mutating func end() throws(MessageFault) {
        space()
        guard at == bytes.count else { throw fault }
    }

    /// The first byte of the next value.
    mutating func peek() -> UInt8? {
        space()
        return at < bytes.count ? bytes[at] : nil
    }

    private mutating func enter(_ byte: UInt8) throws(MessageFault) {
        try expect(byte)
        depth += 1
        guard depth <= JSONReader.maximumDepth else { throw .tooDeep }
    }

    private mutating func takes(_ byte: UInt8) -> Bool {
        space()
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(MessageFault) {
        guard takes(byte) else { throw fault }
    }

    private mutating func space() {
        while at < bytes.count, bytes[at] == 0x20 || (bytes[at] >= 0x09 && bytes[at] <= 0x0D) { at += 1 }
    }

    // MARK: Scalars

    mutating func bool() throws(MessageFault) -> Bool {
        if takes(word: "true") { return true }
        if takes(word: "false") { return false }
        throw fault
    }

    private mutating func takes(word: StaticString) -> Bool {
        space()
        let count = word.utf8CodeUnitCount
        guard at + count <= bytes.count else { return false }
        let isThere = word.withUTF8Buffer { word in
            for place in 0..<count where bytes[at + place] != word[place] { return false }
            return true
        }
        if isThere { at += count }
        return isThere
    }

    mutating func integer() throws(MessageFault) -> Int64 {
        space()
        let isNegative = at < bytes.count && bytes[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        let start = at
        var value: Int64 = 0
        while at < bytes.count, (0x30...0x39).contains(bytes[at]) {
            let digit = Int64(bytes[at] - 0x30)
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = scaled.subtractingReportingOverflow(digit)
            guard !overflow, !carry else { throw fault }
            value = sum
            at += 1
        }
        guard at > start, isNegative || value > .min else { throw fault }
        return isNegative ? value : -value
    }

    /// A whole number that is not negative.
    mutating func count() throws(MessageFault) -> Int {
        let number = try integer()
        guard number >= 0 else { throw fault }
        return Int(number)
    }

    mutating func hash() throws(MessageFault) -> Hash128 {
        space()
        guard at + 34 <= bytes.count, bytes[at] == UInt8(ascii: "\""), bytes[at + 33] == UInt8(ascii: "\""),
            let high = half(at + 1), let low = half(at + 17)
        else { throw fault }
        at += 34
        return Hash128(value: UInt128(high) << 64 | UInt128(low))
    }

    /// Sixteen lower-case hexadecimal digits: most of a message are those.
    private func half(_ start: Int) -> UInt64? {
        var value: UInt64 = 0
        for place in start..<(start + 16) {
            let digit = bytes[place]
            let nibble: UInt8
            switch digit {
            case 0x30...0x39: nibble = digit - 0x30
            case 0x61...0x66: nibble = digit - 0x57
            default: return nil
            }
            value = value << 4 | UInt64(nibble)
        }
        return value
    }

    /// - Parameter limit: in bytes.
    mutating func string(atMost limit: Int) throws(MessageFault) -> String {
        try expect(UInt8(ascii: "\""))
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\"), bytes[at] >= 0x20 {
            at += 1
        }
        guard at < bytes.count, at - start <= limit else { throw fault }
        if bytes[at] == UInt8(ascii: "\"") {
            guard let text = String(validating: bytes[start..<at], as: UTF8.self) else { throw fault }
            at += 1
            return text
        }
        var content = Array(bytes[start..<at])
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            if bytes[at] == UInt8(ascii: "\\") {
                try escape(into: &content)
            } else {
                guard bytes[at] >= 0x20 else { throw fault }
                content.append(bytes[at])
                at += 1
            }
            guard content.count <= limit else { throw .tooMany }
        }
        try expect(UInt8(ascii: "\""))
        guard let text = String(validating: content, as: UTF8.self) else { throw fault }
        return text
    }

    private mutating func escape(into content: inout [UInt8]) throws(MessageFault) {
        guard at + 1 < bytes.count else { throw fault }
        let kind = bytes[at + 1]
        at += 2
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(kind)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            var unit = UInt32(try hexadecimal())
            if (0xD800..<0xDC00).contains(unit) {
                guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
                    throw fault
                }
                at += 2
                let low = UInt32(try hexadecimal())
                guard (0xDC00..<0xE000).contains(low) else { throw fault }
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw fault }
            content.append(contentsOf: String(scalar).utf8)
        default: throw fault
        }
    }

    private mutating func hexadecimal() throws(MessageFault) -> UInt16 {
        guard at + 4 <= bytes.count, let digits = String(validating: bytes[at..<(at + 4)], as: UTF8.self),
            digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let unit = UInt16(digits, radix: 16)
        else { throw fault }
        at += 4
        return unit
    }

    // MARK: Any value

    /// A key: null, a bool, a number, a text, or a list of these.
    mutating func key() throws(MessageFault) -> Value {
        switch peek() {
        case UInt8(ascii: "n"):
            guard takes(word: "null") else { throw fault }
            return .null
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try bool())
        case UInt8(ascii: "\""): return .string(try string(atMost: 65536))
        case UInt8(ascii: "["):
            var elements: [Value] = []
            try array(atMost: 1024) { reader throws(MessageFault) in
                guard reader.depth <= 16 else { throw .tooDeep }
                elements.append(try reader.key())
            }
            return .list(List(elements))
        default: return try number()
        }
    }

    private mutating func number() throws(MessageFault) -> Value {
        let start = at
        try skipNumber()
        guard let text = String(validating: bytes[start..<at], as: UTF8.self) else { throw fault }
        if let int = Int64(text) { return .int(int) }
        if let uint = UInt64(text) { return .uint(uint) }
        guard let double = Double(text), double.isFinite else { throw fault }
        return .double(double)
    }

    private mutating func skipNumber() throws(MessageFault) {
        if takes(UInt8(ascii: "-")) {}
        let start = at
        while at < bytes.count {
            switch bytes[at] {
            case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"),
                UInt8(ascii: "-"):
                at += 1
                continue
            default: break
            }
            break
        }
        guard at > start, (0x30...0x39).contains(bytes[start]) else { throw fault }
    }

    /// The bytes of the next value as they stand. Whether a number in it is one is for whoever reads them.
    mutating func rawValue() throws(MessageFault) -> [UInt8] {
        space()
        let start = at
        try skip()
        return Array(bytes[start..<at])
    }

    mutating func skip() throws(MessageFault) {
        switch peek() {
        case UInt8(ascii: "{"): try object { reader, _ throws(MessageFault) in try reader.skip() }
        case UInt8(ascii: "["): try array(atMost: .max) { reader throws(MessageFault) in try reader.skip() }
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool()
        case UInt8(ascii: "n"): guard takes(word: "null") else { throw fault }
        default: try skipNumber()
        }
    }

    private mutating func skipString() throws(MessageFault) {
        try expect(UInt8(ascii: "\""))
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            guard bytes[at] >= 0x20 else { throw fault }
            at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard at < bytes.count else { throw fault }
        at += 1
    }
}
