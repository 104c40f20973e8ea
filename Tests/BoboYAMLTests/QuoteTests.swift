import Testing

@testable import BoboYAML

/// A forgotten quote around an expression: the error says so, and points at the line.
@Suite struct QuoteTests {
    private func reading(_ text: String) -> [String] {
        let loaded = Loaded(text)
        if let reader = loaded.node?.mapping(loaded.collector) {
            _ = reader.optional("where")?.expression(loaded.collector)
            _ = reader.optional("key")?.expression(loaded.collector)
            if let block = reader.optional("next")?.mapping(loaded.collector) {
                _ = block.optional("on")?.text(loaded.collector)
                _ = block.optional("where")?.expression(loaded.collector)
                block.finish()
            }
            reader.finish()
        }
        return loaded.messages
    }

    @Test(arguments: [
        ("where: !payload.on", "!"), ("where: ! payload.on", "!"), ("where: !payload.on && x", "!"),
        ("where: !(a)", "!"), ("where: !has(a.b) || c", "!"), ("where: ![1].exists(x, x)", "!"),
        ("where: \"a\" == \"b\"", "\""), ("where: 'a' == payload", "'"), ("where: [1, 2].exists(x, x == 1)", "["),
        ("key: [a", "["), ("key: [a, b]", "["), ("where: {'a': 1}.a == 1", "{"), ("where: {a: b}", "{"),
        ("where: *x", "*"), ("where: *x.y", "*"), ("where: &x", "&"), ("where: && x", "&"), ("where: @x", "@"),
        ("where: `x`", "`"),
    ])
    func anExpressionThatBeginsWithAnIndicator(_ line: String, _ indicator: String) {
        let messages = reading(line)
        #expect(messages.count == 1)
        #expect(messages.first?.hasPrefix("a.yaml:1:") == true)
        #expect(messages.first?.contains("begins with \(indicator) stands in quotes") == true, "\(messages)")
    }

    @Test(arguments: [
        ("where: !payload.on", "!"), ("where: \"a\" == \"b\"", "\""), ("key: [a", "["),
        ("where: [1, 2].exists(x, x == 1)", "["), ("where: @x", "@"),
    ])
    func alsoWithinAListOfMappings(_ line: String, _ indicator: String) {
        let messages = Loaded("patterns:\n  - name: x\n    \(line)\n    next: y\n").messages
        #expect(messages.count == 1)
        #expect(messages.first?.contains("begins with \(indicator) stands in quotes") == true, "\(messages)")
    }

    @Test func anExpressionThatHoldsAColon() {
        let messages = reading("where: a ? b : c")
        #expect(messages.count == 1)
        #expect(messages.first?.hasPrefix("a.yaml:1:14: ") == true)
        #expect(messages.first?.contains("that holds \": \" stands in quotes") == true)
    }

    @Test(arguments: [
        "next: {on: a, where: payload.x in [1, 2]}", "next: {on: a, where: history[0].x}", "next: {where: f(a, b)}",
        "next: {where: x == {}}", "next: {where: x[\"a\"]}",
    ])
    func anExpressionBetweenBraces(_ line: String) {
        let messages = reading(line)
        #expect(messages.count == 1)
        #expect(messages.first?.contains("stands in quotes") == true, "\(messages)")
        #expect(messages.first?.contains("between { }") == true, "\(messages)")
    }

    @Test(arguments: [
        ("next: {where: \"a\" == b}", "\""), ("next: {on: t, where: !a}", "!"), ("next: {where: @a}", "@"),
    ])
    func anExpressionBetweenBracesThatBeginsWithAnIndicator(_ line: String, _ indicator: String) {
        let messages = reading(line)
        #expect(messages.count == 1)
        #expect(messages.first?.contains("begins with \(indicator) stands in quotes") == true, "\(messages)")
    }

    @Test func whatIsNotClosedIsToldWhereItBegins() {
        #expect(Loaded("a: 1\nb: [x\nc: 2\nd: 3\n").messages.first?.hasPrefix("a.yaml:2:4: ") == true)
        #expect(Loaded("a: 1\nb: \"x\nc: 2\nd: 3\n").messages.first?.hasPrefix("a.yaml:2:4: ") == true)
    }

    @Test func aLineIndentedTooFar() {
        #expect(Loaded("a: 1\n  b: 2").messages.first?.contains("indented further") == true)
    }

    @Test func expressionsThatNeedNoQuotesAreRead() {
        for line in [
            "payload.celsius > 55", "true", "1", "null", "heat[0].payload.x", "levels[1]", "a == 'b' && c",
            "x.all(e, e == {})",
            "a ?b :c", "-1 < x", "(a)",
        ] {
            #expect(reading("where: \(line)") == [], "\(line)")
        }
    }
}
