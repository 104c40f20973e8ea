import BoboEngine
import BoboYAML
import CEL
import Foundation
import Testing

@testable import BoboPatterns

/// Files with one typical mistake each, in `Mistakes/`: the error names the place, what was expected, and the remedy.
@Suite struct MistakeTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Mistakes")

    private static let errors = #"""
        01-wrong-indent.yaml:6:4: YAML syntax: did not find expected '-' indicator, found "key: levels[1]" (while parsing a block collection that begins at 4:3); the line is indented less than those it belongs to, or a "- " is missing before it
        02-tab.yaml:6:1: YAML syntax: found character that cannot start any token, found "�key: levels[1]" (while scanning for the next token); lines are indented with spaces
        03-indented-further.yaml:7:13: YAML syntax: mapping values are not allowed in this context, found ": 60s"; the line is indented further than the one before it allows
        04-misspelt-key.yaml:7:5: unknown key "wihtin", expected one of name, recent, define, input, key, within, singleton, after_match, rest, state, preconditions, haltconditions, blocks, max_runs, max_history, emit, actions; did you mean "within"?
        05-misspelt-operator.yaml:10:9: found no operator, expected one of next, not_next, followed_by, not_followed_by, followed_by_any, not_followed_by_any, absent, all_of
        05-misspelt-operator.yaml:10:9: unknown key "folowed_by", expected one of next, not_next, followed_by, not_followed_by, followed_by_any, not_followed_by_any, absent, all_of, group, times, loop, optional, until, unless, for, restart, only_if; did you mean "followed_by"?
        06-operator-with-spaces.yaml:10:9: found no operator, expected one of next, not_next, followed_by, not_followed_by, followed_by_any, not_followed_by_any, absent, all_of
        06-operator-with-spaces.yaml:10:9: unknown key "followed by", expected one of next, not_next, followed_by, not_followed_by, followed_by_any, not_followed_by_any, absent, all_of, group, times, loop, optional, until, unless, for, restart, only_if; did you mean "followed_by"?
        07-wrong-filter-hash.yaml:5:13: expected a topic filter: # stands only at the end: home/#/temperature
        08-wrong-filter-plus.yaml:5:13: expected a topic filter: + and # stand alone between slashes: home/room+/temperature
        09-on-not-in-input.yaml:13:15: found home/+/smok, which no filter of this pattern's "input" (home/+/temperature, home/+/smoke) can meet
        10-undefined-group.yaml:14:36: undeclared name head; is heat meant?
        11-undefined-name.yaml:10:54: undeclared name payloda; is payload meant?
        12-undefined-function.yaml:10:54: undeclared function average; avg(list) is meant, perhaps
        13-type-error.yaml:6:20: + does not take string and int; string(…) makes a text of a value
        14-text-for-number.yaml:14:29: > does not take int and string; a number stands without quotes, and double(…) makes one of a text
        15-not-a-condition.yaml:14:18: found an expression of type int, expected a condition: bool
        16-group-without-index.yaml:14:41: found the field payload of a list; an element is list[0], all of them list.map(e, e.payload)
        17-assignment.yaml:10:70: found "=", which is no part of CEL; equality is ==
        18-and-in-words.yaml:10:75: found and, expected an operator or the end of the expression; in CEL that is &&
        19-single-ampersand.yaml:14:38: found "&", which is no part of CEL; and is &&
        20-unclosed-parenthesis.yaml:14:61: found the end of the expression, expected ) to close the parenthesis
        21-forgotten-quote-not.yaml:14:18: found the tag !payload.ok, expected none; an expression or a text that begins with ! stands in quotes
        22-forgotten-quote-ternary.yaml:6:42: YAML syntax: mapping values are not allowed in this context, found ": levels[2]"; a text or an expression that holds ": " stands in quotes
        23-bracket-between-braces.yaml:10:60: YAML syntax: did not find expected ',' or '}', found "[1] == 'kitchen'}" (while parsing a flow mapping that begins at 10:22); between { } or [ ] an expression that holds , [ ] { or } stands in quotes
        24-forgotten-quote-text.yaml:6:17: YAML syntax: did not find expected key, found "+ levels[1]" (while parsing a block mapping that begins at 4:5); an expression or a text that begins with " stands in quotes as a whole, as in '"a" == "b"'
        25-comment-in-expression.yaml:14:34: found a text without its closing quote; what follows # is a comment here: an expression that holds # stands in quotes
        26-data-without-quote.yaml:17:38: YAML syntax: did not find expected ',' or '}', found "[0].payload.celsius}" (while parsing a flow mapping that begins at 17:9); between { } or [ ] an expression that holds , [ ] { or } stands in quotes
        27-duration-number.yaml:7:13: found the number 60, expected a duration such as 250ms, 30s, 5m, 2h, 1d, 1h30m of at least 1ms and at most 366d
        28-duration-words.yaml:7:13: found the text "1 minute", expected a duration such as 250ms, 30s, 5m, 2h, 1d, 1h30m of at least 1ms and at most 366d
        29-yes.yaml:8:16: found the text "yes", expected true or false
        30-qos.yaml:19:67: found the number 3, expected a whole number from 0 to 2
        31-key-twice.yaml:9:5: the key "within" is given twice, first at 7:5
        32-blocks-no-list.yaml:12:7: YAML syntax: did not find expected key, found "- followed_by:" (while parsing a block mapping that begins at 4:5); either all that stands here is a list, each entry with a "- ", or none of it
        33-absent-without-for.yaml:12:9: the key "for" is missing
        34-absent-first.yaml:10:9: the first block cannot be "absent"
        35-loop-last.yaml:12:9: the last block cannot loop
        36-no-phenomenon-name.yaml:1:13: found "kitchen fire", expected the name of the phenomenon of 1 to 200 letters A-Z a-z, digits, _ and -
        37-missing-colon.yaml:8:5: YAML syntax: could not find expected ':', found "singleton: true" (while scanning a simple key that begins at 7:5); a key stands with ": " behind it
        38-missing-dash.yaml:12:9: the key "followed_by" is given twice, first at 10:9; each entry of a list begins with "- "
        39-template-unclosed.yaml:19:28: found ${ without its }
        40-latest-without-state.yaml:14:25: latest() reads what the pattern keeps under "state", and it keeps nothing; expected "state" with the topics
        41-field-with-dash.yaml:14:32: undeclared name density; a field whose name holds - is payload["smoke-density"]
        42-single-value-where-list.yaml:10:26: found a mapping, expected a list of predicates; an expression or a text that begins with { stands in quotes
        """#

    @Test("Each mistake is told with its place and its remedy")
    func mistakes() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
        #expect(names.count >= 40)
        var found: [String] = []
        for name in names {
            let problems = ProblemCollector()
            let text = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
            _ = PatternFiles(paths: PathTable(), problems: problems).load(texts: [(name, text)])
            #expect(problems.hasErrors, "\(name)")
            found += problems.errors.map(\.description)
        }
        let expected = Self.errors.split(separator: "\n").map(String.init)
        for (found, expected) in zip(found, expected) { #expect(found == expected) }
        #expect(found.count == expected.count)
    }
}
