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

    mutating func removeLast(_ size: Int) { count = max(0, count - size) }

    /// What follows moves up.
    mutating func removeFirst(_ size: Int) {
        let rest = max(0, count - size)
        start.update(from: start + (count - rest), count: rest)
        count = rest
    }

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

    /// What stands there already.
    @inline(__always)
    mutating func appendAgain(_ range: Range<Int>) {
        reserve(range.count)
        UnsafeMutableRawPointer(start + count).copyMemory(from: start + range.lowerBound, byteCount: range.count)
        count += range.count
    }

    mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }  // read only within the closure
    }

    mutating func append(decimal number: UInt64) {
        // Two words of eight digits, and four more before these, are written whole; what is too much is moved over.
        reserve(24)
        if number < 100_000_000 {
            let digits = ByteBuffer.digits(UInt32(truncatingIfNeeded: number))
            let size = 8 - min(7, digits.leadingZeroBytes)
            store(digits &+ ByteBuffer.zeros, dropping: 8 - size)
            return
        }
        let (upper, low) = number.quotientAndRemainder(dividingBy: 100_000_000)
        if upper >= 100_000_000 {
            append(decimal: upper)
            reserve(24)
        } else if upper > 0 {
            let digits = ByteBuffer.digits(UInt32(truncatingIfNeeded: upper))
            store(digits &+ ByteBuffer.zeros, dropping: digits.leadingZeroBytes)
        }
        store(ByteBuffer.digits(UInt32(truncatingIfNeeded: low)) &+ ByteBuffer.zeros, dropping: 0)
    }

    private static var zeros: UInt64 { 0x3030_3030_3030_3030 }

    /// The eight decimal digits of a number below 10^8, a byte each, the first in the lowest byte: by halves, quarters and
    /// eighths of the word at once.
    @inline(__always)
    private static func digits(_ number: UInt32) -> UInt64 {
        let (high, low) = number.quotientAndRemainder(dividingBy: 10_000)
        let fours = UInt64(high) | UInt64(low) << 32
        // A hundredth of each half: 10486 / 2^20 is one up to 9,999.
        let hundreds = ((fours &* 10_486) >> 20) & 0x0000_007F_0000_007F
        let twos = hundreds | (fours &- hundreds &* 100) << 16
        // A tenth of each quarter: 103 / 2^10 is one up to 99.
        let tens = ((twos &* 103) >> 10) & 0x000F_000F_000F_000F
        return tens | (twos &- tens &* 10) << 8
    }

    /// The bytes of a word, the lowest first, without so many. There is room for all of them.
    @inline(__always)
    private mutating func store(_ word: UInt64, dropping: Int) {
        let bits = UInt64(8 * dropping)
        UnsafeMutableRawPointer(start + count).storeBytes(of: (word &>> bits).littleEndian, as: UInt64.self)
        count += 8 - dropping
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

    mutating func append(escaped text: String) {
        var text = text
        text.withUTF8 { append(escaped: UnsafeRawBufferPointer($0)) }  // read only within the closure
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

extension UInt64 {
    /// So many of its lowest bytes are zero; of none at all, eight.
    @inline(__always)
    fileprivate var leadingZeroBytes: Int { trailingZeroBitCount / 8 }
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
