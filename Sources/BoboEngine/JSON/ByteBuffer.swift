/// Bytes to which much is appended in small pieces, with one check for room a piece.
struct ByteBuffer: ~Copyable {
    // Safe: the buffer alone owns the memory, the first `count` of `capacity` bytes are initialised, and each piece makes room
    // for itself first.
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 256) {
        self.capacity = max(16, capacity)
        start = .allocate(capacity: self.capacity)
    }

    deinit { start.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    var array: [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }

    mutating func removeAll() { count = 0 }

    @inline(__always)
    private mutating func reserve(_ size: Int) { if count + size > capacity { grow(size) } }

    @inline(never)
    private mutating func grow(_ size: Int) {
        let larger = max(2 * capacity, count + size)
        let room = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        room.update(from: start, count: count)
        start.deallocate()
        start = room
        capacity = larger
    }

    // MARK: Pieces

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        start[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func append(_ piece: UnsafeRawBufferPointer) {
        guard let source = piece.baseAddress else { return }
        reserve(piece.count)
        UnsafeMutableRawPointer(start + count).copyMemory(from: source, byteCount: piece.count)
        count += piece.count
    }

    @inline(__always)
    mutating func append(_ piece: StaticString) {
        append(UnsafeRawBufferPointer(start: piece.utf8Start, count: piece.utf8CodeUnitCount))
    }

    @inline(__always)
    mutating func append(_ piece: [UInt8]) { piece.withUnsafeBytes { append($0) } }

    mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }  // read only within the closure
    }

    mutating func append(decimal number: UInt64) {
        reserve(20)
        var size = 1
        var bound: UInt64 = 10
        while size < 20, number >= bound {
            size += 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            if overflow { break }
            bound = next
        }
        var rest = number
        var place = count + size
        while place > count {
            place -= 1
            let quotient = rest / 10
            start[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest &- quotient &* 10)
            rest = quotient
        }
        count += size
    }

    mutating func append(decimal number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(decimal: number.magnitude)
    }

    /// 32 lower-case digits.
    mutating func append(hexadecimal value: UInt128) {
        reserve(32)
        for half in 0..<2 {
            let word = UInt64(truncatingIfNeeded: half == 0 ? value >> 64 : value)
            // Each half byte of a word comes to a byte of two words, which are then digits.
            for part in 0..<2 {
                var nibbles = part == 0 ? word >> 32 : word & 0xFFFF_FFFF
                nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFF
                nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
                nibbles = (nibbles | nibbles << 4) & 0x0F0F_0F0F_0F0F_0F0F
                let letters = ((nibbles &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
                let digits = nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
                UnsafeMutableRawPointer(start + count).storeBytes(of: digits.bigEndian, as: UInt64.self)
                count += 8
            }
        }
    }

    /// The inside of a JSON text: quotes, backslashes and control characters escaped.
    mutating func append(escaped text: UnsafeRawBufferPointer) {
        var from = 0
        for (place, byte) in text.enumerated()
        where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
            append(UnsafeRawBufferPointer(rebasing: text[from..<place]))
            from = place + 1
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x0A: append("\\n")
            case 0x0D: append("\\r")
            case 0x09: append("\\t")
            default:
                append("\\u00")
                append(ByteBuffer.hexadecimal(byte >> 4))
                append(ByteBuffer.hexadecimal(byte & 15))
            }
        }
        append(UnsafeRawBufferPointer(rebasing: text[from...]))
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }

    /// A time in milliseconds since 1970 as RFC 3339 with milliseconds, in UTC.
    mutating func append(time milliseconds: Int64) {
        let time = CivilTime(milliseconds)
        reserve(32)
        digits(time.year, 4, UInt8(ascii: "-"))
        digits(time.month, 2, UInt8(ascii: "-"))
        digits(time.day, 2, UInt8(ascii: "T"))
        digits(time.hour, 2, UInt8(ascii: ":"))
        digits(time.minute, 2, UInt8(ascii: ":"))
        digits(time.second, 2, UInt8(ascii: "."))
        digits(time.millisecond, 3, UInt8(ascii: "Z"))
    }

    /// The number's last digits, and a byte behind. There is room.
    @inline(__always)
    private mutating func digits(_ number: Int, _ size: Int, _ behind: UInt8) {
        var rest = UInt(bitPattern: number)
        for place in (0..<size).reversed() {
            start[count + place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        start[count + size] = behind
        count += size + 1
    }
}

// MARK: - Events

extension ByteBuffer {
    mutating func append(_ identifier: EventIdentifier) {
        switch identifier {
        case .counted(let source, let number):
            append(text: source)
            append(UInt8(ascii: "-"))
            append(decimal: number)
        case .hashed(let hash): append(hexadecimal: hash.value)
        }
    }

    /// As a JSON object.
    mutating func append(_ event: Event) {
        append(#"{"id":""#)
        // The sources of identifiers hold nothing that is to be escaped.
        append(event.identifier)
        switch event.kind {
        case .simple: append(#"","kind":"simple","ts":"#)
        case .complex: append(#"","kind":"complex","ts":"#)
        case .action: append(#"","kind":"action","ts":"#)
        }
        append(decimal: event.timestamp)
        append(event.topic.json)
        append(payload: event.content)
        append(UInt8(ascii: "}"))
    }

    /// A message as JSON: itself, in one line, where it is JSON, else as a text, or as an object with base64.
    mutating func append(payload content: EventContent) {
        switch content.format {
        case .json:
            let message = content.bytes
            // Between tokens it may hold line breaks, within texts it cannot.
            guard message.holds(byte: 0x0A) || message.holds(byte: 0x0D) else { return append(message) }
            for byte in message where byte != 0x0A && byte != 0x0D { append(byte) }
        case .text:
            append(UInt8(ascii: "\""))
            append(escaped: content.bytes)
            append(UInt8(ascii: "\""))
        case .bytes:
            append("{\"base64\":\"")
            append(text: Base64.encode(Array(content.bytes)))
            append("\"}")
        }
    }
}
