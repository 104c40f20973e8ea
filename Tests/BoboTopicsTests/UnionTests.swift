import BoboTopics
import Testing

@Suite("A filter is covered by several others where each of its topics is matched by one of them")
struct UnionTests {
    @Test(
        arguments: [
            ("home/#", ["home", "home/+/#"], true), ("home/#", ["home/+/#"], false),
            ("home/#", ["home", "home/+"], false),
            ("#", ["+", "+/+/#"], true), ("#", ["+/#"], true), ("a/+", ["a/b", "a/c"], false),
            ("a/+", ["a/b", "+/+"], true),
            ("$SYS/#", ["#"], false), ("$SYS/#", ["$SYS/#"], true), ("a/b", [], false), ("a/+/c", ["a/#"], true),
            ("a/#", ["a", "a/+", "a/+/+", "a/+/+/+/#"], true),
        ] as [(String, [String], Bool)])
    func covered(filter: String, others: [String], expected: Bool) throws {
        #expect(try TopicFilter(filter).isCovered(by: others.map { try TopicFilter($0) }) == expected)
    }

    /// All topics of up to four levels over an alphabet that has, beside the filters' literals, one more word.
    @Test("It is what looking at every topic of a small alphabet says") func bruteForce() throws {
        var random = SystemRandomNumberGenerator()
        let words = ["a", "b", "", "$c"]
        var topics: [[Substring]] = [[]]
        var all: [[Substring]] = []
        for _ in 0..<4 {
            topics = topics.flatMap { topic in (words + ["other"]).map { topic + [$0[...]] } }
            all += topics.filter { $0 != [""] }
        }
        func filter() throws -> TopicFilter {
            var parts = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                (words + ["+", "+", "+"]).randomElement(using: &random) ?? "a"
            }
            if parts.isEmpty || parts == [""] || Int.random(in: 0..<3, using: &random) == 0 { parts.append("#") }
            return try TopicFilter(parts.joined(separator: "/"))
        }
        var counts = [true: 0, false: 0]
        for _ in 0..<2000 {
            let one = try filter()
            let others = try (0..<Int.random(in: 1...4, using: &random)).map { _ in try filter() }
            let expected = all.allSatisfy { topic in
                !one.matches(levels: topic) || others.contains { $0.matches(levels: topic) }
            }
            counts[expected, default: 0] += 1
            #expect(one.isCovered(by: others) == expected, "\(one) by \(others)")
            // And the intersection with each is exactly what both match.
            for other in others {
                let common = one.intersection(other)
                let differ = all.contains { topic in
                    (one.matches(levels: topic) && other.matches(levels: topic))
                        != (common?.matches(levels: topic) ?? false)
                }
                #expect(!differ, "\(one) and \(other): \(common?.text ?? "none")")
                let covers = all.allSatisfy { !other.matches(levels: $0) || one.matches(levels: $0) }
                // Of these two `covers` passes over that no topic is empty: two filters are not to cover each other.
                if !["#", "/#"].contains(other.text) {
                    #expect(one.covers(other) == covers, "\(one) covers \(other)")
                }
            }
        }
        #expect(counts.values.allSatisfy { $0 > 100 }, "\(counts)")
    }
}
