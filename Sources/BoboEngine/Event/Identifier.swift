/// A 128-bit hash by FNV-1a (offset basis and prime of draft-eastlake-fnv), written as 32 hexadecimal digits: short to
/// state, so that another implementation gives the same identifiers.
public struct Hash128: Hashable, Sendable, CustomStringConvertible {
    // Two words, since a number of 128 bits would have all that holds it aligned to 16 bytes.
    private var high: UInt64 = 0x6c62_272e_07bb_0142
    private var low: UInt64 = 0x62b8_2175_6295_c58d

    public init() {}

    package private(set) var value: UInt128 {
        get { UInt128(high) << 64 | UInt128(low) }
        set {
            high = UInt64(truncatingIfNeeded: newValue >> 64)
            low = UInt64(truncatingIfNeeded: newValue)
        }
    }

    /// A hash that another gateway has made.
    mutating func set(_ value: UInt128) { self.value = value }

    /// Takes in a text and the byte 0xFF after it, which stands in no UTF-8, so that texts do not run together.
    package mutating func combine(_ text: String) {
        var text = text
        text.withUTF8 { combine(bytes: UnsafeRawBufferPointer($0)) }
        combine(byte: 0xFF)
    }

    /// The same for a text that is at hand as bytes.
    package mutating func combine(text bytes: [UInt8]) {
        bytes.withUnsafeBytes { combine(bytes: $0) }
        combine(byte: 0xFF)
    }

    mutating func combine(bytes: UnsafeRawBufferPointer) {
        var value = value
        for byte in bytes { value = (value ^ UInt128(byte)) &* Hash128.prime }
        self.value = value
    }

    package mutating func combine(byte: UInt8) {
        value = (value ^ UInt128(byte)) &* Hash128.prime
    }

    package func append(to bytes: inout [UInt8]) {
        var buffer = ByteBuffer(capacity: 32)
        buffer.append(hexadecimal: value)
        bytes.append(contentsOf: buffer.bytes)
    }

    public var description: String {
        var buffer = ByteBuffer(capacity: 32)
        buffer.append(hexadecimal: value)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }
}

/// What tells an event from every other one.
public enum EventIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// A counter of one reader and start: `replay-17` for the line of a file.
    case counted(source: String, number: UInt64)
    /// A hash of the topic and of what the sensor itself calls the message, equal for all who read it.
    case hashed(Hash128)

    public var description: String {
        var buffer = ByteBuffer(capacity: 64)
        buffer.append(self)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }
}

/// The decimal digits of a number.
func appendDecimal(_ number: UInt64, to bytes: inout [UInt8]) {
    // 20 digits.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
        var at = buffer.count
        var rest = number
        repeat {
            at -= 1
            buffer[at] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        bytes.append(contentsOf: buffer[at...])
    }
}
