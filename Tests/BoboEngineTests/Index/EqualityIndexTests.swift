import BoboTopics
import CEL
import Testing

@testable import BoboEngine

/// Equality tests lead straight to the patterns that care; what comes of it is as if all patterns were asked.
@Suite struct EqualityIndexTests {
    /// The field and the constants that lead to the pattern; nil where every event of its topics does.
    private func guardian(_ blocks: [String], _ keys: String = "") throws -> (field: String, values: Int)? {
        let trial = try Trial(blocks: blocks, keys)
        let matcher = try #require(trial.engine.decider.matchers.first)
        guard let guardian = matcher.compiled.guardian?.equality else { return nil }
        return (trial.paths.paths[guardian.path].joined(separator: "."), guardian.values.count)
    }

    // MARK: what is indexed

    private static let conditions: [([String], String)] = [
        (["{followed_by: A}"], "type 1"), (["{next: A}"], "none"),
        (["{followed_by: A}", "{followed_by: B}"], "type 2"),
        (["{followed_by: A}", "{followed_by: A}"], "type 1"), (["{followed_by: A && payload.v > 3}"], "type 1"),
        (["{followed_by: A || payload.v > 3}"], "none"), (["{followed_by: A || B}"], "none"),
        (["{followed_by: \"!(A)\"}"], "none"), (["{followed_by: \"'Z' == payload.type\"}"], "type 1"),
        (["{followed_by: A}", "{followed_by: payload.x == 1}"], "none"),
        (["{followed_by: A && payload.x == 1}", "{followed_by: payload.x == 2}"], "x 2"),
        (["{followed_by_any: [A, B, C]}"], "type 3"), (["{followed_by_any: [A, {on: t}]}"], "none"),
        (
            [
                "{followed_by: A}", "{followed_by: B, loop: true}", "{followed_by: C, optional: true}",
                "{followed_by: D}",
            ], "type 4"
        ),
        (["{followed_by: A}", "{not_followed_by: B}", "{followed_by: C}"], "none"),
        (["{followed_by: A}", "{next: B}"], "none"), (["{followed_by: A}", "{absent: B, for: 5s}"], "type 2"),
        (["{followed_by: A}", "{absent: payload.v > 3, for: 5s}"], "none"),
        (["{followed_by: A}", "{followed_by: B, unless: [C]}"], "type 3"),
        (["{followed_by: A}", "{followed_by: B, unless: [payload.v > 3]}"], "none"),
        (["{followed_by: first.payload.type == 'Z'}"], "none"), (["{followed_by: payload.x == payload.y}"], "none"),
        (["{followed_by: \"payload.x == {'a': 1}\"}"], "none"), (["{followed_by: payload.x == null}"], "none"),
        (["{followed_by: \"payload.x == [1, 'a']\"}"], "x 1"),
        (["{followed_by: payload.x == 1}", "{followed_by: payload.x == 1.0}"], "x 1"),
        (["{followed_by: payload.x == 1}", "{followed_by: payload.x == '1'}"], "x 2"),
        (["{followed_by: A}", "{followed_by: \"history.exists(e, e.payload.type == 'Z')\"}"], "none"),
    ]

    @Test(arguments: conditions)
    func theConditionsThatDecideLeadToThePattern(_ blocks: [String], _ guardian: String) throws {
        #expect(try self.guardian(blocks).map { "\($0.field) \($0.values)" } ?? "none" == guardian)
    }

    @Test func conditionsThatHaltCountToo() throws {
        #expect(try guardian(["{followed_by: A}"], "haltconditions: [B]")?.values == 2)
        #expect(try guardian(["{followed_by: A}"], "haltconditions: [payload.v > 3]") == nil)
        #expect(try guardian(["{followed_by: A}"], "preconditions: [A]") == nil)
    }

    @Test func theInputLeadsToThePatternWhateverItsBlocks() throws {
        let strict = ["{next: payload.v > 1}", "{not_next: payload.v > 3}", "{next: payload.v > 5}"]
        #expect(try guardian(strict, "input: {on: t, where: A}")?.field == "type")
        #expect(try guardian(strict, "input: [{on: t, where: A}, {on: u, where: B}]")?.values == 2)
        #expect(try guardian(strict, "input: [{on: t, where: A}, u]") == nil)
        #expect(try guardian(["{followed_by: payload.x == 1}"], "input: [t, u]")?.field == "x")
    }

