import BoboTopics
import Testing

@Suite("A tree of filters finds what the filters one by one find")
struct FilterTreeTests {
    @Test func sameAsOneByOne() throws {
        var random = SystemRandomNumberGenerator()
        let words = ["a", "b", "", "$s"]
        func levels(_ wild: Bool) -> String {
            let choices = wild ? words + ["+", "+"] : words
            var parts = (0...Int.random(in: 0...3, using: &random)).map { _ in
                choices.randomElement(using: &random) ?? "a"
            }
            if wild, Bool.random(using: &random) { parts.append("#") }
            let text = parts.joined(separator: "/")
            return text.isEmpty ? "a" : text
        }
        let filters = try (0..<300).map { _ in try TopicFilter(levels(true)) }
        var tree = FilterTree<Int>()
        for (number, filter) in filters.enumerated() { tree.insert(number, at: filter) }
        for _ in 0..<300 {
            let topic = try TopicName(levels(false))
            let expected = filters.indices.filter { filters[$0].matches(topic) }
            #expect(tree.matches(topic.levels).sorted() == expected, "\(topic)")
        }
        for filter in filters {
            func those(_ holds: (TopicFilter) -> Bool) -> [Int] { filters.indices.filter { holds(filters[$0]) } }
            #expect(tree.overlapping(filter).sorted() == those { $0.overlaps(filter) }, "overlapping \(filter)")
            #expect(tree.covering(filter).sorted() == those { $0.covers(filter) }, "covering \(filter)")
            #expect(tree.covered(by: filter).sorted() == those { filter.covers($0) }, "covered by \(filter)")
        }
    }
}
