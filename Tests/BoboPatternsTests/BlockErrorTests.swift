import BoboEngine
import Testing

@testable import BoboPatterns

/// Errors of blocks, predicates and expressions, with their places.
@Suite struct BlockErrorTests {
    private static let operators =
        "next, not_next, followed_by, not_followed_by, followed_by_any, not_followed_by_any, absent, all_of"
    private static let duration =
        "expected a duration such as 250ms, 30s, 5m, 2h, 1d, 1h30m of at least 1ms and at most 366d"

    @Test(arguments: [
        ("{}", ["5:9: found no operator, expected one of \(operators)"]),
        ("x", ["5:9: found the text \"x\", expected a block such as {followed_by: …, group: …}"]),
        ("{group: a}", ["5:9: found no operator, expected one of \(operators)"]),
        (
            "{nxt: true}",
            [
                "5:9: found no operator, expected one of \(operators)",
                "5:10: unknown key \"nxt\", expected one of \(operators), group, times, loop, optional, until, unless, for, restart, only_if; did you mean \"next\"?",
            ]
        ),
        ("{next: true, followed_by: true}", ["5:22: found \"followed_by\" beside \"next\", expected only one of them"]),
        ("{all_of: [a]}", ["5:19: undeclared name a"]),
        ("{all_of: true}", ["5:18: found true, expected a list of predicates"]),
        ("{all_of: []}", ["5:18: found an empty list, expected predicates"]),
        (
            "{next: true, restart: true, only_if: x}",
            [
                "5:22: found \"restart\", which stands beside \"absent\" alone",
                "5:37: found \"only_if\", which stands beside \"absent\" alone",
            ]
        ),
        ("{next: true, for: 5s}", ["5:22: found \"for\", which stands beside \"absent\" alone"]),
        (
            "{next: true, group: 2b}",
            ["5:29: found \"2b\", expected the name of a group: letters, digits and _, no digit first"]
        ),
        (
            "{next: true, group: b-c}",
            ["5:29: found \"b-c\", expected the name of a group: letters, digits and _, no digit first"]
        ),
        (
            "{next: true, group: null}",
            ["5:29: found null, expected the name of a group: letters, digits and _, no digit first"]
        ),
        ("{next: true, times: 0}", ["5:29: found the number 0, expected a whole number from 1 to 1000"]),
        ("{next: true, times: x}", ["5:29: found the text \"x\", expected a whole number from 1 to 1000"]),
        ("{followed_by: true, times: {max: 1}}", ["5:36: the key \"min\" is missing"]),
        (
            "{followed_by: true, times: {min: 2, max: 1}}",
            ["5:36: found a \"max\" of 1, expected at least the \"min\" of 2"]
        ),
        (
            "{followed_by: true, times: {min: 2, max: x}}",
            ["5:50: found the text \"x\", expected a whole number from 1 to 1000"]
        ),
        (
            "{next: true, loop: 1, optional: no}",
            [
                "5:28: found the number 1, expected true or false",
                "5:41: found the text \"no\", expected true or false",
            ]
        ),
        ("{next: true, unless: true}", ["5:30: found true, expected a list of predicates"]),
    ])
    func blocks(_ block: String, _ errors: [String]) {
        #expect(Loaded(blocks: [block]).errors == errors.map { "a.yaml:" + $0 })
    }