    // MARK: what comes of it

    private static let comparisons: [(String, [String], [String])] = [
        ("1", ["1", "1.0", "1e0"], ["\"1\"", "true", "[1]", "2", "null", "{}"]),
        ("1.5", ["1.5", "15e-1"], ["1", "\"1.5\""]),
        ("'1'", ["\"1\"", "\"\\u0031\""], ["1", "[\"1\"]"]), ("true", ["true"], ["1", "\"true\"", "false"]),
        ("[1, 'a']", ["[1, \"a\"]", "[1.0,\"a\"]"], ["[\"a\", 1]", "[1]", "\"a\"", "[1, \"a\", null]"]),
        ("[]", ["[]"], ["{}", "null", "\"\""]),
        ("0", ["0", "-0", "-0.0", "0e5"], ["\"\"", "false", "null"]), ("''", ["\"\""], ["null", "[]", "0"]),
        ("9007199254740993", ["9007199254740993"], ["9007199254740992", "9007199254740994", "9007199254740993.0"]),
        ("9007199254740992", ["9007199254740992", "9007199254740992.0", "9007199254740993.0"], ["9007199254740993"]),
        ("-9223372036854775808", ["-9223372036854775808", "-9223372036854775808.0"], ["9223372036854775807"]),
        ("'\\u00e9'", ["\"é\""], ["\"e\\u0301\""]),
        ("18446744073709549568u", ["18446744073709549568"], ["1", "18446744073709551615"]),
    ]

    @Test(arguments: comparisons)
    func valuesAreEqualAsByTheComparison(_ constant: String, _ equal: [String], _ other: [String]) throws {
        let condition = "payload.x == \(constant)".replacing("\\", with: "\\\\")
        var indexed = try Trial(blocks: ["{followed_by: \"\(condition)\"}"])
        var plain = try Trial(blocks: ["{followed_by: \"(\(condition)) || false\"}"])
        #expect(indexed.engine.decider.matchers[0].compiled.guardian != nil)
        #expect(plain.engine.decider.matchers[0].compiled.guardian == nil)
        for value in equal + other {
            indexed.take("t", "{\"x\": \(value)}")
            plain.take("t", "{\"x\": \(value)}")
        }
        #expect(indexed.runs == plain.runs)
        #expect(indexed.runs.count == equal.count, "\(indexed.runs)")
    }

    @Test func aMessageWithoutTheFieldMakesThePredicatesFail() throws {
        var trial = try Trial(blocks: ["{followed_by: payload.x == 1}"])
        trial.take("t", "{}")
        trial.take("t", "5")
        trial.take("t", "text")
        trial.take("t", [0xFF])
        #expect(trial.engine.decider.matchers[0].compiled.steps[0].predicates[0].failures == 4)
        trial.take("t", "{\"x\": 2}")
        #expect(trial.engine.decider.matchers[0].compiled.steps[0].predicates[0].failures == 4)
    }

    @Test func theOrderOfOutputIsKept() throws {
        let files = (0..<20).map { number in
            let condition =
                number % 3 == 0 ? "payload.x == 1" : number % 3 == 1 ? "payload.y == 1" : "payload.x + payload.y == 2"
            return "phenomenon: p\(number + 10)\npatterns: [{name: q, blocks: [{followed_by: \(condition)}]}]"
        }
        var trial = try Trial(files: files.reversed())
        trial.take("t", "{\"x\": 1, \"y\": 1}")
        #expect(trial.complexEvents.map(\.phenomenon) == (10..<30).map { "p\($0)" })
    }

    // MARK: at random

    private static let constants = [
        "1", "1.0", "2", "'1'", "'a'", "true", "false", "[1]", "['a', 1]", "0", "''", "[]", "9007199254740993", "'Z'",
    ]
    private static let values = [
        "1", "1.0", "2", "\"1\"", "\"a\"", "true", "false", "[1]", "[\"a\",1.0]", "-0.0", "\"\"", "[]",
        "9007199254740993", "\"Z\"", "null",
        "{}", "{\"a\":1}", "[null]",
    ]

