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
        /// Whether a message has been passed over.
        var isPassedOver = false
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
        /// The upper half of the hash; 0: none.
        var tag: UInt32 = 0
        /// The number of the line where the slot begins.
        var line: UInt32 = 0
    }

    private static let line = 64
    /// Slots lie close together, in blocks of so many lines: any name has room in one.
    private static let blockLines = 2048

    // Safe: this table alone owns the entries, and the blocks that the slots lie in, each followed by its name's bytes; all
    // `mask + 1` entries are initialised, and indices are taken by the mask.
    private var entries: UnsafeMutablePointer<Entry>
    private var mask = 63
    private let seed = UInt64.random(in: 1 ... .max)
    private(set) var count = 0
    private var blocks: [UnsafeMutableRawPointer] = []
    /// So many lines of the last block are taken.
    private var taken = TopicTable.blockLines

    init() {
        entries = .allocate(capacity: 64)
        entries.initialize(repeating: Entry(), count: 64)
    }

    deinit {
        for index in 0...mask where entries[index].tag != 0 { slot(entries[index]).pointee.reference.release() }
        for block in blocks { block.deallocate() }
        entries.deallocate()
    }

    /// Good until the table is dropped.
    @inline(__always)
    subscript(name: UnsafeRawBufferPointer) -> UnsafeMutablePointer<Slot>? {
        let hash = name.hash(seed: seed)
        var index = Int(truncatingIfNeeded: hash) & mask
        while entries[index].tag != 0 {
            if entries[index].tag == TopicTable.tag(hash),
                case let slot = slot(entries[index]), TopicTable.name(of: slot).isSame(as: name)
            {
                return slot
            }
            index = (index + 1) & mask
        }
        return nil
    }

    @inline(__always)
    private static func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) | 1 << 31 }

    @inline(__always)
    private func slot(_ entry: Entry) -> UnsafeMutablePointer<Slot> {
        let (block, line) = (Int(entry.line) / TopicTable.blockLines, Int(entry.line) % TopicTable.blockLines)
        return (blocks[block] + line * TopicTable.line).assumingMemoryBound(to: Slot.self)
    }

    // MARK: Many lines

    // Finding where the topics of lines lead to is three steps, each for all lines, since what memory a step needs has been
    // asked for by the one before.

    /// The first step: gives the hashes of the lines' topics.
    func hash(
        _ lines: UnsafePointer<bobo_scanned_line>, _ count: Int, into hashes: borrowing FixedArray<UInt64>
    ) {
        for line in 0..<count where lines[line].kind == bobo_scanned_whole.rawValue {
            hashes[line] = TopicTable.name(lines + line).hash(seed: seed)
            bobo_prefetch(entries + Int(truncatingIfNeeded: hashes[line]) & mask)
        }
    }

    /// The second step: gives what may be theirs.
    func look(
        for hashes: borrowing FixedArray<UInt64>, of lines: UnsafePointer<bobo_scanned_line>, _ count: Int,
        into slots: borrowing FixedArray<UnsafeMutablePointer<Slot>?>
    ) {
        for line in 0..<count {
            slots[line] = nil
            guard lines[line].kind == bobo_scanned_whole.rawValue else { continue }
            let tag = TopicTable.tag(hashes[line])
            var index = Int(truncatingIfNeeded: hashes[line]) & mask
            while entries[index].tag != 0, entries[index].tag != tag { index = (index + 1) & mask }
            guard entries[index].tag != 0 else { continue }
            let slot = slot(entries[index])
            slots[line] = slot
            bobo_prefetch(slot)
        }
    }

    /// The third step: leaves those that are theirs; nil for one that is not known yet, or may not be.
    func confirm(
        _ slots: borrowing FixedArray<UnsafeMutablePointer<Slot>?>, _ lines: UnsafePointer<bobo_scanned_line>,
        _ count: Int
    ) {
        for line in 0..<count {
            guard let slot = slots[line] else { continue }
            if !TopicTable.name(of: slot).isSame(as: TopicTable.name(lines + line)) { slots[line] = nil }
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
        let line = allocate(MemoryLayout<Slot>.stride + name.count)
        let entry = Entry(tag: TopicTable.tag(name.hash(seed: seed)), line: line)
        let slot = slot(entry)
        slot.initialize(to: Slot(length: UInt16(name.count), reference: Unmanaged.passRetained(route)))
        if let bounds = route.idleBounds {
            slot.pointee.above = bounds.above
            slot.pointee.below = bounds.below
            slot.pointee.path = Int32(bounds.path)
            slot.pointee.isSole = route.isSole
        }
        if let start = name.baseAddress {
            UnsafeMutableRawPointer(slot + 1).copyMemory(from: start, byteCount: name.count)
        }
        place(entry)
        count += 1
        return slot
    }

    /// - Parameter size: that of a slot with a name, which is at most 65,535 bytes long.
    /// - Returns: the number of its first line.
    private mutating func allocate(_ size: Int) -> UInt32 {
        let lines = (size + TopicTable.line - 1) / TopicTable.line
        if taken + lines > TopicTable.blockLines {
            let size = TopicTable.blockLines * TopicTable.line
            blocks.append(.allocate(byteCount: size, alignment: TopicTable.line))
            taken = 0
        }
        defer { taken += lines }
        return UInt32((blocks.count - 1) * TopicTable.blockLines + taken)
    }

    private func place(_ entry: Entry) {
        var index = Int(truncatingIfNeeded: TopicTable.name(of: slot(entry)).hash(seed: seed)) & mask
        while entries[index].tag != 0 { index = (index + 1) & mask }
        entries[index] = entry
    }

    private mutating func grow() {
        let (former, size) = (entries, mask + 1)
        entries = .allocate(capacity: 2 * size)
        entries.initialize(repeating: Entry(), count: 2 * size)
        mask = 2 * size - 1
        for index in 0..<size where former[index].tag != 0 { place(former[index]) }
        former.deallocate()
    }
}
