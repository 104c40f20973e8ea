import CEL
import CSimdjson

/// A message as it came, and the parts of it that some expression reads, found in one pass over it: a few numbered paths, and
/// where each leads to on a tape of values.
///
/// What has just been read is borrowed: it lies where the parser left it, good until the parser's next use, and costs nothing.
/// What is to be held longer is settled, in one piece of memory of its own.
struct EventContent {
    private(set) var bytes: UnsafeRawBufferPointer
    private var foundStart: UnsafePointer<bobo_json_found>?
    /// Where settled, the memory that all of them lie in begins with it; freed by whoever holds this.
    private var tapeStart: UnsafePointer<bobo_json_node>?
    private var foundCount: UInt32
    private var tapeCount: UInt32
    private(set) var format: Body.Format
    private(set) var rootIsMap: Bool
    private var isSettled = false

    /// Where a map stands that is only on the way to a longer path.
    private static let passage = UInt32.max

    /// JSON, borrowed.
    init(
        json bytes: UnsafeRawBufferPointer, found: UnsafeBufferPointer<bobo_json_found>,
        tape: UnsafeBufferPointer<bobo_json_node>, rootIsMap: Bool
    ) {
        format = .json
        self.rootIsMap = rootIsMap
        self.bytes = bytes
        foundStart = found.baseAddress
        foundCount = UInt32(found.count)
        tapeStart = tape.baseAddress
        tapeCount = UInt32(tape.count)
    }

    /// Text or bytes, borrowed; or JSON that cannot be read.
    init(_ bytes: UnsafeRawBufferPointer, _ format: Body.Format) {
        self.format = format
        rootIsMap = false
        self.bytes = bytes
        (foundCount, tapeCount) = (0, 0)
    }

    /// Nothing.
    init() { self.init(UnsafeRawBufferPointer(start: nil, count: 0), .bytes) }

    // MARK: Holding

    private var found: UnsafeBufferPointer<bobo_json_found> {
        UnsafeBufferPointer(start: foundStart, count: Int(foundCount))
    }

    private var tape: UnsafeBufferPointer<bobo_json_node> {
        UnsafeBufferPointer(start: tapeStart, count: Int(tapeCount))
    }

