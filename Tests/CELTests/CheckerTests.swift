import Testing

@testable import CEL

@Suite struct CheckerTests {
    private let test = TestEnvironment()

    @Test("The result's type is known as far as it can be")
    func resultTypes() throws {
        for (source, type) in [
            ("payload.a", CELType.dyn), ("payload.a > 1", .bool), ("1 + 2", .int), ("1 + 2.0", .double),
            ("topic", .string), ("levels[0]", .string), ("history[0].topic", .string), ("history[0]", .object("Event")),
            ("history.map(e, e.topic)", .list(.string)), ("history.filter(e, true)", .list(.object("Event"))),
            ("ts + duration('1m')", .timestamp), ("ts - ts", .duration), ("true ? 1 : 'a'", .dyn),
            ("[1, 2.0]", .list(.dyn)),
            ("{'a': 1}", .map(.string, .int)), ("size(history)", .int), ("sum(history.map(e, e.payload))", .dyn),
            ("avg([1, 2])", .double), ("type(1)", .type), ("dyn(1)", .dyn), ("key", .dyn), ("payload + 1", .dyn),
        ] {
            #expect(try test.environment.compile(source).type == type, "\(source)")
        }
    }

    @Test(
        "Known types that do not fit are refused with what was found and what was expected",
        arguments: [
            ("topic > 3", "> does not take string and int; a number stands without quotes, and double(…) makes one of a text"),
            ("topic + 3", "+ does not take string and int; string(…) makes a text of a value"),
            ("topic == 3", "string is never equal to int"), ("!topic", "! takes bool, found string"),
            ("topic && true", "&& takes bool, found string"), ("topic ? 1 : 2", "? : takes bool, found string"),
            ("3 in levels", "int is never in list(string)"),
            ("topic.startsWith(3)", "found string.startsWith(int), expected string.startsWith(string)"),
            (
                "history.payload",
                "found the field payload of a list; an element is list[0], all of them list.map(e, e.payload)"
            ),
            ("topic.size", "found the field size of string, which has none"),
            (
                "ts.getHours(3)",
                "found timestamp.getHours(int), expected timestamp.getHours(), duration.getHours(), timestamp.getHours(string)"
            ),
            ("size(3)", "found size(int), expected size(string), size(bytes), size(list(dyn)), size(map(dyn, dyn))"),
            ("topic.exists(e, true)", "exists goes through a list or a map, found string"),
            ("history['a']", "a list's index is an int, found string"),
            ("history == null", "list(Event) is never equal to null"),
            ("{[1]: 2}", "a map has keys of type bool, int, uint or string, found list(int)"),
            ("history.filter(e, e.topic)", "filter takes bool, found string"),
        ])
    func mismatch(source: String, expected: String) {
        #expect(test.problems(source) == [expected])
    }

    @Test(
        "An undeclared name suggests the nearest that is declared",
        arguments: [
            ("paylod.a", "undeclared name paylod; is payload meant?"), ("xyz", "undeclared name xyz"),
            ("event.topik", "Event has no field topik; is topic meant?"),
            ("sise(history)", "undeclared function sise; is size meant?"),
            ("history.exist(e, true)", "undeclared function exist; is exists meant?"),
            ("topic.sum()", "sum is called as sum(…)"),
            ("startsWith(topic, 'a')", "startsWith is called as value.startsWith(…)"),
        ])
    func suggestion(source: String, expected: String) {
        #expect(test.problems(source) == [expected])
    }

    @Test("All problems come at once, in the order of their places")
    func allProblems() throws {
        let error = try #require(throws: CompilationError.self) {
            try test.environment.compile("topic > 3 &&\n  tpic == 'a'")
        }
        #expect(error.description == "1:7: > does not take string and int; a number stands without quotes, and double(…) makes one of a text\n2:3: undeclared name tpic; is topic meant?")
        #expect(error.rendered.hasSuffix("undeclared name tpic; is topic meant?\n    tpic == 'a'\n    ^"))
    }

    @Test("A reserved name says why")
    func reserved() {
        #expect(test.problems("size(recent) > 1") == ["recent is not built yet"])
    }

    @Test("A constant that cannot be converted is refused when compiled")
    func constants() {
        #expect(
            test.problems("ts > ts - duration('1d')")
                == ["\"1d\" is no duration, as 1h30m, 15s and 250ms are; there are no days"])
        #expect(test.problems("timestamp('yesterday') < ts").count == 1)
        #expect(test.problems("ts.getHours('Mars/Olympus') > 1") == ["there is no time zone \"Mars/Olympus\""])
    }

    @Test("dyn takes all, and fails when evaluated")
    func dynamic() throws {
        #expect(test.problems("payload.a.startsWith(payload.b) && payload.c > payload.d + 1").isEmpty)
        #expect(try test.failure("payload > 'a'", .int(1)) == .noMatchingOverload(">"))
        #expect(try test.failure("payload.startsWith('a')", .int(1)) == .noMatchingOverload("startsWith"))
    }

    @Test("null may stand where an object may")
    func nullObject() throws {
        #expect(try test.evaluate("event != null").isIdentical(to: .bool(true)))
    }

    @Test("An alias is not touched by a macro variable of the name that it uses")
    func aliasHygiene() throws {
        let value = try test.evaluate("[1].map(event, topic)[0]")
        #expect(value.isIdentical(to: .string("home/kitchen")))
        #expect(try test.evaluate("[1].map(topic, topic)[0]").isIdentical(to: .int(1)))
    }

    @Test("A macro without a name for its variable says how it is used")
    func macroForm() {
        #expect(test.problems("history.all(1, true)") == ["all takes a name here, as in list.all(name, condition)"])
        #expect(test.problems("has(1)") == ["has() takes a field, as in has(value.field)"])
        #expect(test.problems("history.all(e)") == ["all is used as list.all(name, condition)"])
    }
}
