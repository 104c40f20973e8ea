import Testing

/// `bobo replay --explain`.
@Suite(.waiting) struct ExplainTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    /// - Parameters:
    ///   - keys: of the pattern, a line each.
    ///   - events: of the topic `home/<first>` at seconds from the start, with a payload as JSON.
    private func explain(
        _ blocks: [String], keys: [String] = [], _ events: [(Double, String, String)], _ arguments: String...
    ) throws -> (status: Int32, lines: [String], errors: String) {
        let list = blocks.map { "      - \($0)\n" }.joined()
        let options = keys.map { "    \($0)\n" }.joined()
        try folder.write(
            "phenomenon: p\npatterns:\n  - name: q\n    input: [home/#]\n\(options)    blocks:\n\(list)", to: "p.yaml")
        let lines = events.map { #"{"ts": \#(Int($0.0 * 1000)), "topic": "home/\#($0.1)", "payload": \#($0.2)}"# }
        try folder.write(lines.joined(separator: "\n") + "\n", to: "events.jsonl")
        let result = try BoboProcess.run(
            ["replay", "--patterns", "p.yaml", "--events", "events.jsonl", "--explain", "q"] + arguments, in: folder)
        return (
            result.status,
            result.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") },
            result.errors
        )
    }

    private func expect(_ wanted: [String], in lines: [String]) {
        for line in wanted {
            #expect(lines.contains { $0.contains(line) }, "\(line) in \(lines.joined(separator: "\n"))")
        }
    }

    @Test("Each event that a run was offered, what it did, and why it did nothing")
    func story() throws {
        let result = try explain(
            [
                "{followed_by: {on: home/a, where: payload.x > 1}, group: hot}",
                "{followed_by: {on: home/a, where: 'payload.y == hot[0].payload.x'}}",
            ], keys: ["singleton: true"],
            [(0, "a", #"{"x": 5}"#), (1, "b", "{}"), (2, "a", #"{"y": 4}"#), (2.5, "a", "{}"), (3, "a", #"{"y": 5}"#)])
        #expect(result.status == 0)
        expect(
            [
                "p q, begun 1970-01-01T00:00:00.000Z: complete after 3s", #"+0s home/a {"x": 5}"#,
                "accepted into hot; waits at block 2 (followed_by)", "ignored: block 2: its topic is not home/a",
                "ignored: block 2: payload.y == hot[0].payload.x is false (payload.y is 4)",
                "ignored: block 2: payload.y == hot[0].payload.x fails: no such field: y", "accepted; complete",
                "1 run begun",
            ], in: result.lines)
    }

    @Test("Why a run was halted, or is not complete at the end")
    func halts() throws {
        let result = try explain(
            ["{followed_by: payload.a == 1}", "{followed_by: payload.b == 1, unless: [payload.off == true]}"],
            keys: ["key: levels[1]", "within: 10s", "haltconditions: [payload.stop == true]"],
            [
                (0, "unless", #"{"a": 1}"#), (0, "stop", #"{"a": 1}"#), (0, "within", #"{"a": 1}"#),
                (1, "unless", #"{"off": true}"#), (1, "stop", #"{"stop": true}"#), (20, "open", #"{"a": 1}"#),
                (21, "open", #"{"b": 2}"#), (22, "open", #"{"b": 2}"#),
            ])
        expect(
            [
                "halted: unless: payload.off == true is true", "halted: a haltcondition: payload.stop == true is true",
                "+10s halted: not complete within 10s", #"key "open", begun 1970-01-01T00:00:20.000Z: not complete"#,
                #"+1s 2 events till +2s, the last home/open {"b": 2}"#, "4 runs begun",
            ], in: result.lines)
    }

    @Test("Timers, loops that are closed, and keys that rest")
    func constructs() throws {
        let result = try explain(
            [
                "{followed_by: payload.a == 1}", "{followed_by: payload.b == 1, loop: true, until: payload.c == 1}",
                "{absent: payload.d == 1, for: 5s}",
            ], keys: ["rest: 1m"],
            [(0, "x", #"{"a": 1}"#), (1, "x", #"{"b": 1}"#), (2, "x", #"{"c": 1}"#), (10, "x", #"{"a": 1}"#)])
        expect(
            [
                "the loop of block 2 is closed: payload.c == 1 is true; waits at block 3 (absent)",
                "the wait of block 3 (absent) is over; complete", "1 event began none: the key rests",
            ], in: result.lines)
    }

    @Test("Why events began no run")
    func unused() throws {
        let result = try explain(
            [
                "{followed_by: {on: home/a, where: payload.x == 1}}",
                "{followed_by: {on: home/a, where: payload.x == 2}}",
            ],
            keys: ["key: payload.k", "singleton: true"],
            [
                (0, "a", #"{"x": 3, "k": 1}"#), (1, "b", #"{"k": 1}"#), (2, "a", #"{"x": 1}"#),
                (3, "a", #"{"x": 1, "k": 1}"#), (4, "a", #"{"x": 1, "k": 1}"#),
            ])
        expect(
            [
                "1 event began none: block 1: payload.x == 1 is false",
                "1 event began none: block 1: its topic is not home/a", "1 event began none: its key cannot be had",
                "1 event began none: block 1 matches, but the key has an active run (singleton)",
            ], in: result.lines)
    }

    @Test("An index that leads events past patterns does not hide them, and the complex events are the same")
    func same() throws {
        let blocks = ["{followed_by: payload.kind == \"a\"}", "{followed_by: payload.kind == \"b\"}"]
        let events = [(0.0, "x", #"{"kind": "a"}"#), (1, "x", #"{"kind": "c"}"#), (2, "x", #"{"kind": "b"}"#)]
        let told = try explain(blocks, events, "--output", "with.jsonl")
        expect([#"ignored: block 2: payload.kind == "b" is false"#], in: told.lines)
        _ = try BoboProcess.run(
            ["replay", "--patterns", "p.yaml", "--events", "events.jsonl", "--output", "without.jsonl"], in: folder)
        #expect(try folder.read("with.jsonl") == folder.read("without.jsonl"))
        #expect(try folder.lines(of: "with.jsonl").count == 1)
    }

    @Test("A pattern that is not there is a wrong use, which names those that are")
    func missing() throws {
        _ = try explain(["{followed_by: payload.a == 1}"], [])
        let result = try BoboProcess.run(
            ["replay", "--patterns", "p.yaml", "--events", "events.jsonl", "--explain", "other"], in: folder)
        #expect(result.status == 64)
        #expect(result.errors.contains("there are p/q"))
    }

    @Test("A terminal is not made to obey what sensors send")
    func harmless() throws {
        let result = try explain(
            ["{followed_by: payload.a == 1}", "{followed_by: payload.b == 1}"],
            [(0, "x", #"{"a": 1, "t": "\u001b[2J"}"#), (1, "y\u{202E}", "\"\u{1B}[2J\u{202E}\"")])
        #expect(!result.lines.joined().unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    }
}
