import Testing

@testable import CEL

@Suite struct MatchesTests {
    private let test = TestEnvironment()

    @Test(
        "matches finds a part of the text, as function and as member, in RE2's syntax",
        arguments: [
            ("topic.matches('kit')", true), ("topic.matches('^kit')", false), ("topic.matches('^home/.*n$')", true),
            ("matches(topic, '^home/[^/]+$')", true), ("matches(topic, 'KITCHEN')", false),
            ("topic.matches('(?i)KITCHEN')", true), ("'é'.matches('^.$')", true), ("'größe'.matches(r'^\\pL+$')", true),
            ("'a\\nb'.matches('a.b')", false), ("'a\\nb'.matches('(?s)a.b')", true), ("''.matches('')", true),
            ("'a\\x00b'.matches('^a\\x00b$')", true), ("'a\\x00b'.matches('^a$')", false),
            ("'x'.matches('a' + '|x')", true), ("['a', 'bb'].exists(p, topic.matches(p))", false),
            ("['a', 'k.t'].exists(p, topic.matches(p))", true),
        ])
    func finds(source: String, expected: Bool) throws {
        #expect(try test.evaluate(source).isIdentical(to: .bool(expected)))
    }

    @Test(
        "A constant that is no regular expression is refused when compiled, at its place",
        arguments: [
            ("topic.matches('a(')", "\"a(\" is no regular expression: missing ): a("),
            ("topic.matches('*')", "\"*\" is no regular expression: no argument for repetition operator: *"),
            (
                "topic.matches('(?=a)')",
                "\"(?=a)\" is no regular expression: invalid perl operator: (?=; RE2 has neither lookaround nor backreferences"
            ),
            (
                "topic.matches(r'(a)\\1')",
                "\"(a)\\\\1\" is no regular expression: invalid escape sequence: \\1; RE2 has neither lookaround nor backreferences"
            ),
        ])
    func badConstant(source: String, message: String) throws {
        let error = try #require(throws: CompilationError.self) { try test.environment.compile(source) }
        #expect(error.problems.map(\.message) == [message])
        #expect(error.problems.map(\.column) == [15])
    }

    @Test("An expression of the payload that is none fails, as do values that are no texts")
    func badPayload() throws {
        guard case .invalidArgument(let message)? = try test.failure("topic.matches(payload)", .string("a("))
        else { return #expect(Bool(false), "no failure") }
        #expect(message.contains("missing )"))
        #expect(try test.failure("topic.matches(payload)", .int(3)) == .noMatchingOverload("matches"))
        #expect(try test.failure("payload.matches('a')", .int(3)) == .noMatchingOverload("matches"))
        #expect(test.problems("topic.matches(3)") == ["found string.matches(int), expected string.matches(string)"])
        #expect(try test.failure("'a'.matches('a' + '(')") != nil)
    }

    @Test("Expressions that a backtracking search would not live to see the end of take time in proportion to the text")
    func linearTime() throws {
        let long = String(repeating: "a", count: 100_000) + "b"
        for expression in ["(a+)+$", "(a|a)+$", "(a*)*c", "(a|aa)+$", "(.*)(.*)(.*)(.*)(.*)[^b]$"] {
            let payload = object([("text", .string(long)), ("expression", .string(expression))])
            let start = ContinuousClock.now
            let constant = try test.evaluate("payload.text.matches('\(expression)')", payload)
            let ofPayload = try test.evaluate("payload.text.matches(payload.expression)", payload)
            let time = ContinuousClock.now - start
            #expect(constant.isIdentical(to: .bool(false)), "\(expression)")
            #expect(ofPayload.isIdentical(to: .bool(false)), "\(expression)")
            #expect(time < .seconds(2), "\(expression)")
        }
    }

    @Test("An expression that would fill the memory is refused")
    func memory() throws {
        let tooLarge = ["((a{100}){100}){100}", "a{1001}", "((\\pL{1000}))", String(repeating: "(", count: 5000)]
        for expression in tooLarge {
            let payload = Value.string(expression)
            guard case .invalidArgument? = try test.failure("topic.matches(payload)", payload) else {
                #expect(Bool(false), "\(expression.prefix(30)) was taken")
                continue
            }
        }
        let long = Value.string(String(repeating: "a", count: RegularExpression.lengthLimit + 1))
        #expect(
            try test.failure("topic.matches(payload)", long)
                == .invalidArgument("a regular expression longer than 10000 bytes"))
    }

    @Test("Automata beyond the memory give way to a search that finds the same")
    func fallback() throws {
        // Needs 2^20 states as a deterministic automaton, and so more than there is room for.
        let random = (0..<20_000).map { ($0 &* 2_654_435_761) >> 13 & 1 == 0 ? "a" : "b" }.joined()
        let payload = Value.string(random + "c" + String(repeating: "b", count: 20) + "d")
        #expect(try test.evaluate("payload.matches('[ab]*a[ab]{20}d')", payload).isIdentical(to: .bool(false)))
        #expect(
            try test.evaluate("payload.matches('a[ab]{20}c')", payload).isIdentical(
                to: .bool(random.dropLast(20).last == "a")))
    }

    @Test("Of expressions that are no constants, those used last are kept")
    func cache() throws {
        let cache = RegularExpressionCache(limit: 3)
        let kept = try cache.expression("a")
        for text in ["b", "a", "c", "a", "d", "e"] { _ = try cache.expression(text) }
        #expect(cache.count == 3)
        #expect(try cache.expression("a") === kept)
        #expect(throws: EvaluationFailure.self) { try cache.expression("(") }
        #expect(throws: EvaluationFailure.self) { try cache.expression("(") }
        #expect(cache.count == 3)
    }
}
