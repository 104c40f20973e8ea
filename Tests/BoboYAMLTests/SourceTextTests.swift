import Testing

@testable import BoboYAML

@Suite struct SourceTextTests {
    /// Every character of the text is found at its own place in the source.
    private func check(_ yaml: String, _ key: String = "a", skipping: Set<Unicode.Scalar> = []) throws {
        let loaded = Loaded(yaml)
        let text = try #require(loaded[key]?.sourceText(loaded.collector))
        for (offset, scalar) in text.text.unicodeScalars.enumerated() where !skipping.contains(scalar) {
            let place = text.place(atScalar: offset)
            let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
            let line = Array(lines[place.line - 1].unicodeScalars)
            #expect(line[place.column - 1] == scalar, "\(offset) of \(text.text.debugDescription) at \(place)")
        }
        #expect(text.place == text.place(atScalar: 0))
    }

    @Test func plain() throws { try check("b: 1\na:   payload.x > é5 && y") }
    @Test func plainOverLines() throws { try check("a: payload.x\n   >   5\n\n  && y", skipping: ["\n", " "]) }
    @Test func singleQuoted() throws { try check("a: 'it''s x ''y'''") }
    @Test func doubleQuotedWithoutEscapes() throws { try check("a: \"x == 1\"") }
    @Test func doubleQuotedOverLines() throws { try check("a: \"x ==\n   1 \\\n   && y\"", skipping: ["\n", " "]) }
    @Test func literal() throws { try check("a: |\n  x ==\n    1\n\n  && y\nb: 1", skipping: ["\n"]) }
    @Test func folded() throws {
        try check("a: >- # why\n\n    x ==\n    1\n\n      more\n    && y\nb: 1", skipping: ["\n", " "])
    }
    @Test func behindAnAnchorAndATag() throws { try check("a: &n !!str\n  1x\nb: 1") }
    @Test func inAListOfMappings() throws { try check("b:\n  - c\na: {d: 1}".replacing("{d: 1}", with: "x")) }

    @Test func escapesCountAsTheyAreWritten() throws {
        let loaded = Loaded(#"a: "x \"\u00e9\" \x41y""#)
        let text = try #require(loaded["a"]?.sourceText(loaded.collector))
        #expect(text.text == "x \"é\" Ay")
        #expect([0, 2, 3, 4, 6, 7, 8].map { text.place(atScalar: $0).column } == [5, 7, 9, 15, 18, 22, 23])
    }

    @Test func offsetsInUTF8() throws {
        let loaded = Loaded("a: é > x")
        let text = try #require(loaded["a"]?.sourceText(loaded.collector))
        #expect(text.place(atUTF8: 3).column == 6)
        #expect(text.place(atUTF8: 99).column == 9)
    }

    @Test func aCommentBehindAPlainTextIsKnown() throws {
        let loaded = Loaded("a: topic == \"x #y\"\nb: x\nc: \"x\" # y\n")
        for (key, expected) in [("a", true), ("b", false), ("c", false)] {
            #expect(try #require(loaded[key]?.sourceText(loaded.collector)).isFollowedByComment == expected)
        }
    }

    @Test func leavesOfAPayloadKeepTheirPlaces() throws {
        let loaded = Loaded("payload:\n  state: \"ON\"\n  list: [\"${key}\"]")
        guard case .object(let members) = try #require(loaded["payload"]?.value(loaded.collector)),
            case .list(let list) = members[1].value, case .text(let text) = list[0]
        else {
            Issue.record("no object")
            return
        }
        #expect(text.text == "${key}")
        #expect(text.place(atScalar: 2).description == "a.yaml:3:13")
    }
}
