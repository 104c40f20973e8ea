import CSimdjson

/// Routes by the names of their topics. What the frequent answer takes, that no pattern cares about an event, lies together
/// with the name: of ten thousand topics each costs a look at few of the processor's cache lines.
struct TopicTable: ~Copyable {
    struct Slot {
        /// No pattern cares about a message whose number at `path` lies between these; less than 0: unknown.
        var above = Double.infinity
        var below = -Double.infinity
        var path: Int32 = -1
        /// Whether one pattern alone sees the topic, and always cares beyond the bounds.
        var isSole = false
        fileprivate var length: UInt16
        /// Retained by the table.
        let reference: Unmanaged<Route>

        var route: Route { reference.takeUnretainedValue() }

        /// The table holds the route meanwhile.
        @inline(__always)
        func withRoute<Result>(_ body: (Route) -> Result) -> Result { reference._withUnsafeGuaranteedRef(body) }

        @inline(__always)
        func isIdle(_ content: EventContent) -> Bool {
            guard path >= 0, let number = content.number(Int(path)) else { return false }
            return number < above && number > below
        }
    }

    private struct Entry {
        /// 0: none.
        var hash: UInt64 = 0
        var slot: UnsafeMutablePointer<Slot>?
    }

    private static let line = 64

    // Safe: this table alone owns the entries and the slots, each of which is followed by its name's bytes; all `mask + 1`
    // entries are initialised, and indices are taken by the mask.
    private var entries: UnsafeMutablePointer<Entry>
    private var mask = 63
    private let seed = UInt64.random(in: 1 ... .max)
    private(set) var count = 0

    init() {
        entries = .allocate(capacity: 64)
        entries.initialize(repeating: Entry(), count: 64)
    }

    deinit {
        for index in 0...mask {
            guard let slot = entries[index].slot else { continue }
            slot.pointee.reference.release()
            UnsafeMutableRawPointer(slot).deallocate()
        }
        entries.deallocate()
    }

    /// Good until the table is dropped.
    @inline(__always)
    subscript(name: UnsafeRawBufferPointer) -> UnsafeMutablePointer<Slot>? {
        let hash = name.hash(seed: seed) | 1 << 63
        var index = Int(truncatingIfNeeded: hash) & mask
        while entries[index].hash != 0 {
            if entries[index].hash == hash, let slot = entries[index].slot, TopicTable.name(of: slot).isSame(as: name) {
                return slot
            }
            index = (index + 1) & mask
        }
        return nil
    }

    /// Finds where the topics of lines lead to; nil for one that is not known yet, or may not be. Each step goes through all
    /// lines, since what memory it needs has been asked for by the step before.
    func find(
        _ lines: UnsafePointer<bobo_scanned_line>, _ count: Int,
        into slots: borrowing FixedArray<UnsafeMutablePointer<Slot>?>
    ) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { hashes in
            for line in 0..<count {
                let isWhole = lines[line].kind == bobo_scanned_whole.rawValue
                hashes[line] = isWhole ? TopicTable.name(lines + line).hash(seed: seed) | 1 << 63 : 0
                bobo_prefetch(entries + Int(truncatingIfNeeded: hashes[line]) & mask)
            }
            for line in 0..<count {
                var index = Int(truncatingIfNeeded: hashes[line]) & mask
                while entries[index].hash != 0, entries[index].hash != hashes[line] { index = (index + 1) & mask }
                slots[line] = hashes[line] == 0 ? nil : entries[index].slot
                bobo_prefetch(slots[line])
            }
            for line in 0..<count {
                guard let slot = slots[line] else { continue }
                if !TopicTable.name(of: slot).isSame(as: TopicTable.name(lines + line)) { slots[line] = nil }
            }
        }
    }

    @inline(__always)
    private static func name(_ line: UnsafePointer<bobo_scanned_line>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: line.pointee.topic, count: line.pointee.topic_length)
    }

    @inline(__always)
    private static func name(of slot: UnsafeMutablePointer<Slot>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: slot + 1, count: Int(slot.pointee.length))
    }

    /// The name is not there yet.
    mutating func insert(_ route: Route, for name: UnsafeRawBufferPointer) -> UnsafeMutablePointer<Slot> {
        if 2 * (count + 1) > mask + 1 { grow() }
        let room = UnsafeMutableRawPointer.allocate(
            byteCount: MemoryLayout<Slot>.stride + name.count, alignment: TopicTable.line)
        let slot = room.bindMemory(to: Slot.self, capacity: 1)
        slot.initialize(to: Slot(length: UInt16(name.count), reference: Unmanaged.passRetained(route)))
        if let start = name.baseAddress {
            UnsafeMutableRawPointer(slot + 1).copyMemory(from: start, byteCount: name.count)
        }
        place(Entry(hash: name.hash(seed: seed) | 1 << 63, slot: slot))
        count += 1
        return slot
    }

    private func place(_ entry: Entry) {
        var index = Int(truncatingIfNeeded: entry.hash) & mask
        while entries[index].hash != 0 { index = (index + 1) & mask }
        entries[index] = entry
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
