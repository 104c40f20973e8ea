import Testing

@testable import CEL

@Suite struct LibraryTests {
    private let test = TestEnvironment()

    private func expectTrue(_ source: String, _ payload: Value = .null) {
        #expect(throws: Never.self, "\(source)") {
            let value = try test.evaluate(source, payload)
            #expect(value.isIdentical(to: .bool(true)), "\(source) is \(value)")
        }
    }

    @Test(
        "Texts",
        arguments: [
            "'Küche/Herd'.contains('che/H')", "!'abc'.contains('abd')", "'abc'.startsWith('')", "'abc'.endsWith('bc')",
            "!'bc'.endsWith('abc')", "size('é😀') == 2", "'é😀x'.substring(1, 2) == '😀'",
            "'a,b,,c'.split(',') == ['a', 'b', '', 'c']",
            "'a-b-c'.replace('-', '+', 1) == 'a+b-c'", "'abc'.replace('', '.') == '.a.b.c.'",
            "['a', 'b'].join('/') == 'a/b'",
            "'tacocat'.lastIndexOf('a') == 5", "' a b\\n'.trim() == 'a b'", "'ÄaZ'.lowerAscii() == 'Äaz'",
            "'abc'.reverse() == 'cba'",
            "'abc'.charAt(1) == 'b'",
            "'%s is %.1f °C, %d%%'.format(['kitchen', 21.25, 50]) == 'kitchen is 21.2 °C, 50%'",
            "'abc' < 'abd' && 'Z' < 'a' && 'é' > 'z'", "'é' != 'e\\u0301'", "b'ab' + b'c' == b'abc' && b'a' < b'b'",
            "strings.quote('a\"b') == '\"a\\\\\"b\"'", "''.split('') == []", "'ab'.split('') == ['a', 'b']",
        ])
    func texts(source: String) { expectTrue(source) }

    @Test(
        "Timestamps and durations",
        arguments: [
            "timestamp('2026-11-23T18:00:00.5+01:00') == timestamp('2026-11-23T17:00:00.500Z')",
            "string(timestamp('2026-11-23T18:00:00.120Z')) == '2026-11-23T18:00:00.12Z'",
            "timestamp('2024-02-29T00:00:00Z').getDayOfYear() == 59",
            "timestamp('2026-11-23T18:00:00Z').getDayOfWeek() == 1",
            "timestamp('2026-07-01T22:30:00Z').getHours(timezone) == 0",
            "timestamp('2026-12-01T22:30:00Z').getHours(timezone) == 23",
            "timestamp('2026-07-01T22:30:00Z').getDate(timezone) == 2",
            "timestamp('2026-12-01T22:30:00Z').getMinutes('Asia/Kathmandu') == 15",
            "timestamp('2026-12-01T22:30:00Z').getMonth('+02:00') == 11", "timestamp(0).getFullYear('-00:01') == 1969",
            "duration('1h30m') == duration('5400s')", "string(duration('-1.5s')) == '-1.5s'",
            "duration('1.5h').getMinutes() == 90",
            "duration('0.000000001s') > duration('0s')", "timestamp(10) - timestamp(4) == duration('6s')",
            "timestamp(10) - duration('0.5s') < timestamp(10)", "duration('1m') - duration('90s') == duration('-30s')",
            "unix_seconds(1764000000.123) == timestamp('2025-11-24T16:00:00.123Z')",
            "unix_millis(1764000000123) == unix_seconds(1764000000.123)",
            "unix_seconds(-0.5) == timestamp('1969-12-31T23:59:59.5Z')", "unix_millis(payload) == timestamp(1)",
            "int(timestamp('1970-01-01T00:01:00Z')) == 60",
            "timestamp('0001-01-01T00:00:00Z') < timestamp('9999-12-31T23:59:59.999999999Z')",
        ])
    func times(source: String) { expectTrue(source, .double(1000)) }

    @Test(
        "Texts that are no timestamps",
        arguments: [
            "", "2026-11-23", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-23T24:00:00Z",
            "2026-11-23T18:00:00",
            "2026-11-23T18:00:60Z", "2026-11-23T18:00:00.Z", "2026-11-23T18:00:00.1234567890Z", "2026-11-23T18:00:00Z ",
            "2026-11-23 18:00:00Z", "2026-11-23T18:00:00+1:00", "10000-01-01T00:00:00Z", "0000-12-31T23:59:59Z",
        ])
    func noTimestamp(text: String) { #expect(Timestamp(rfc3339: text) == nil) }

    @Test(
        "Texts that are no durations",
        arguments: ["", "1", "s", "1d", "-", "1h-1m", "1.s.", ".s", "1 s", "3000000h", "1e3s", "--1s"])
    func noDuration(text: String) { #expect(Value.Duration(text: text) == nil) }

    @Test("Every day from 1 to 9999 is its own date")
    func calendar() {
        var day = CivilTime.days(year: 1, month: 1, day: 1)
        #expect(day * 86_400 == Timestamp.secondsRange.lowerBound)
        var wrong = 0
        for year in Int64(1)...9999 {
            let first = CivilTime(seconds: day * 86_400)
            if first.year != year || first.month != 1 || first.day != 1 || first.dayOfYear != 0 { wrong += 1 }
            for month in Int64(1)...12 {
                let last = CivilTime.daysInMonth(year: year, month: month)
                let civil = CivilTime(seconds: (day + last) * 86_400 - 1)
                if civil.month != month || civil.day != last || civil.secondOfDay != 86_399 { wrong += 1 }
                day += last
            }
        }
        #expect(wrong == 0)
        #expect(day * 86_400 - 1 == Timestamp.secondsRange.upperBound)
    }

    @Test(
        "sum, avg, stddev, least and greatest over lists of numbers",
        arguments: [
            "sum([]) == 0", "sum([1, 2]) == 3 && type(sum([1, 2])) == int", "sum([1, 2.5]) == 3.5",
            "avg([1, 2]) == 1.5",
            "stddev([2, 4, 4, 4, 5, 5, 7, 9]) == 2.0", "stddev([3]) == 0.0", "math.least([3, 1.5, 2u]) == 1.5",
            "math.greatest(1, 3, 2) == 3",
            "sum(payload) == 6", "avg(payload) == 2", "math.greatest(payload) == 3", "math.abs(-2.5) == 2.5",
            "math.round(2.5) == 3.0",
            "math.sqrt(16) == 4.0", "math.floor(-1.5) == -2.0",
        ])
    func aggregates(source: String) { expectTrue(source, .list(List([.double(1), .double(2), .double(3)]))) }

    @Test("avg and stddev of none fail, and so do lists of anything but numbers")
    func emptyAggregates() throws {
        let none = Value.list(List([]))
        #expect(try test.failure("avg(payload)", none) == .emptyList("avg"))
        #expect(try test.failure("stddev(payload)", none) == .emptyList("stddev"))
        #expect(try test.failure("math.least(payload)", none) == .emptyList("math.least"))
        #expect(try test.failure("sum(payload)", .list(List([.int(1), .string("a")]))) == .noMatchingOverload("sum"))
        #expect(try test.failure("sum(payload)", .list(List([.string("a")]))) == .noMatchingOverload("sum"))
        #expect(test.problems("sum(['a'])").count == 1)
    }

    @Test(
        "Macros",
        arguments: [
            "[1, 2, 3].map(x, x > 1, x * 2) == [4, 6]", "[1, 2].map(x, [x].map(y, y + x)[0]) == [2, 4]",
            "{'a': 1}.exists(k, k == 'a')",
            "[3, 4].transformList(i, v, i + v) == [3, 5]",
            "{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v * 2) == {'b': 4}",
            "{'a': 'x'}.transformMapEntry(k, v, {v: k}) == {'x': 'a'}", "cel.bind(x, 2, x * x) == 4",
            "[1, 2, 2].exists_one(x, x == 1)",
            "!([1, 2, 2].exists_one(x, x == 2))", "[].all(x, x) && !([].exists(x, x))",
            "[1, 'a'].filter(x, type(x) == int) == [1]",
            "[0, 2].exists(x, 2 / x == 1)", "![0, 2].all(x, 2 / x == 2)", "payload.map(x, x * 2) == [2, 4, 6]",
        ])
    func macros(source: String) { expectTrue(source, .list(List([.double(1), .double(2), .double(3)]))) }

    @Test("A failed side is passed over where the other decides")
    func threeValues() throws {
        for source in [
            "payload.x || true", "true || payload.x", "!(payload.x && false)", "!(false && payload.x)",
            "false || payload.x || true",
            "!(true && payload.x && false)", "[1].exists(x, payload.x) || true",
        ] { expectTrue(source, object([])) }
        for source in [
            "payload.x || false", "false || payload.x", "payload.x && true", "true && payload.x",
            "true && payload.x && true",
            "[1, 2].all(x, x == 1 ? true : payload.x)", "[1, 2].exists(x, payload.x)",
            "[1, 2].exists_one(x, x == 1 || payload.x)",
        ] { #expect(try test.failure(source, object([])) == .noSuchField("x"), "\(source)") }
    }

    @Test("Functions that a program declares are chosen by types, known or found")
    func hostFunctions() throws {
        var environment = test.environment
        for (type, name) in [(CELType.int, "int"), (.string, "string"), (.object("Event"), "event")] {
            environment.declare(
                FunctionDeclaration(name: "kindOf", isMember: true, parameters: [type], result: .string) {
                    _, _ throws(EvaluationFailure) in .string(name)
                })
        }
        for (source, expected) in [
            ("1.kindOf()", "int"), ("'a'.kindOf()", "string"), ("event.kindOf()", "event"), ("payload.kindOf()", "int"),
            ("[dyn(event)][0].kindOf()", "event"),
        ] {
            let value = try environment.compile(source).evaluate(test.activation(.double(3)))
            #expect(value.isIdentical(to: .string(expected)), "\(source)")
        }
        #expect(throws: EvaluationFailure(.noMatchingOverload("kindOf"))) {
            try environment.compile("payload.kindOf()").evaluate(test.activation(.bool(true)))
        }
    }
}