    private func condition(_ random: inout SeededGenerator, hidden: Bool) -> String {
        let field = random.pick(["x", "y", "z.a"])
        let constant = random.pick(EqualityIndexTests.constants)
        let equality = random.chance(0.2) ? "\(constant) == payload.\(field)" : "payload.\(field) == \(constant)"
        let other = random.pick([
            "has(payload.x)", "payload.n > 3.0", "payload.y == \(random.pick(EqualityIndexTests.constants))",
            "topic == \"t/1\"",
        ])
        let text =
            switch random.int(0...9) {
            case 0...4: equality
            case 5: "\(other) && \(equality)"
            case 6: "\(equality) && \(other)"
            case 7: "(\(other)) && (\(equality) && \(equality))"
            case 8: "\(equality) || \(other)"
            default: other
            }
        return hidden ? "(\(text)) || false" : text
    }

    private func file(_ seed: UInt64, _ number: Int, hidden: Bool) -> String {
        var random = SeededGenerator(seed: seed &* 1000 &+ UInt64(number))
        func predicate() -> String {
            let text = condition(&random, hidden: hidden)
            return random.chance(0.2) ? "{\"on\": \"t/\(random.int(1...2))\", \"where\": \(json(text))}" : json(text)
        }
        func json(_ text: String) -> String {
            var writer = JSONWriter()
            writer.write(text)
            return writer.text
        }
        var blocks = ["{\"followed_by\": \(predicate())}"]
        for _ in 0..<random.int(0...2) {
            blocks.append(
                random.pick([
                    "{\"followed_by\": \(predicate())}", "{\"followed_by_any\": [\(predicate()), \(predicate())]}",
                    "{\"followed_by\": \(predicate()), \"unless\": [\(predicate())]}", "{\"next\": \(predicate())}",
                ]))
        }
        let input =
            random.chance(0.3)
            ? "\"input\": {\"on\": \"t/+\", \"where\": \(json(condition(&random, hidden: hidden)))},"
            : "\"input\": \"t/+\","
        let halt = random.chance(0.2) ? "\"haltconditions\": [\(predicate())]," : ""
        return
            "{\"phenomenon\": \"p\(number + 10)\", \"patterns\": [{\"name\": \"q\", \(input) \(halt) \"blocks\": [\(blocks.joined(separator: ","))]}]}"
    }

    @Test(arguments: 0..<60) func theIndexChangesNothing(_ seed: UInt64) throws {
        let count = 12
        var indexed = try Trial(files: (0..<count).map { file(seed, $0, hidden: false) })
        var plain = try Trial(files: (0..<count).map { file(seed, $0, hidden: true) })
        #expect(indexed.engine.decider.matchers.contains { $0.compiled.guardian != nil })
        #expect(plain.engine.decider.matchers.allSatisfy { $0.compiled.guardian == nil })
        var random = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            var fields = ["\"n\": \(random.int(0...6))"]
            for name in ["x", "y"] where random.chance(0.85) {
                fields.append("\"\(name)\": \(random.pick(EqualityIndexTests.values))")
            }
            if random.chance(0.7) { fields.append("\"z\": {\"a\": \(random.pick(EqualityIndexTests.values))}") }
            let (topic, payload) = (
                "t/\(random.int(1...3))", random.chance(0.05) ? "text" : "{\(fields.joined(separator: ","))}"
            )
            indexed.take(topic, payload)
            plain.take(topic, payload)
        }
        #expect(indexed.complexEvents.map(\.text) == plain.complexEvents.map(\.text), "seed \(seed)")
        #expect(indexed.engine.statistics.haltedRuns == plain.engine.statistics.haltedRuns, "seed \(seed)")
        #expect(indexed.engine.statistics.activeRuns == plain.engine.statistics.activeRuns, "seed \(seed)")
        #expect(indexed.engine.statistics.startedRuns > 0)
    }
}
