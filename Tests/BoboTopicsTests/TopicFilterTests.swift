import BoboTopics
import Testing

@Suite("Topic filters match as MQTT 5.0 section 4.7 says")
struct TopicFilterTests {
    @Test(arguments: [
        ("a/b", "a/b", true), ("a/b", "a/b/c", false), ("a/+", "a/b", true), ("a/+", "a/", true), ("a/+", "a", false),
        ("a/#", "a", true), ("a/#", "a/b/c", true), ("a/#", "ab", false), ("#", "a/b", true), ("#", "$SYS/x", false),
        ("+/x", "$SYS/x", false), ("$SYS/#", "$SYS/x", true), ("+/+", "/x", true), ("/+", "/x", true),
        ("+", "/x", false),
        ("a//b", "a//b", true), ("a/+/b", "a//b", true), ("+/b/#", "a/b", true), ("a/b", "A/b", false),
    ])
    func matching(filter: String, topic: String, expected: Bool) throws {
        #expect(try TopicFilter(filter).matches(TopicName(topic)) == expected)
    }

    @Test(arguments: ["", "a+", "a/#/b", "#/a", "a/b#", "a\0b", String(repeating: "x", count: 65536)])
    func refused(filter: String) {
        #expect(throws: TopicError.self) { try TopicFilter(filter) }
    }

    @Test(arguments: ["", "a/+", "#", "a\0"])
    func refusedNames(name: String) {
        #expect(throws: TopicError.self) { try TopicName(name) }
    }

    @Test(arguments: [
        ("#", "a/b", true), ("#", "$SYS/#", false), ("a/+", "a/#", false), ("a/#", "a/+", true), ("a/#", "a", true),
        ("+/b", "a/b", true), ("a/b", "a/b", true), ("a/+/c", "a/b/+", false), ("a/#", "a/+/#", true),
        ("a/+/#", "a/#", false),
    ])
    func covering(wide: String, narrow: String, expected: Bool) throws {
        #expect(try TopicFilter(wide).covers(TopicFilter(narrow)) == expected)
    }

    @Test(
        arguments: [
            ("home/+/temperature", "home/kitchen/#", "home/kitchen/temperature"), ("a/#", "+/b", "a/b"),
            ("a/#", "a", "a"),
            ("#", "a/+", "a/+"), ("a/+", "b/+", nil), ("a", "a/b", nil), ("#", "$SYS/x", nil), ("a/+/#", "a", nil),
        ] as [(String, String, String?)])
    func intersecting(one: String, two: String, expected: String?) throws {
        #expect(try TopicFilter(one).intersection(TopicFilter(two))?.text == expected)
        #expect(try TopicFilter(two).intersection(TopicFilter(one))?.text == expected)
        #expect(try TopicFilter(two).overlaps(TopicFilter(one)) == (expected != nil))
    }

    @Test(arguments: [
        ("a/+/c", "a/b/+", "a/+/+"), ("a/b", "a/b/c", "a/b/#"), ("a/b", "c/d", "+/+"), ("a/#", "b/c", "+/#"),
        ("a/#", "a/b", "a/#"),
    ])
    func joining(one: String, two: String, expected: String) throws {
        #expect(try TopicFilter(one).join(TopicFilter(two)).text == expected)
    }
}

@Suite("Topics are compared by their bytes")
struct ByteTests {
    // The same letter as one character, and as an e with a combining accent.
    private let composed = "home/caf\u{E9}", decomposed = "home/cafe\u{301}"

    @Test("What looks the same is another topic where the bytes differ")
    func letters() throws {
        let filter = try TopicFilter(composed)
        #expect(filter.matches(try TopicName(composed)))
        #expect(!filter.matches(try TopicName(decomposed)))
        #expect(try filter != TopicFilter(decomposed))
        #expect(try !filter.overlaps(TopicFilter(decomposed)))
        #expect(try TopicName(composed) != TopicName(decomposed))
        var tree = FilterTree<Int>()
        tree.insert(1, at: filter)
        tree.insert(2, at: try TopicFilter(decomposed))
        #expect(tree.matches(try TopicName(composed).levels) == [1])
        #expect(tree.matches(try TopicName(decomposed).levels) == [2])
    }

    @Test("A slash or a wildcard that the next character combines with is one all the same")
    func combining() throws {
        #expect(try TopicName("a/\u{301}b").levels.map { Array($0.utf8) } == [[97], [0xCC, 0x81, 98]])
        #expect(try TopicFilter("a/+").matches(TopicName("a/\u{301}b")))
        #expect(throws: TopicError.self) { try TopicName("a/+\u{301}") }
        #expect(throws: TopicError.self) { try TopicFilter("a/+\u{301}") }
    }
}
