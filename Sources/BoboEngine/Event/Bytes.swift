#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension UnsafeRawBufferPointer {
    func holds(byte: UInt8) -> Bool {
        guard let start = baseAddress else { return false }
        return memchr(start, Int32(byte), count) != nil
    }

    @inline(__always)
    func isSame(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        // Most are short: two or four words that may overlap, without a call.
        if count > 16, count <= 32 {
            func differs(_ offset: Int) -> UInt64 {
                loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    ^ other.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            }
            return differs(0) | differs(8) | differs(count - 16) | differs(count - 8) == 0
        }
        if count <= 16, count >= 4 {
            if count >= 8 {
                return loadUnaligned(as: UInt64.self) == other.loadUnaligned(as: UInt64.self)
                    && loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
                        == other.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            }
            return loadUnaligned(as: UInt32.self) == other.loadUnaligned(as: UInt32.self)
                && loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
                    == other.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
        }
        if count == 1 { return self[0] == other[0] }
        guard let mine = baseAddress, let theirs = other.baseAddress else { return true }
        return memcmp(mine, theirs, count) == 0
    }

    /// A hash of few instructions, multiplying 64-bit words as wyhash does. The seed keeps those who choose the bytes from
    /// having them meet.
    @inline(__always)
    func hash(seed: UInt64) -> UInt64 {
        func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
            let (high, low) = left.multipliedFullWidth(by: right)
            return high ^ low
        }
        func word(_ offset: Int) -> UInt64 { loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        let first: UInt64 = 0xA076_1D64_78BD_642F
        let second: UInt64 = 0xE703_7ED1_A0B4_28DB
        var state = seed ^ first
        var offset = 0
        while count - offset > 16 {
            state = mix(word(offset) ^ second, word(offset + 8) ^ state)
            offset += 16
        }
        var low: UInt64 = 0
        var high: UInt64 = 0
        if count >= 16 {
            low = word(count - 16)
            high = word(count - 8)
        } else if count >= 8 {
            low = word(0)
            high = word(count - 8)
        } else if count >= 4 {
            low = UInt64(loadUnaligned(fromByteOffset: 0, as: UInt32.self))
            high = UInt64(loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
        } else {
            for byte in self { low = low << 8 | UInt64(byte) }
        }
        return mix(second ^ UInt64(truncatingIfNeeded: count), mix(low ^ second, high ^ state))
    }
}
