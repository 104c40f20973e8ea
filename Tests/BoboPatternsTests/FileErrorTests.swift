import Testing

@testable import BoboPatterns

/// Errors of a file and of its patterns: file, line and column, what was found, what was expected.
@Suite struct FileErrorTests {
    @Test func allErrorsOfAFileComeAtOnce() {
        let loaded = Loaded(
            """
            phenomenon: kitchen fire
            descripton: x
            patterns:
              - name: one
                within: 5 minutes
                singleton: yes
                input: home/#/x
                blocks:
                  - followed_by: payload.celsius >
                  - {folowed_by: payload.x > 1}
                  - {not_followed_by: payload.x > 1, loop: true, group: 2b}
              - blocks: [{followed_by: {onn: x}}]
            emit: {data: "heat[0].x", qos: 3}
            actions: [{http: {url: x}}, {publish: {topic: x, retain: 1}}, {log: {level: loud}}]
            """)
        let places = loaded.errors.map { $0.prefix { $0 != " " } }
        #expect(
            places == [
                "a.yaml:1:13:", "a.yaml:2:1:", "a.yaml:5:13:", "a.yaml:6:16:", "a.yaml:7:12:", "a.yaml:9:39:",
                "a.yaml:10:9:",
                "a.yaml:10:10:", "a.yaml:11:9:", "a.yaml:11:42:", "a.yaml:11:61:", "a.yaml:12:5:", "a.yaml:12:28:",
                "a.yaml:12:29:", "a.yaml:13:15:", "a.yaml:13:32:", "a.yaml:14:24:", "a.yaml:14:58:", "a.yaml:14:69:",
                "a.yaml:14:77:",
            ])
        #expect(
            loaded.errors.contains(
                "a.yaml:2:1: unknown key \"descripton\", expected one of phenomenon, description, emit, actions, patterns; did you mean \"description\"?"
            ))
        #expect(loaded.phenomena.isEmpty)
    }

    @Test(arguments: [
        ("", ["1:1: found nothing, expected a phenomenon: a mapping with phenomenon and patterns"]),
        ("- a", ["1:1: found a list, expected a phenomenon: a mapping with phenomenon and patterns"]),
        ("phenomenon: p", ["1:1: the key \"patterns\" is missing"]),
        ("patterns: [{name: q, blocks: [{next: true}]}]", ["1:1: the key \"phenomenon\" is missing"]),
        ("phenomenon: p\npatterns: []", ["1:1: found no pattern, expected at least one"]),
        (
            "phenomenon: [p]\npatterns: [x]",
            [
                "1:13: found a list, expected the name of the phenomenon; an expression or a text that begins with [ stands in quotes",
                "2:12: found the text \"x\", expected a pattern: a mapping with name and blocks",
            ]
        ),
        (
            "phenomenon: p\npatterns: [{}]",
            ["2:12: the key \"name\" is missing", "2:12: the key \"blocks\" is missing"]
        ),
        (
            "phenomenon: ''\npatterns: [{name: '', blocks: []}]",
            [
                "1:13: found \"\", expected the name of the phenomenon of 1 to 200 letters A-Z a-z, digits, _ and -",
                "2:19: expected a name of 1 to 200 bytes without control characters",
                "2:31: found no block, expected at least one",
            ]
        ),
        (
            "phenomenon: 5\npatterns: [{name: 5, blocks: {a: b}}]",
            [
                "1:13: found the number 5, expected the name of the phenomenon",
                "2:19: found the number 5, expected the name of the pattern",
                "2:30: found a mapping, expected a list of blocks; an expression or a text that begins with { stands in quotes",
            ]
        ),
        ("phenomenon: p\nphenomenon: q", ["2:1: the key \"phenomenon\" is given twice, first at 1:1"]),
        (
            "phenomenon: *x",
            [
                "1:13: found an alias of an anchor that is not defined before; an expression or a text that begins with * stands in quotes"
            ]
        ),
        ("phenomenon: p\n---\nphenomenon: q", ["2:1: found a second document, expected one a file"]),
    ])
    func whatIsNoPatternFile(_ text: String, _ errors: [String]) {
        #expect(Loaded(text).errors == errors.map { "a.yaml:" + $0 })
    }

    @Test(arguments: [
        (
            "foo: 1\nwithn: 5s",
            [
                "5:5: unknown key \"foo\", expected one of name, recent, define, input, key, within, singleton, after_match, rest, state, preconditions, haltconditions, blocks, max_runs, max_history, emit, actions",
                "6:5: unknown key \"withn\", expected one of name, recent, define, input, key, within, singleton, after_match, rest, state, preconditions, haltconditions, blocks, max_runs, max_history, emit, actions; did you mean \"within\"?",
            ]
        ),
        (
            "within: 5",
            [
                "5:13: found the number 5, expected a duration such as 250ms, 30s, 5m, 2h, 1d, 1h30m of at least 1ms and at most 366d"
            ]
        ),
        (
            "within: 0s",
            [
                "5:13: found the text \"0s\", expected a duration such as 250ms, 30s, 5m, 2h, 1d, 1h30m of at least 1ms and at most 366d"
            ]
        ),
        (
            "within: 367d",
            [
                "5:13: found the text \"367d\", expected a duration such as 250ms, 30s, 5m, 2h, 1d, 1h30m of at least 1ms and at most 366d"
            ]
        ),
        ("singleton: yes", ["5:16: found the text \"yes\", expected true or false"]),
        (
            "max_runs: 0\nmax_history: 1.5",
            [
                "5:15: found the number 0, expected a whole number from 1 to 100000000",
                "6:18: found the number 1.5, expected a whole number from 1 to 100000000",
            ]
        ),
        (
            "key: history",
            ["5:10: found the run's key or history, or what came before, expected an expression over the event alone"]
        ),
        (
            "key: key",
            ["5:10: found the run's key or history, or what came before, expected an expression over the event alone"]
        ),
        ("key: ts", ["5:10: found a key of type timestamp, expected a bool, a number, a text, or a list of these"]),
        (
            "key: \"{'a': payload.b}\"",
            ["5:10: found a key of type map(string, dyn), expected a bool, a number, a text, or a list of these"]
        ),
        (
            "key: {a: 1}",
            [
                "5:10: found a mapping, expected an expression; an expression or a text that begins with { stands in quotes"
            ]
        ),
        (
            "key: [payload.a]",
            ["5:10: found a list, expected an expression; an expression or a text that begins with [ stands in quotes"]
        ),
        ("input: []", ["5:12: found an empty list, expected topic filters"]),
        ("input: {where: true}", ["5:12: the key \"on\" is missing"]),
        (
            "input: {on: a, where: size(history) > 0}",
            ["5:27: found the run's key or history, or what came before, expected an expression over the event alone"]
        ),
        (
            "input: [a/#/b, +x, '', {on: [b, c+]}]",
            [
                "5:13: expected a topic filter: # stands only at the end: a/#/b",
                "5:20: expected a topic filter: + and # stand alone between slashes: +x",
                "5:25: expected a topic filter: a topic has at least one character",
                "5:37: expected a topic filter: + and # stand alone between slashes: c+",
            ]
        ),
        (
            "recent: 0\nmax_runs: 5",
            ["5:13: found the number 0, expected a number of events from 1 to 10000, or a duration such as 1h"]
        ),
        (
            "recent: soon",
            [
                "5:13: found the text \"soon\", expected a duration such as 250ms, 30s, 5m, 2h, 1d, 1h30m of at least 1ms and at most 366d"
            ]
        ),
        (
            "haltconditions: [size(recent) > 3]",
            [
                "5:22: recent is what the pattern keeps under \"recent\", and it keeps nothing; expected \"recent\" with a number of events or a duration, such as 10 or 1h"
            ]
        ),
        (
            "recent: 3\nkey: recent[0].topic\nemit: {data: size(recent)}",
            [
                "6:10: found the run's key or history, or what came before, expected an expression over the event alone",
                "7:18: found \"recent\", which \"emit\" and \"actions\" do not have",
            ]
        ),
        (
            "define: {open: payload.x == , 2b: 'true', last: 'true', wet: payload.y}\nhaltconditions: [open, wet + 1, dry]",
            [
                "5:32: found the end of the expression, expected a value",
                "5:35: found \"2b\", expected the name of a definition: letters, digits and _, no digit first",
                "5:47: found \"last\", which means something else in expressions, expected another name",
                "6:37: undeclared name dry",
            ]
        ),
        (
            "define: [a]",
            [
                "5:13: found a list, expected names with their expressions, such as {is_open: payload.contact == false}; an expression or a text that begins with [ stands in quotes"
            ]
        ),
        (
            "define: {here: size(history) > 1}\nkey: here",
            ["6:10: found the run's key or history, or what came before, expected an expression over the event alone"]
        ),
        (
            "after_match: skip",
            ["5:18: found the text \"skip\", expected one of no_skip, skip_past_last_event"]
        ),
        (
            "rest: soon",
            [
                "5:11: found the text \"soon\", expected a duration such as 250ms, 30s, 5m, 2h, 1d, 1h30m of at least 1ms and at most 366d"
            ]
        ),
        ("rest: {}", ["5:11: found neither \"for\" nor \"until\", expected at least one of them"]),
        (
            "rest: {untl: payload.x}",
            [
                "5:11: found neither \"for\" nor \"until\", expected at least one of them",
                "5:12: unknown key \"untl\", expected one of for, until; did you mean \"until\"?",
            ]
        ),
        ("rest: {until: size(history)}", ["5:19: found an expression of type int, expected a condition: bool"]),
        (
            "input: a\nrest: {until: {on: b}}",
            ["6:24: found b, which no filter of this pattern's \"input\" (a) can meet"]
        ),
        ("state: [x, y/#/z]", ["5:16: expected a topic filter: # stands only at the end: y/#/z"]),
        (
            "state: {on: x, where: previous == null}",
            [
                "5:27: found the run's key or history, or what came before, expected an expression over the event alone"
            ]
        ),
        (
            "state: s/+\npreconditions: [latest('t') == null, latest('s/+') == null, size(latest_of('t/#')) == 0, size(latest_of('s/#')) == 0]",
            [
                "6:28: found t, which this pattern's \"state\" (s/+) does not keep",
                "6:49: expected a topic: + and # stand in filters only, not in the topic of a message: s/+",
                "6:80: found t/#, which no filter of this pattern's \"state\" (s/+) can meet",
            ]
        ),
        (
            "key: latest('s')",
            [
                "5:10: found the run's key or history, or what came before, expected an expression over the event alone"
            ]
        ),
        ("emit: {data: previous}", ["5:18: found \"previous\", which \"emit\" and \"actions\" do not have"]),
        (
            "actions: [{log: {message: 'it is ${previous.text}'}}]",
            ["5:40: found \"previous\", which \"emit\" and \"actions\" do not have"]
        ),
        (
            "preconditions: payload.x\nhaltconditions: {on: a}",
            [
                "5:20: found the text \"payload.x\", expected a list of predicates",
                "6:21: found a mapping, expected a list of predicates; an expression or a text that begins with { stands in quotes",
            ]
        ),
        (
            "haltconditions: [1, foo, payload.x, {}, {where: 5}, [a]]",
            [
                "5:22: found an expression of type int, expected a condition: bool", "5:25: undeclared name foo",
                "5:41: found neither \"on\" nor \"where\", expected at least one of them",
                "5:53: found an expression of type int, expected a condition: bool",
                "5:57: found a list, expected an expression, or {on: …, where: …}; an expression or a text that begins with [ stands in quotes",
            ]
        ),
    ])
    func keysOfAPattern(_ keys: String, _ errors: [String]) {
        #expect(Loaded(pattern: "blocks: [{next: true}]\n" + keys).errors == errors.map { "a.yaml:" + $0 })
    }

    @Test func anOnThatNoInputCanMeetIsAnError() {
        let loaded = Loaded(
            pattern: """
                input: [a/+, c/x]
                haltconditions: [{on: b}]
                blocks:
                  - {next: {on: a/x}}
                  - {followed_by: {on: [c, +/x, c/#]}, unless: [{on: a}]}
                """)
        let message = "which no filter of this pattern's \"input\" (a/+, c/x) can meet"
        #expect(
            loaded.errors == [
                "a.yaml:5:27: found b, \(message)", "a.yaml:8:29: found c, \(message)",
                "a.yaml:8:58: found a, \(message)",
            ])
        #expect(
            Loaded(pattern: "input: [a, +x]\nblocks: [{next: {on: b}}]").errors.count == 1, "not of an unsound input")
    }

    @Test(arguments: [
        (
            "{data: heta, topic: 'a/${foo}/${1 +}', qos: 3, retain: 1, x: 1}",
            [
                "6:14: undeclared name heta; is heat meant?", "6:32: undeclared name foo",
                "6:42: found the end of the expression, expected a value",
                "6:51: found the number 3, expected a whole number from 0 to 2",
                "6:62: found the number 1, expected true or false",
                "6:65: unknown key \"x\", expected one of data, topic, qos, retain",
            ]
        ),
        ("{topic: 5}", ["6:15: found the number 5, expected a topic"]),
        ("{topic: 'a${'}", ["6:17: found ${ without its }"]),
        ("{data: secret('x')}", ["6:14: `secret` is for the texts of \"actions\" alone"]),
        ("[]", ["6:7: found a list, expected a mapping; an expression or a text that begins with [ stands in quotes"]),
    ])
    func emit(_ emit: String, _ errors: [String]) {
        let text =
            "phenomenon: p\npatterns:\n  - name: q\n    blocks:\n      - {next: true, group: heat}\nemit: \(emit)\n"
        #expect(Loaded(text).errors == errors.map { "a.yaml:" + $0 })
    }

    @Test(arguments: [
        ("{}", ["6:11: found no action, expected one of publish, http, exec, log, sequence"]),
        ("x", ["6:11: found the text \"x\", expected an action such as {publish: …}"]),
        ("{publish: x}", ["6:21: found the text \"x\", expected a mapping"]),
        (
            "{publish: {payload: {a: '${foo}', b: ['${']}}}",
            [
                "6:21: the key \"topic\" is missing", "6:38: undeclared name foo", "6:50: found ${ without its }",
            ]
        ),
        (
            "{publish: {topic: t, qos: -1, retian: true}}",
            [
                "6:37: found the number -1, expected a whole number from 0 to 2",
                "6:41: unknown key \"retian\", expected one of topic, payload, qos, retain; did you mean \"retain\"?",
            ]
        ),
        (
            "{log: {message: 5, level: loud}}",
            [
                "6:27: found the number 5, expected a text; as a text it stands in quotes",
                "6:37: found the text \"loud\", expected one of trace, debug, info, warning, error",
            ]
        ),
        (
            "{publish: {topic: a}, log: {message: x}}",
            ["6:33: found \"log\" beside \"publish\", expected only one of them"]
        ),
        (
            "{mail: {}}",
            [
                "6:11: found no action, expected one of publish, http, exec, log, sequence",
                "6:12: unknown key \"mail\", expected one of publish, http, exec, log, sequence",
            ]
        ),
    ])
    func actions(_ action: String, _ errors: [String]) {
        let text =
            "phenomenon: p\npatterns:\n  - name: q\n    blocks:\n      - {next: true, group: heat}\nactions: [\(action)]\n"
        #expect(Loaded(text).errors == errors.map { "a.yaml:" + $0 })
    }

    // MARK: names

    @Test func aPatternsNameIsUniqueInItsPhenomenon() {
        let loaded = Loaded(
            "phenomenon: p\npatterns:\n  - {name: q, blocks: [{next: }]}\n  - {name: q, blocks: [{next: true}]}\n")
        #expect(
            loaded.errors == [
                "a.yaml:3:31: found nothing, expected an expression",
                "a.yaml:4:12: found the name \"q\" a second time, after a.yaml:3:12; expected another",
            ])
    }

    @Test func aPhenomenonsNameIsUniqueAmongFiles() {
        let sound = "phenomenon: p\npatterns: [{name: q, blocks: [{next: true}]}]"
        let error = "b.yaml:1:13: found the phenomenon \"p\" a second time, after a.yaml:1:13; expected another name"
        #expect(Loaded(sound, sound).errors == [error])
        #expect(
            Loaded("phenomenon: p\npatterns: []", sound).errors == [
                "a.yaml:1:1: found no pattern, expected at least one", error,
            ])
        #expect(Loaded(sound, sound.replacing(": p", with: ": P")).errors.isEmpty)
    }

    // MARK: aliases

    @Test func anErrorBehindAnAliasIsToldOnceWhereItStands() {
        let loaded = Loaded(
            "phenomenon: p\npatterns:\n  - {name: q, blocks: &b [{next: foo}]}\n  - {name: r, blocks: *b}\n")
        #expect(loaded.errors == ["a.yaml:3:34: undeclared name foo"])
    }

    @Test func thereAreNoMergeKeys() {
        let loaded = Loaded(
            "phenomenon: p\npatterns:\n  - &x {name: q, blocks: [{next: true}]}\n  - {<<: *x, name: r}\n")
        #expect(
            loaded.errors == [
                "a.yaml:4:5: the key \"blocks\" is missing",
                "a.yaml:4:6: found <<, which YAML 1.2 does not have; an alias stands for a whole value only",
            ])
    }
}