    @Test(arguments: [
        "event", "payload", "text", "topic", "levels", "ts", "kind", "key", "previous", "history", "first", "last",
        "now",
        "timezone", "sum", "avg", "stddev", "size", "topic_matches", "latest", "latest_of", "unix_seconds",
        "unix_millis",
        "recent", "secret", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
        "loop",
        "package", "namespace", "return", "var", "void", "while", "has", "all", "map",
    ])
    func aGroupBearsNoNameOfTheExpressions(_ name: String) {
        let loaded = Loaded(blocks: ["{next: true, group: \(name)}"])
        #expect(
            loaded.errors == [
                "a.yaml:5:29: found \"\(name)\", which means something else in expressions, expected another name"
            ])
    }

    @Test(arguments: [
        ("{absent: payload.x}", ["6:9: the key \"for\" is missing"]),
        ("{absent: payload.x, for: 0s}", ["6:34: found the text \"0s\", \(duration)"]),
        ("{absent: payload.x, for: 5}", ["6:34: found the number 5, \(duration)"]),
        (
            "{absent: payload.x, for: 5s, times: 2, loop: true, optional: true}",
            [
                "6:38: \"absent\" takes no \"times\"", "6:48: \"absent\" takes no \"loop\"",
                "6:60: \"absent\" takes no \"optional\"",
            ]
        ),
        (
            "{absent: [payload.x], for: 5s}",
            [
                "6:18: found a list, expected an expression, or {on: …, where: …}; an expression or a text that begins with [ stands in quotes"
            ]
        ),
        (
            "{all_of: [payload.x], times: 2, loop: true, optional: true, until: payload.x}",
            [
                "6:31: \"all_of\" takes no \"times\"", "6:41: \"all_of\" takes no \"loop\"",
                "6:53: \"all_of\" takes no \"optional\"", "6:69: \"all_of\" takes no \"until\"",
            ]
        ),
        ("{absent: payload.x, for: 5s, until: payload.y}", ["6:38: \"absent\" takes no \"until\""]),
        (
            "{absent: payload.x, for: 5s, only_if: payload.y}",
            [
                "6:47: found the event under check, of which there is none when a wait is over; expected an expression over the history, latest and now (last is the event that was accepted last)"
            ]
        ),
        (
            "{absent: payload.x, for: 5s, only_if: size(history)}",
            ["6:47: found an expression of type int, expected a condition: bool"]
        ),
        (
            "{followed_by: true, until: payload.x}",
            [
                "6:29: \"until\" closes a loop, and this block does not loop: expected \"loop: true\", or \"times\" without \"max\""
            ]
        ),
        (
            "{followed_by: true, times: {min: 1, max: 3}, until: payload.x}",
            [
                "6:54: \"until\" closes a loop, and this block does not loop: expected \"loop: true\", or \"times\" without \"max\""
            ]
        ),
        ("{next: true, times: {min: 1}}", ["6:22: \"times\" with \"min\" takes a relaxed block, not \"next\""]),
        (
            "{not_followed_by: true, times: {min: 1}}",
            ["6:33: \"times\" with \"min\" takes no negated block (not_followed_by)"]
        ),
        (
            "{followed_by: true, times: {min: 1}, loop: true}",
            ["6:46: \"times\" with \"min\" takes no \"loop\"; without \"max\" it loops itself"]
        ),
        (
            "{followed_by: true, times: {min: 1}, optional: true}",
            ["6:46: \"times\" with \"min\" takes no \"optional\"; with a \"min\" of 0 all may be passed over"]
        ),
        (
            "{followed_by: true, times: {min: 1, mx: 2}}",
            ["6:45: unknown key \"mx\", expected one of min, max; did you mean \"max\"?"]
        ),
        ("{not_next: true, loop: true}", ["6:26: a negated block (not_next) cannot loop"]),
        (
            "{not_next: true, optional: true}",
            [
                "6:26: a strict block (not_next) cannot be optional",
                "6:26: a negated block (not_next) cannot be optional",
            ]
        ),
        (
            "{followed_by: true, loop: true, optional: true}",
            ["6:41: a loop cannot be optional: it may accept nothing anyway"]
        ),
        ("{next: true, optional: true}", ["6:22: a strict block (next) cannot be optional"]),
        ("{not_followed_by: true, optional: true}", ["6:33: a negated block (not_followed_by) cannot be optional"]),
        ("{followed_by_any: true}", ["6:27: found true, expected a list of predicates"]),
        ("{followed_by_any: []}", ["6:27: found an empty list, expected predicates"]),
        (
            "{not_followed_by_any: [{where: true, group: g}]}",
            ["6:46: unknown key \"group\", expected one of on, where"]
        ),
        ("{followed_by: {where: true, group: g}}", ["6:37: unknown key \"group\", expected one of on, where"]),
    ])
    func blocksInTheMiddle(_ block: String, _ errors: [String]) {
        let loaded = Loaded(blocks: ["{followed_by: true}", block, "{followed_by: true}"])
        #expect(loaded.errors == errors.map { "a.yaml:" + $0 })
    }

    @Test(arguments: [
        (["{not_next: true}"], ["5:9: the first block cannot be negated"]),
        (
            ["{not_next: true}", "{not_followed_by_any: [true]}"],
            ["5:9: the first block cannot be negated", "6:9: the last block cannot be negated"]
        ),
        (
            ["{followed_by: true, loop: true}", "{followed_by: true, optional: true}"],
            ["5:9: the first block cannot loop", "6:9: the last block cannot be optional"]
        ),
        (["{absent: true, for: 5s}"], ["5:9: the first block cannot be \"absent\""]),
        (
            ["{next: true}", "{followed_by: true, loop: true}", "{absent: true, for: 5s}"],
            ["7:9: directly before \"absent\" stands no loop without \"until\": nothing would move the run on"]
        ),
        (
            ["{next: true}", "{followed_by: true, optional: true}", "{absent: true, for: 5s}"],
            ["7:9: directly before \"absent\" stands no optional block: nothing would move the run on"]
        ),
        (["{next: true}", "{absent: true, for: 5s}", "{absent: true, for: 5s}"], []),
        (
            ["{nxt: true}", "{not_followed_by: payload.}", "{next: true}"],
            [
                "5:9: found no operator, expected one of \(operators)",
                "5:10: unknown key \"nxt\", expected one of \(operators), group, times, loop, optional, until, unless, for, restart, only_if; did you mean \"next\"?",
                "6:35: found the end of the expression, expected a field's or a function's name after the dot",
            ]
        ),
        (["{all_of: [true]}", "{absent: true, for: 1s}"], []),
        (["{followed_by: true, times: {min: 1, max: 2}}", "{next: true}"], []),
        (
            ["{followed_by: true, times: {min: 0, max: 2}}", "{next: true}"],
            ["5:9: the first block cannot be passed over: \"min\" is at least 1 there"]
        ),
        (
            ["{followed_by: true, times: {min: 1, max: 2}}"],
            ["5:9: the last block takes no \"times\" with \"min\", whose last copies may be passed over"]
        ),
        (
            ["{next: true}", "{followed_by: true, times: {min: 2}}"],
            ["6:9: the last block takes no \"times\" with \"min\", whose last copies may be passed over"]
        ),
        (
            ["{next: true}", "{followed_by: true, times: {min: 1}}", "{absent: true, for: 1s}"],
            ["7:9: directly before \"absent\" stands no loop without \"until\": nothing would move the run on"]
        ),
        (
            ["{next: true}", "{followed_by: true, times: {min: 1, max: 2}}", "{absent: true, for: 1s}"],
            ["7:9: directly before \"absent\" stands no optional block: nothing would move the run on"]
        ),
        (
            ["{next: true}", "{followed_by: true, loop: true, until: payload.x}", "{absent: true, for: 1s}"], []
        ),
        (
            ["{not_next: payload.}"],
            [
                "5:9: the first block cannot be negated",
                "5:28: found the end of the expression, expected a field's or a function's name after the dot",
            ]
        ),
    ])
    func theOrderOfBlocks(_ blocks: [String], _ errors: [String]) {
        #expect(Loaded(blocks: blocks).errors == errors.map { "a.yaml:" + $0 })
    }

    @Test func aPatternHasAtMostAThousandBlocks() {
        #expect(Loaded(blocks: ["{next: true, times: 1000}"]).patterns.first?.blocks.count == 1000)
        #expect(
            Loaded(blocks: ["{next: true, times: 500}", "{next: true, times: 500}", "{next: true}"]).errors
                == ["a.yaml:7:9: found more than 1000 blocks with \"times\" written out"])
        #expect(
            Loaded(blocks: ["{next: true, times: 1001}"]).errors
                == ["a.yaml:5:29: found the number 1001, expected a whole number from 1 to 1000"])
        #expect(Loaded(blocks: Array(repeating: "{next: true}", count: 1001)).errors.count == 1)
    }

    // MARK: predicates and expressions

    @Test(arguments: [
        (
            "{next: [true]}",
            "5:16: found a list, expected an expression, or {on: …, where: …}; an expression or a text that begins with [ stands in quotes"
        ),
        ("{next: }", "5:16: found nothing, expected an expression"),
        ("{next: null}", "5:16: found an expression of type null, expected a condition: bool"),
        ("{next: {}}", "5:16: found neither \"on\" nor \"where\", expected at least one of them"),
        ("{next: {on: []}}", "5:21: found an empty list, expected topic filters"),
        ("{next: {on: 5}}", "5:21: found the number 5, expected a topic filter such as home/+/temperature"),
        ("{next: {on: a, where: ''}}", "5:31: found the text \"\", expected an expression"),
        (
            "{next: {on: a, were: true}}",
            "5:24: unknown key \"were\", expected one of on, where; did you mean \"where\"?"
        ),
        ("{next: {on: 'a//+b'}}", "5:22: expected a topic filter: + and # stand alone between slashes: a//+b"),
        ("{next: payload.x + 'a'}", "5:16: found an expression of type string, expected a condition: bool"),
        ("{next: ts}", "5:16: found an expression of type timestamp, expected a condition: bool"),
        ("{next: payload.x > }", "5:27: found the end of the expression, expected a value"),
        ("{next: payload.x > 1 && bar}", "5:33: undeclared name bar"),
        ("{next: foo(1)}", "5:16: undeclared function foo"),
        ("{next: 1 + 'a' == 2}", "5:18: + does not take int and string; string(…) makes a text of a value"),
        ("{next: recnt == 1}", "5:16: undeclared name recnt; is recent meant?"),
        (
            "{next: latest('a') == null}",
            "5:23: latest() reads what the pattern keeps under \"state\", and it keeps nothing; expected \"state\" with the topics"
        ),
        (
            "next: payload.x > # 1",
            "5:26: found the end of the expression, expected a value; what follows # is a comment here: an expression that holds # stands in quotes"
        ),
    ])
    func expressions(_ block: String, _ error: String) {
        #expect(Loaded(blocks: [block]).errors == ["a.yaml:" + error])
    }

    @Test(arguments: [
        ("{next: payload.x in [1, 2]}", "between { } or [ ] an expression that holds , [ ] { or } stands in quotes"),
        ("{next: a.exists(x, x > 1)}", "between { } an expression or a text that holds , [ ] { or } stands in quotes"),
        ("{next: !payload.x}", "an expression or a text that begins with ! stands in quotes"),
        ("next: !payload.x", "an expression or a text that begins with ! stands in quotes"),
        (
            "{next: 'a' == payload}",
            "an expression or a text that begins with ' stands in quotes as a whole, as in '\"a\" == \"b\"'"
        ),
        ("{next: payload ? true : false}", "an expression that holds \": \" stands in quotes"),
        ("next: payload ? true : false", "an expression that holds \": \" stands in quotes"),
        ("next: [1].size() == 1", "an expression or a text that begins with [ stands in quotes"),
    ])
    func aForgottenQuote(_ block: String, _ rule: String) {
        let errors = Loaded(blocks: [block]).errors
        #expect(errors.contains { $0.hasPrefix("a.yaml:5:") && $0.contains(rule) }, "\(errors)")
    }

    @Test(arguments: [
        ("followed_by: >\n          payload.x >\n          1 && foo", "7:20"),
        ("followed_by: |\n          payload.x > 1 &&\n          foo", "7:15"),
        ("followed_by: |-\n          payload.x > 1\n\n            && foo", "8:20"),
        ("followed_by: \"payload.x > 1 && \\\"\\u00e9\\\" == foo\"", "5:54"),
        ("followed_by: 'payload.x == ''a'' && foo'", "5:45"),
        ("followed_by: payload.x ==\n          1 && foo", "6:20"),
        ("followed_by: {where: '\"😀\" == foo'}", "5:38"),
    ])
    func aPlaceWithinAnExpression(_ block: String, _ place: String) {
        #expect(Loaded(blocks: [block]).errors == ["a.yaml:\(place): undeclared name foo"])
    }

    @Test func placesWithinTemplates() {
        let loaded = Loaded(
            """
            phenomenon: p
            patterns: [{name: q, blocks: [{next: true}]}]
            actions:
              - log:
                  message: |
                    first ${payload.x}
                    then ${1 + foo}
              - publish:
                  topic: "a/${'\\u00e9' == bar}"
                  payload: {a: 'x ${payload.x} ${baz}', b: [{c: "${boo}"}]}
            """)
        #expect(
            loaded.errors == [
                "a.yaml:7:20: undeclared name foo", "a.yaml:9:31: undeclared name bar",
                "a.yaml:10:38: undeclared name baz",
                "a.yaml:10:56: undeclared name boo",
            ])
    }

    @Test func severalErrorsOfOneExpression() {
        #expect(
            Loaded(blocks: ["{next: foo == bar}"]).errors == [
                "a.yaml:5:16: undeclared name foo", "a.yaml:5:23: undeclared name bar",
            ])
    }
}