    /// Copies what is borrowed. Safe: sizes are those of what is copied, and all that points there is moved along.
    mutating func settle() {
        guard !isSettled else { return }
        let tapeSize = tape.count * MemoryLayout<bobo_json_node>.stride
        let foundSize = found.count * MemoryLayout<bobo_json_found>.stride
        var other = 0
        for node in tape where isText(node) && !holds(node.text) { other += Int(node.count) }
        let room = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, tapeSize + foundSize + bytes.count + other), alignment: 16)
        let nodes = (room).bindMemory(to: bobo_json_node.self, capacity: tape.count)
        let places = (room + tapeSize).bindMemory(to: bobo_json_found.self, capacity: found.count)
        let copy = room + tapeSize + foundSize
        if let start = bytes.baseAddress { copy.copyMemory(from: start, byteCount: bytes.count) }
        var behind = copy + bytes.count
        for (number, node) in tape.enumerated() {
            var node = node
            if isText(node), let text = node.text {
                if holds(text), let start = bytes.baseAddress {
                    node.text = UnsafePointer(
                        (copy + (UnsafeRawPointer(text) - start)).assumingMemoryBound(to: CChar.self))
                } else {
                    behind.copyMemory(from: text, byteCount: Int(node.count))
                    node.text = UnsafePointer(behind.assumingMemoryBound(to: CChar.self))
                    behind += Int(node.count)
                }
            }
            (nodes + number).initialize(to: node)
        }
        for (number, place) in found.enumerated() { (places + number).initialize(to: place) }
        tapeStart = UnsafePointer(nodes)
        foundStart = UnsafePointer(places)
        bytes = UnsafeRawBufferPointer(start: copy, count: bytes.count)
        isSettled = true
    }

    private func isText(_ node: bobo_json_node) -> Bool { node.kind == bobo_json_text.rawValue }

    private func holds(_ text: UnsafePointer<CChar>?) -> Bool {
        guard let text, let start = bytes.baseAddress else { return false }
        let place = UnsafeRawPointer(text)
        return place >= start && place < start + bytes.count
    }

    /// Where what it holds begins, once that is its own.
    var start: UnsafeRawPointer? { UnsafeRawPointer(tapeStart) }

    /// Of what is settled, by its only holder, who does not use it again.
    func free() { if isSettled { tapeStart?.deallocate() } }

    // MARK: Reading

    /// The node at a path; nil where there is none, or only a passage.
    @inline(__always)
    func node(_ path: Int) -> UnsafePointer<bobo_json_node>? {
        // Few paths are found in one message, so a linear search beats hashing.
        for entry in found where entry.path == UInt32(truncatingIfNeeded: path) {
            guard entry.tape != EventContent.passage, let start = tapeStart else { return nil }
            return start + Int(entry.tape)
        }
        return nil
    }

    private func place(_ path: Int) -> UInt32? {
        for entry in found where entry.path == UInt32(truncatingIfNeeded: path) { return entry.tape }
        return nil
    }

    func value(_ path: Int, _ paths: Paths) throws(EvaluationFailure) -> Value {
        if let node = node(path) { return EventContent.value(node) }
        if format != .json, path == paths.whole {
            return format == .text
                ? .string(String(decoding: bytes, as: UTF8.self)) : .bytes(Array(bytes))
        }
        // A pattern that was loaded later may ask an event of before for what nobody asked for then.
        guard paths.isWanted(path) else {
            throw EvaluationFailure(.other("a field that was not read when the event came"))
        }
        throw missing(path, paths)
    }

    func hasValue(_ path: Int, _ paths: Paths) throws(EvaluationFailure) -> Bool {
        if place(path) != nil { return true }
        guard paths.isWanted(path) else {
            if format != .json, path == paths.whole { return true }
            throw EvaluationFailure(.other("a field that was not read when the event came"))
        }
        guard let parent = paths.parent(of: path) else { return true }
        guard isMap(parent, paths) else { throw missing(path, paths) }
        return false
    }

    private func isMap(_ path: Int, _ paths: Paths) -> Bool {
        guard paths.parent(of: path) != nil else { return rootIsMap }
        guard let place = place(path) else { return false }
        return place == EventContent.passage || tape[Int(place)].kind == bobo_json_map.rawValue
    }

    /// Why nothing stands at the path: the first name on the way that is missing, or what is no map.
    private func missing(_ path: Int, _ paths: Paths) -> EvaluationFailure {
        guard let parent = paths.parent(of: path) else { return EvaluationFailure(.noSuchField(paths.name(of: path))) }
        let isRoot = paths.parent(of: parent) == nil
        if !isRoot, place(parent) == nil { return missing(parent, paths) }
        return isMap(parent, paths)
            ? EvaluationFailure(.noSuchField(paths.name(of: path)))
            : EvaluationFailure(.notAMap(field: paths.name(of: path)))
    }

    /// The value that begins at a node.
    static func value(_ node: UnsafePointer<bobo_json_node>) -> Value {
        switch bobo_json_kind(node.pointee.kind) {
        case bobo_json_number: return .double(node.pointee.number)
        case bobo_json_text: return .string(text(node.pointee))
        case bobo_json_true: return .bool(true)
        case bobo_json_false: return .bool(false)
        case bobo_json_integer: return .int(node.pointee.integer)
        case bobo_json_list, bobo_json_map:
            var at = node
            return value(&at)
        default: return .null
        }
    }

    /// The value that begins at `at`, which is moved behind it. The depth is bounded by the parser.
    private static func value(_ at: inout UnsafePointer<bobo_json_node>) -> Value {
        let node = at.pointee
        at += 1
        switch bobo_json_kind(node.kind) {
        case bobo_json_false: return .bool(false)
        case bobo_json_true: return .bool(true)
        case bobo_json_integer: return .int(node.integer)
        case bobo_json_number: return .double(node.number)
        case bobo_json_text: return .string(text(node))
        case bobo_json_list:
            var elements: [Value] = []
            elements.reserveCapacity(Int(node.count))
            for _ in 0..<node.count { elements.append(value(&at)) }
            return .list(List(elements))
        case bobo_json_map:
            var pairs: [(String, Value)] = []
            pairs.reserveCapacity(Int(node.count))
            for _ in 0..<node.count {
                let name = text(at.pointee)
                at += 1
                pairs.append((name, value(&at)))
            }
            return .map(Map(pairs))
        default: return .null
        }
    }

    private static func text(_ node: bobo_json_node) -> String {
        let bytes = UnsafeRawBufferPointer(start: node.text, count: Int(node.count))
        return String(decoding: bytes, as: UTF8.self)
    }
}
