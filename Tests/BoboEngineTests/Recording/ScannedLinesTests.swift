import BoboTopics
import CEL
import Testing

@testable import BoboEngine

/// Many lines read at once come to what the same lines come to one by one, and what the fast way reads of a payload is what
/// the slow way reads.
@Suite struct ScannedLinesTests {
    private static let pieces = [
        "0", "-0", "1", "-17", "2.5", "1e3", "1.5E-3", "0.1", "123456789012345", "1234567890123456", "9007199254740993",
        "123456789012345678901234567890", "1e999", "01", "1.", ".5", "-", "+1", "0x1", "1a", "true", "false", "null",
        "tru",
        "nulls", "\"\"", "\"x\"", "\"dev-0123\"", "\"a long text of more than fifteen bytes\"", "\"é\"", "\"a\\nb\"",
        "\"\\u00e9\"", "\"\\x\"", "\"a\"b", "\"a\"\"b\"", "\"", "[]", "{}", "[1,2]", "[1,]", "[1 2]", "{\"a\":1}",
        "{\"a\":1,}", "{\"a\":{\"b\":\"c\"},\"x\":[1,{\"y\":null}]}", "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1},\"a\":3}",
        "{\"\\u0061\":1}", "{a:1}", "{\"a\"}", "{\"a\" : { \"b\" : true } , \"v\":7}", "[[[[]]]]", "[}", "]", "",
    ]

    private static func value(_ depth: Int, _ generator: inout SeededGenerator) -> String {
        guard depth > 0, generator.chance(0.6) else { return generator.pick(pieces) }
        let parts = (0..<generator.int(0...4)).map { _ in value(depth - 1, &generator) }
        if generator.chance(0.4) { return "[\(parts.joined(separator: generator.pick([",", " , "])))]" }
        let names = ["a", "b", "v", "n", "other", "x y"]
        let fields = parts.map { "\"\(generator.pick(names))\"\(generator.pick([":", " : "]))\($0)" }
        return "{\(fields.joined(separator: ","))}"
    }

    private static func line(_ number: Int, _ generator: inout SeededGenerator) -> String {
        let ts =
            generator.chance(0.05) ? generator.pick(["1.7e12", "\"x\"", "99999999999999999999", "-5"]) : "\(number)"
        let topic = generator.pick(["a", "b/c", "é", "bobo/x", "+", "", "a\\u0062"])
        let payload = generator.chance(0.5) ? "{\"n\":\(number),\"v\":\"x\"}" : value(3, &generator)
        var fields = ["\"ts\":\(ts)", "\"topic\":\"\(topic)\"", "\"payload\":\(payload)"]
        if generator.chance(0.1) { fields.shuffle(using: &generator) }
        if generator.chance(0.05) {
            fields.append(generator.pick(["\"retained\":true", "\"note\":[1]", "\"ts\":1", "\"x\""]))
        }
        if generator.chance(0.05) { fields.remove(at: generator.int(0...fields.count - 1)) }
        if generator.chance(0.05) { fields[fields.count - 1] = "\"text\":\"ON\"" }
        var line = generator.pick(["{", " {"]) + fields.joined(separator: ",") + generator.pick(["}", "} ", "}\r"])
        if generator.chance(0.05) {
            line = generator.pick(["", "  ", "x", "{}", "[1]", line + line, String(line.dropLast(3))])
        }
        if generator.chance(0.03) {
            var bytes = Array(line.utf8)
            bytes.insert(generator.pick([0x22, 0x5C, 0x7B, 0x2C, 0x20, 0x09]), at: generator.int(0...bytes.count))
            line = String(decoding: bytes, as: UTF8.self)
        }
        return line
    }

    private static func engine(_ data: String) throws -> Engine {
        try Trial(
            files: [
                """
                phenomenon: p
                emit: {data: '\(data)'}
                patterns:
                  - name: q
                    blocks:
                      - followed_by: payload.n >= 0
                      - followed_by: true
                      - followed_by: payload.v == "x"
                  - name: r
                    blocks: [{followed_by: has(payload.a) || payload.v == 7}]
                """
            ]
        ).engine
    }

    @Test(arguments: 1...12)
    func linesTogetherComeToWhatTheyComeToOneByOne(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let lines = (1...400).map { ScannedLinesTests.line($0, &generator) }
        // Bytes that are no UTF-8 let a whole chunk be read line by line.
        try compare(lines, invalid: seed % 3 == 0, &generator)
    }

