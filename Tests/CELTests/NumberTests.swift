import Testing

@testable import CEL

/// "Numbers" of the pattern file's specification.
@Suite struct NumberTests {
    private let test = TestEnvironment()

    @Test(
        "Arithmetic on an int and a double gives a double",
        arguments: [
            ("1 + 1.5", 2.5), ("1.5 + 1", 2.5), ("2 * 1.5", 3), ("1 - 0.5", 0.5), ("3 / 2.0", 1.5), ("3.0 / 2", 1.5),
        ])
    func mixedArithmetic(source: String, expected: Double) throws {
        guard case .double(let number) = try test.evaluate(source) else {
            Issue.record("\(source) is no double")
            return
        }
        #expect(number == expected)
    }

    @Test("A division of JSON numbers never cuts, and gives no hint")
    func jsonDivision() throws {
        let program = try test.environment.compile("payload.a / payload.b")
        let value = try program.evaluate(test.activation(object([("a", .double(3)), ("b", .double(2))])))
        #expect(value.isIdentical(to: .double(1.5)))
        #expect(program.hints.isEmpty)
    }

    @Test("A division of two ints cuts, with a hint at the operator")
    func intDivision() throws {
        let program = try test.environment.compile("size(history) / 2 > 1")
        #expect(program.hints.map(\.column) == [15])
        #expect(try test.evaluate("3 / 2").isIdentical(to: .int(1)))
    }

    @Test(
        "A whole double serves where an int is called for",
        arguments: [
            ("21.0 % 2.0", Value.int(1)), ("payload.n % 2", .int(1)), ("[7, 8, 9][payload.i]", .int(8)),
            ("'abc'.substring(payload.i)", .string("bc")), ("repeated('ab', 2.0)", .string("abab")),
            ("repeated('ab', payload.i)", .string("ab")), ("math.bitAnd(payload.n, 4)", .int(4)),
            ("timestamp(payload.i)", .timestamp(Timestamp(clampingMilliseconds: 1000))),
            ("{1: 'one'}[payload.i]", .string("one")), ("{payload.i: 2} == {1: 2}", .bool(true)),
        ])
    func wholeDouble(source: String, expected: Value) throws {
        let value = try test.evaluate(source, object([("n", .double(21)), ("i", .double(1))]))
        #expect(value.isIdentical(to: expected), "\(source) is \(value)")
    }

    @Test("A double that is not whole does not serve as an int")
    func brokenDouble() throws {
        #expect(try test.failure("payload % 2", .double(1.5)) == .notWhole(1.5))
        #expect(try test.failure("[1, 2][payload]", .double(0.5)) == .notWhole(0.5))
        #expect(try test.failure("repeated('a', payload)", .double(0.5)) == .noMatchingOverload("repeated"))
    }

    @Test(
        "A whole double is written without a fraction",
        arguments: [
            ("string(21.0)", "21"), ("string(21.5)", "21.5"), ("string(-3.0)", "-3"),
            ("string(1e15)", "1000000000000000"),
            ("string(0.1)", "0.1"), ("string(1e300)", "1e+300"), ("string(1.0/0.0)", "Infinity"),
        ])
    func text(source: String, expected: String) throws {
        #expect(try test.evaluate(source).isIdentical(to: .string(expected)))
    }

    @Test("Numbers are equal and ordered across their kinds, also beyond 2^53")
    func heterogeneous() throws {
        for source in [
            "1 == 1.0", "1u == 1", "payload == 1", "1 in [1.0]", "payload in [1]", "2u > 1.5", "1 < payload + 0.5",
            "9007199254740993 != 9007199254740992.0", "9007199254740993 > 9007199254740992.0", "payload < 2u",
            "{'a': 1} == {'a': 1.0}", "[1, 2u] == [1.0, 2]",
        ] {
            #expect(try test.evaluate(source, .double(1)).isIdentical(to: .bool(true)), "\(source)")
        }
    }

    @Test("Ints that differ beyond 2^53 stay apart")
    func exactIdentifiers() throws {
        let payload = object([("id", .int(9_007_199_254_740_993))])
        #expect(try test.evaluate("payload.id == 9007199254740992", payload).isIdentical(to: .bool(false)))
        #expect(try test.evaluate("payload.id == 9007199254740993", payload).isIdentical(to: .bool(true)))
    }

    @Test("What goes beyond 64 bits fails")
    func overflow() throws {
        #expect(try test.failure("key == 1 || 9223372036854775807 + 1 == payload") == .overflow)
        #expect(try test.failure("payload + 1", .int(.max)) == .overflow)
        #expect(try test.failure("-payload", .int(.min)) == .overflow)
        #expect(try test.failure("1 / payload", .int(0)) == .divisionByZero)
        #expect(try test.failure("1 % payload", .double(0)) == .modulusByZero)
    }
}
