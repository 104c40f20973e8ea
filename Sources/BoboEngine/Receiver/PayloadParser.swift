import CEL
import CSimdjson

/// Reads payloads as JSON, and of them the fields that some expression reads. Owned by one thread.
final class PayloadParser {
    /// The deepest nesting of lists and maps that is read as JSON.
    static let maximumDepth = 512

    private let parser: OpaquePointer
    let paths: Paths
    private var scratch: UnsafeMutableRawBufferPointer
    /// After lines of which so many values are wanted none is read with them, so that no more is held than one may need.
    private static let batchValues = 4096

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

    /// A message with its fields, which lie in this parser and are good until its next use; nil where it is no JSON: not
    /// UTF-8, nested too deep, or with a number that no double holds.
    func content(of message: UnsafeRawBufferPointer) -> EventContent? {
        guard let first = message.first, PayloadParser.mayBegin(first) else { return nil }
        let needed = message.count + Int(bobo_json_padding)
        if scratch.count < needed {
            scratch.deallocate()
            scratch = .allocate(byteCount: needed.nextPowerOfTwo, alignment: 16)
        }
        scratch.copyMemory(from: message)
        scratch[message.count] = 0
        var found: UnsafePointer<bobo_json_found>?
        var (foundCount, tapeCount) = (0, 0)
        var tape: UnsafePointer<bobo_json_node>?
        var rootIsMap: Int32 = 0
        let text = scratch.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard
            bobo_json_parse(parser, text, message.count, &found, &foundCount, &tape, &tapeCount, &rootIsMap) == 1
        else { return nil }
        return EventContent(
            json: UnsafeRawBufferPointer(rebasing: scratch[..<message.count]),
            found: UnsafeBufferPointer(start: found, count: foundCount),
            tape: UnsafeBufferPointer(start: tape, count: tapeCount), rootIsMap: rootIsMap != 0)
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

    // MARK: Lines

    /// Begins to read lines of an event file: whole ones, the last with its line break, and `EventLineParser.padding` more
    /// bytes readable behind it.
    func begin(lines: UnsafeRawBufferPointer) {
        bobo_lines_begin(parser, lines.baseAddress?.assumingMemoryBound(to: CChar.self), lines.count)
    }

    /// Reads the next lines, as many as there is room for at most; 0 at the end. What they point to is good until this has been
    /// called twice again, or this parser has been used otherwise.
    /// - Parameter values: after lines of which so many values are wanted none is read with them.
    func nextLines(into lines: borrowing FixedArray<bobo_scanned_line>, values: Int = PayloadParser.batchValues) -> Int
    {
        bobo_lines_next(parser, lines.pointer, lines.count, values)
    }
}

extension EventContent {
    init(_ line: bobo_scanned_line) {
        self.init(
            json: UnsafeRawBufferPointer(start: line.content, count: line.content_length),
            found: UnsafeBufferPointer(start: line.found, count: line.found_count),
            tape: UnsafeBufferPointer(start: line.tape, count: line.tape_count), rootIsMap: line.root_is_map != 0)
    }
}

extension Int {
    fileprivate var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
