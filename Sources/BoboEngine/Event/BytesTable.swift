/// Small numbers by texts as bytes: what topics, keys and constants of patterns are found by, without a `String` made for it.
struct BytesTable: ~Copyable {
    private struct Entry {
        /// The bytes themselves where they are up to eight, else the address of a copy. It stands first.
        var word: UInt64 = 0
        /// 0: none.
        var hash: UInt64 = 0
        var length: UInt32 = 0
        var number: Int32 = 0
    }

    private static let inline = 8

    // Safe: this table alone owns the entries and the copies, all `mask + 1` entries are initialised, and indices are taken
    // by the mask.
    private var entries: UnsafeMutablePointer<Entry>
    private var mask: Int
    private let seed = UInt64.random(in: 1 ... .max)
    private(set) var count = 0

    init() {
        entries = .allocate(capacity: 4)
        entries.initialize(repeating: Entry(), count: 4)
        mask = 3
    }

    deinit {
        for index in 0...mask { free(entries[index]) }
        entries.deallocate()
    }

    @inline(__always)
    subscript(bytes: UnsafeRawBufferPointer) -> Int32? {
        let hash = hash(bytes)
        var index = Int(truncatingIfNeeded: hash) & mask
        while entries[index].hash != 0 {
            if entries[index].hash == hash, has(index, bytes) { return entries[index].number }
            index = (index + 1) & mask
        }
        return nil
    }

    /// The bytes are not there yet.
    mutating func insert(_ number: Int32, for bytes: UnsafeRawBufferPointer) {
        if 4 * (count + 1) > 3 * (mask + 1) { grow() }
        var entry = Entry(word: 0, hash: hash(bytes), length: UInt32(bytes.count), number: number)
        if bytes.count <= BytesTable.inline {
            withUnsafeMutableBytes(of: &entry.word) { $0.copyMemory(from: bytes) }
        } else {
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
            copy.copyMemory(from: bytes)
            entry.word = UInt64(UInt(bitPattern: copy.baseAddress))
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
    private func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 { bytes.hash(seed: seed) | 1 << 63 }

    @inline(__always)
    private func has(_ index: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard Int(entries[index].length) == bytes.count else { return false }
        if bytes.count <= BytesTable.inline {
            return UnsafeRawBufferPointer(start: entries + index, count: bytes.count).isSame(as: bytes)
        }
        return UnsafeRawBufferPointer(
            start: UnsafeRawPointer(bitPattern: UInt(entries[index].word)), count: bytes.count
        ).isSame(as: bytes)
    }

    private func place(_ entry: Entry) {
        var index = Int(truncatingIfNeeded: entry.hash) & mask
        while entries[index].hash != 0 { index = (index + 1) & mask }
        entries[index] = entry
    }

    private func free(_ entry: Entry) {
        guard Int(entry.length) > BytesTable.inline else { return }
        UnsafeMutableRawPointer(bitPattern: UInt(entry.word))?.deallocate()
    }

    private mutating func grow() {
        let (former, size) = (entries, mask + 1)
        entries = .allocate(capacity: 2 * size)
        entries.initialize(repeating: Entry(), count: 2 * size)
        mask = 2 * size - 1
        for index in 0..<size where former[index].hash != 0 { place(former[index]) }
        former.deallocate()
    }
}
