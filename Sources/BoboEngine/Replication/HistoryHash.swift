/// The hash of a history takes in the identifiers of its events, one after the other, as texts. Each step can be undone, so
/// that of two hashes one leads to the other by the same events in one way only: whether a history begins with events of a
/// known hash is found from what comes after them.
extension Hash128 {
    static let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013B

    package mutating func combine(_ event: Event) { combine(event.identifier) }

    /// The identifier as its description has it.
    package mutating func combine(_ identifier: EventIdentifier) {
        var value = value
        switch identifier {
        case .counted(var source, let number):
            source.withUTF8 { bytes in
                for byte in bytes { value = (value ^ UInt128(byte)) &* Hash128.prime }
            }
            value = (value ^ UInt128(UInt8(ascii: "-"))) &* Hash128.prime
            var divisor: UInt64 = 1
            while number / divisor >= 10 { divisor *= 10 }
            while divisor > 0 {
                let digit = UInt8(truncatingIfNeeded: number / divisor % 10)
                value = (value ^ UInt128(UInt8(ascii: "0") + digit)) &* Hash128.prime
                divisor /= 10
            }
        case .hashed(let hash):
            for place in 0..<32 {
                let nibble = UInt8(truncatingIfNeeded: hash.value >> UInt128(124 - 4 * place)) & 15
                let digit = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
                value = (value ^ UInt128(digit)) &* Hash128.prime
            }
        }
        set((value ^ 0xFF) &* Hash128.prime)
    }
}