    /// Lines that differ in their values are read by what stands between these; a byte that is missing, doubled or changed
    /// is a value, or the way things are written, or no JSON.
    @Test(arguments: 1...24)
    func linesThatAreAllButWrittenAlikeComeToWhatTheyComeToOneByOne(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed + 1000)
        let values = [
            "0", "7", "-3", "12.5", "123456789", "1234567890123456", "1e2", "01", "true", "false", "null", "nul", "{}",
            "\"\"", "\"x\"", "\"off\"", "\"a text of more than sixteen bytes\"", "\"é\"", "\"a \"",
            "\"\\n\"", "\"a\\\\\"", "\"\\u0061\"", "\"\\x\"", "\"a tab\t\"", "\"\u{1}\"", "\"fifteen bytes..\"",
            "\"sixteen bytes...\"", "\"a text of sixteen\u{1F} and more\"", "\"für Ä und Ö, mehr als sechzehn\"",
            "12345678",
        ]
        func value(_ likely: String) -> String { generator.chance(0.7) ? likely : generator.pick(values) }
        let lines = (1...600).map { number in
            let (n, v) = (value("\(number)"), value("\"x\""))
            let payload = generator.pick([
                "{\"n\":\(n),\"v\":\(v)}", "{\"v\":\(v),\"other\":\(value("97")),\"n\":\(n)}",
                "{\"a\":\(n),\"v\":\(v)}", "{\"a\":{\"b\":\(value("1")),\"c\":{}},\"n\":\(n),\"v\":\(v)}",
                "{\"n\": \(n), \"v\": \(v)}", "{\"a\":\(value("2")),\"nothing\":{\"a\":\(n)}}", "{}",
                "{\"a longer name than most\":\(value("3")),\"n\":\(n)}",
                "{\"v\":\(v),\"nothing to see\":{},\"\(generator.pick(["a", "b"]))\":{},\"also nothing at all\":{},\"n\":\(n)}",
            ])
            var line = generator.pick([
                "{\"ts\":\(number),\"topic\":\"t/\(number % 7)\",\"payload\":\(payload)}",
                "{\"topic\":\"t/\(number % 3)\",\"payload\":\(payload),\"ts\":\(number)}",
            ])
            guard generator.chance(0.3) else { return line }
            // No quotes but every so often: one without its other half lets the whole chunk be read line by line.
            let mayBreak = seed % 4 == 0 && generator.chance(0.01)
            let signs = generator.chance(0.6) ? ",:{}" : nil
            let places = line.indices.filter {
                signs?.contains(line[$0]) ?? (mayBreak || line[$0] != "\"" && line[$0] != "\\")
            }
            let place = generator.pick(places)
            switch generator.int(0...5) {
            case 0: line.remove(at: place)
            case 1: line.insert(line[place], at: place)
            case 2: line.insert(generator.pick([" ", ",", ":", "{", "}", "0", "x", "]"]), at: place)
            default: line.replaceSubrange(place...place, with: generator.pick([",", ":", "}", " ", "9"]))
            }
            return line
        }
        try compare(lines, invalid: seed % 3 == 0, &generator)
    }

    private func compare(_ lines: [String], invalid: Bool, _ generator: inout SeededGenerator) throws {
        var bytes: [UInt8] = []
        for line in lines { bytes += Array(line.utf8) + [0x0A] }
        for _ in 0..<(invalid ? 8 : 0) {
            // Of texts beyond ASCII a byte is gone; or one stands where it may not.
            if let place = bytes.indices.filter({ bytes[$0] > 0x7F }).randomElement(using: &generator) {
                bytes.remove(at: place)
            }
            bytes.insert(0xFF, at: generator.int(0...bytes.count))
        }
        let count = bytes.count
        bytes += Array(repeating: 0x22, count: EventLineParser.padding)
        let data = generator.pick(["[payload, text]", "[payload.v, text, event.id]", "[has(payload.a), topic]"])
        let (together, single) = (try ScannedLinesTests.engine(data), try ScannedLinesTests.engine(data))
        let ahead = try ScannedLinesTests.engine(data)
        let parser = EventLineParser()
        var refused: [UInt64] = []
        func takeAlone(_ line: UnsafeRawBufferPointer, _ number: UInt64, _ engine: Engine) {
            guard let event = try? parser.parse(line) else { return refused.append(number) }
            guard let (topic, payload) = event.message else { return engine.advance(to: event.timestamp) }
            payload.withUnsafeBytes { payload in
                engine.take(
                    Message(
                        topic: topic, payload: payload, arrival: event.timestamp, isRetained: event.isRetained,
                        number: number))
            }
        }
        bytes.withUnsafeBytes { buffer in
            let all = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            let next = together.take(lines: all, from: 1, other: { takeAlone($0, $1, together) }, step: {})
            #expect(next == UInt64(lines.count + 1))
            let refusedTogether = refused
            refused = []
            var (start, number) = (0, 1 as UInt64)
            while start < count, let stop = all[start...].firstIndex(of: 0x0A) {
                let line = UnsafeRawBufferPointer(rebasing: all[start..<stop])
                if !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { takeAlone(line, number, single) }
                (start, number) = (stop + 1, number + 1)
            }
            #expect(refusedTogether == refused)
            refused = []
            var (rest, first) = (all, 1 as UInt64)
            while !rest.isEmpty {
                let scanned = ahead.makeScannedLines()
                rest = UnsafeRawBufferPointer(rebasing: rest[scanned.scan(rest)...])
                ahead.take(scanned, from: first, other: { takeAlone($0, $1, ahead) }, step: {})
                first += UInt64(scanned.count)
            }
            #expect(first == next)
            #expect(refused == refusedTogether)
        }
        let outcomes = (together.takeTexts(), single.takeTexts())
        #expect(outcomes.0 == outcomes.1)
        #expect(!outcomes.0.isEmpty)
        #expect(ahead.takeTexts() == outcomes.0)
        #expect(ahead.statistics.messages == together.statistics.messages)
        #expect(together.statistics.messages == single.statistics.messages)
        #expect(together.statistics.activeRuns == single.statistics.activeRuns)
        #expect(together.statistics.late == single.statistics.late)
    }

    /// So many topics that what they lead to is looked for in advance, and lists of which a few fill a batch of lines.
    @Test func linesOfManyTopicsAndLongListsComeToWhatTheirMessagesComeTo() throws {
        var generator = SeededGenerator(seed: 7)
        let list = (0..<1500).map(String.init).joined(separator: ",")
        let messages = RecordedMessages(
            (0..<6000).map { number in
                let payload =
                    number % 100 == 0
                    ? "{\"a\":[\(list)],\"n\":1}" : "{\"n\":\(generator.int(-3...3)),\"v\":\(generator.int(5...9))}"
                return (topic: "t/\(generator.int(0...1500))", payload: payload)
            })
        let data = "[payload, topic, event.id]"
        let (together, single) = (try ScannedLinesTests.engine(data), try ScannedLinesTests.engine(data))
        messages.take(oneByOne: single)
        messages.take(together: together) { _, number in Issue.record("line \(number)") }
        let outcomes = (together.takeTexts(), single.takeTexts())
        #expect(outcomes.0 == outcomes.1)
        #expect(outcomes.0.count > 1000)
    }

    /// An escape lets the whole document be read the slow way.
    @Test(arguments: 1...8)
    func theFastWayReadsWhatTheSlowWayReads(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed + 100)
        let table = PathTable()
        let environment = ExpressionEnvironment(paths: table, groups: [])
        let fast = try environment.compile("payload")
        let slow = try environment.compile("payload[0]")
        let fields = try ["payload.a", "payload.a.b", "payload.v"].map { try environment.compile($0) }
        let slowFields = try ["payload[0].a", "payload[0].a.b", "payload[0].v"].map { try environment.compile($0) }
        let whole = PayloadParser(paths: Paths(table, read: [fast, slow]))
        let some = PayloadParser(paths: Paths(table, read: fields))
        for _ in 0..<500 {
            let document = ScannedLinesTests.value(4, &generator)
            let found = read(document, whole, fast)
            let expected = read("[\(document),\"\\u0041\"]", whole, slow)
            // Two values are none, and neither is nothing.
            guard found != nil || expected == nil || document.contains(",") || document.isEmpty else {
                Issue.record("\(document)")
                continue
            }
            guard let found else { continue }
            #expect(found == expected, "\(document)")
            for (field, slowField) in zip(fields, slowFields) where document.first == "{" {
                #expect(
                    read(document, some, field) == read("[\(document),\"\\u0041\"]", whole, slowField), "\(document)")
            }
        }
    }

    /// What an expression gives of a payload, as JSON; nil where that is none.
    private func read(_ document: String, _ parser: PayloadParser, _ program: Program) -> String? {
        Array(document.utf8).withUnsafeBytes { bytes in
            guard let content = parser.content(of: bytes), let name = try? Topic(.init("t"), number: 0) else {
                return nil
            }
            let scope = Scope(timezone: "UTC")
            scope.event = Event(
                identifier: .counted(source: "", number: 0), timestamp: 0, topic: name, content: content,
                paths: parser.paths)
            guard let value = try? program.evaluate(scope) else { return "fails" }
            var json = JSONWriter()
            json.write(value)
            return json.text
        }
    }
}
