/// A 128-bit hash by FNV-1a (offset basis and prime of draft-eastlake-fnv), written as 32 hexadecimal digits: short to
/// state, so that another implementation gives the same identifiers.
public struct Hash128: Hashable, Sendable, CustomStringConvertible {
    package private(set) var value: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d

    public init() {}

    /// Takes in a text and the byte 0xFF after it, which stands in no UTF-8, so that texts do not run together.
    package mutating func combine(_ text: String) {
        var text = text
        text.withUTF8 { combine(bytes: UnsafeRawBufferPointer($0)) }
        combine(byte: 0xFF)
    }

    package mutating func combine(bytes: UnsafeRawBufferPointer) {
        for byte in bytes { combine(byte: byte) }
    }

    private mutating func combine(byte: UInt8) {
        value = (value ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013B
    }

    public var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}

/// What tells an event from every other one.
public enum EventIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// A counter of one reader and start: `replay-17` for the line of a file.
    case counted(source: String, number: UInt64)
    /// A hash of the topic and of what the sensor itself calls the message, equal for all who read it.
    case hashed(Hash128)

    public var description: String {
        switch self {
        case .counted(let source, let number): "\(source)-\(number)"
        case .hashed(let hash): hash.description
        }
    }
}
