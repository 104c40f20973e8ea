import CEL
import CSimdjson

/// Reads payloads as JSON, and of them the fields that some expression reads. Owned by one thread.
final class PayloadParser {
    /// The deepest nesting of lists and maps that is read as JSON.
    static let maximumDepth = 512

    private let parser: OpaquePointer
    private let paths: Paths
    private var scratch: UnsafeMutableRawBufferPointer

    init(paths: Paths) {
        parser = bobo_json_new(PayloadParser.maximumDepth)
        self.paths = paths
        scratch = .allocate(byteCount: 4096, alignment: 16)
        for path in paths.all { want(path) }
    }

    deinit {
        bobo_json_free(parser)
        scratch.deallocate()
    }

    private func want(_ path: Int) {
        let names = paths.path(path)
        let bytes = names.map { $0.utf8.map { CChar(truncatingIfNeeded: $0) } }
        let joined = bytes.flatMap { $0 }
        joined.withUnsafeBufferPointer { buffer in
            var starts: [UnsafePointer<CChar>?] = []
            var offset = 0
            // An empty name has no bytes, and where all are empty there is no buffer to point into.
            for name in bytes {
                starts.append(buffer.baseAddress.map { $0 + offset })
                offset += name.count
            }
            bobo_json_want(
                parser, UInt32(path), starts, bytes.map(\.count), bytes.count, paths.isWanted(path) ? 1 : 0)
        }
    }

    /// The fields of a message; nil where it is no JSON: not UTF-8, nested too deep, or with a number that no double holds.
    func fields(of message: UnsafeRawBufferPointer) -> Fields? {
        guard let first = message.first, PayloadParser.mayBegin(first) else { return nil }
        let needed = message.count + Int(bobo_json_padding)
        if scratch.count < needed {
            scratch.deallocate()
            scratch = .allocate(byteCount: needed.nextPowerOfTwo, alignment: 16)
        }
        scratch.copyMemory(from: message)
        var found: UnsafePointer<bobo_json_found>?
        var count = 0
        var tape: UnsafePointer<bobo_json_node>?
        var rootIsMap: Int32 = 0
        let text = scratch.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard bobo_json_parse(parser, text, message.count, &found, &count, &tape, &rootIsMap) == 1 else { return nil }
        var entries = ContiguousArray<(path: Int, content: Fields.Content)>()
        entries.reserveCapacity(count)
        for index in 0..<count {
            guard let found else { break }
            let entry = found[index]
            if entry.tape == UInt32.max {
                entries.append((Int(entry.path), .passage))
            } else if let tape {
                var at = Int(entry.tape)
                entries.append((Int(entry.path), .value(PayloadParser.value(tape, &at))))
            }
        }
        return Fields(found: entries, rootIsMap: rootIsMap != 0, paths: paths)
    }

    /// Most texts that are no JSON (`ON`, `online`) show it by their first byte.
    private static func mayBegin(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"), 0x20, 0x09, 0x0A, 0x0D:
            true
        default: false
        }
    }

    /// The value that begins at `at`, which is moved behind it. The depth is bounded by the parser.
    private static func value(_ tape: UnsafePointer<bobo_json_node>, _ at: inout Int) -> Value {
        let node = tape[at]
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
            for _ in 0..<node.count { elements.append(value(tape, &at)) }
            return .list(List(elements))
        case bobo_json_map:
            var pairs: [(String, Value)] = []
            pairs.reserveCapacity(Int(node.count))
            for _ in 0..<node.count {
                let name = text(tape[at])
                at += 1
                pairs.append((name, value(tape, &at)))
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

extension Int {
    fileprivate var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
