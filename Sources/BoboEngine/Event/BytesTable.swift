/// Small numbers by texts as bytes: what topics, keys and constants of patterns are found by, without a `String` made for it.
struct BytesTable: ~Copyable {
    private struct Entry {
        var text = ShortText()
        /// 0: none.
        var hash: UInt32 = 0
        var number: Int32 = 0
    }

    /// A text of up to 15 bytes, with how many they are in the last, so that one comparison of two words tells; of a longer
    /// one the address of a copy, and the length.
    private struct ShortText: Equatable {
        static let longest = 15
        private static let isLong: UInt64 = 0xFF << 56

        var low: UInt64 = 0
        var high: UInt64 = 0

        /// Equal to no text.
        init() { high = 0xFE << 56 }

        /// - Parameter bytes: at most `longest`.
        @inline(__always)
        init(_ bytes: UnsafeRawBufferPointer) {
            func word(_ offset: Int) -> UInt64 {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            }
            func half(_ offset: Int) -> UInt64 {
                UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            }
            let count = bytes.count
            if count >= 8 {
                low = word(0)
                // Those behind the eighth, of the last eight.
                if count > 8 { high = word(count - 8) >> UInt64(8 * (16 - count)) }
            } else if count >= 4 {
                low = half(0) | half(count - 4) << UInt64(8 * (count - 4))
            } else if count > 0 {
                // Of three bytes each is read once, of fewer some are read twice.
                let (half, last) = (count / 2, count - 1)
                low =
                    UInt64(bytes[0]) | UInt64(bytes[half]) << UInt64(8 * half) | UInt64(bytes[last]) << UInt64(8 * last)
            }
            high |= UInt64(count) << 56
        }

        init(long copy: UnsafeMutableRawBufferPointer) {
            low = UInt64(UInt(bitPattern: copy.baseAddress))
            high = ShortText.isLong | UInt64(copy.count)
        }

        /// The copy, of a longer one.
        var copy: UnsafeMutableRawBufferPointer? {
            guard high & ShortText.isLong == ShortText.isLong else { return nil }
            return UnsafeMutableRawBufferPointer(
                start: UnsafeMutableRawPointer(bitPattern: UInt(low)), count: Int(high & ~ShortText.isLong))
        }
    }

    // Safe: this table alone owns the entries and the copies, all `mask + 1` entries are initialised, and indices are taken
    // by the mask.
    private var entries: UnsafeMutablePointer<Entry>
    private var mask: Int
    private let seed = UInt64.random(in: 1 ... .max)
    private(set) var count = 0

    init() {
        entries = .allocate(capacity: BytesTable.few)
        entries.initialize(repeating: Entry(), count: BytesTable.few)
        mask = BytesTable.few - 1
    }

    deinit {
        for index in 0...mask { free(entries[index]) }
        entries.deallocate()
    }

    @inline(__always)
    subscript(bytes: UnsafeRawBufferPointer) -> Int32? {
        if mask < BytesTable.few, bytes.count <= ShortText.longest { return oneOfFew(bytes) }
        let hash = hash(bytes)
        var index = Int(truncatingIfNeeded: hash) & mask
        if bytes.count <= ShortText.longest {
            let text = ShortText(bytes)
            while entries[index].hash != 0 {
                if entries[index].text == text { return entries[index].number }
                index = (index + 1) & mask
            }
            return nil
        }
        while entries[index].hash != 0 {
            if entries[index].hash == hash, has(index, bytes) { return entries[index].number }
            index = (index + 1) & mask
        }
        return nil
    }

    /// So few places are all looked at, without a hash and without a branch that the processor would have to guess.
    private static let few = 4

    /// - Parameter bytes: a short text.
    @inline(__always)
    private func oneOfFew(_ bytes: UnsafeRawBufferPointer) -> Int32? {
        let text = ShortText(bytes)
        var found: Int64 = -1
        for index in 0..<BytesTable.few {
            let other = entries[index].text
            let difference = (other.low ^ text.low) | (other.high ^ text.high)
            found = difference == 0 ? Int64(UInt32(bitPattern: entries[index].number)) : found
        }
        return found < 0 ? nil : Int32(truncatingIfNeeded: found)
    }

    /// The bytes are not there yet.
    mutating func insert(_ number: Int32, for bytes: UnsafeRawBufferPointer) {
        if 4 * (count + 1) > 3 * (mask + 1) { grow() }
        var entry = Entry(hash: hash(bytes), number: number)
        if bytes.count <= ShortText.longest {
            entry.text = ShortText(bytes)
        } else {
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
            copy.copyMemory(from: bytes)
            entry.text = ShortText(long: copy)
        }
        place(entry)
        count += 1
    }

    mutating func remove(_ bytes: UnsafeRawBufferPointer) {
        let hash = hash(bytes)
        var index = Int(truncatingIfNeeded: hash) & mask
        while entries[index].hash != 0, entries[index].hash != hash || !has(index, bytes) { index = (index + 1) & mask }
        guard entries[index].hash != 0 else { return }
        free(entries[index])
        count -= 1
        // Those behind it that would no longer be found move up.
        var next = (index + 1) & mask
        while entries[next].hash != 0 {
            let home = Int(truncatingIfNeeded: entries[next].hash) & mask
            if (next - home) & mask >= (next - index) & mask {
                entries[index] = entries[next]
                index = next
            }
            next = (next + 1) & mask
        }
        entries[index] = Entry()
    }

    @inline(__always)
    private func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(truncatingIfNeeded: bytes.hash(seed: seed)) | 1 << 31
    }

    private func has(_ index: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        if bytes.count <= ShortText.longest { return entries[index].text == ShortText(bytes) }
        guard let copy = entries[index].text.copy else { return false }
        return UnsafeRawBufferPointer(copy).isSame(as: bytes)
    }

    private func place(_ entry: Entry) {
        var index = Int(truncatingIfNeeded: entry.hash) & mask
        while entries[index].hash != 0 { index = (index + 1) & mask }
        entries[index] = entry
    }

    private func free(_ entry: Entry) { entry.text.copy?.deallocate() }

    private mutating func grow() {
        let (former, size) = (entries, mask + 1)
        entries = .allocate(capacity: 2 * size)
        entries.initialize(repeating: Entry(), count: 2 * size)
        mask = 2 * size - 1
        for index in 0..<size where former[index].hash != 0 { place(former[index]) }
        former.deallocate()
    }
}
