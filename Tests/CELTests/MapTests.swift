import Testing

@testable import CEL

@Suite struct MapTests {
    @Test("Of pairs with equal keys the last counts, at the first one's place", arguments: [3, 100])
    func repeatedKeys(count: Int) {
        var pairs: [(String, Value)] = (0..<count).map { ("key\($0)", .int(Int64($0))) }
        pairs.append(("key1", .string("last")))
        let map = Map(pairs)
        #expect(map.count == count)
        #expect(map["key1"]?.isEqual(to: .string("last")) == true)
        #expect(map.map { $0.0.description } == (0..<count).map { "\"key\($0)\"" })
    }

    @Test("Numbers are one key across their kinds, large maps and small", arguments: [2, 50])
    func numericKeys(count: Int) {
        let map = Map((0..<count).map { (Value.int(Int64($0)), Value.int(Int64($0))) })
        for key in [Value.int(1), .uint(1), .double(1)] { #expect(map[key]?.isEqual(to: .int(1)) == true) }
        for key in [Value.double(1.5), .bool(true), .string("1"), .double(.nan), .null] { #expect(map[key] == nil) }
    }

    @Test("Texts that are drawn the same but differ in their scalars are two keys", arguments: [0, 20])
    func exactTexts(more: Int) {
        let map = Map([("\u{E9}", Value.int(1)), ("e\u{301}", .int(2))] + (0..<more).map { ("k\($0)", Value.null) })
        #expect(map["\u{E9}"]?.isEqual(to: .int(1)) == true)
        #expect(map["e\u{301}"]?.isEqual(to: .int(2)) == true)
    }

    @Test("Maps are equal whatever the order of their keys")
    func equality() {
        let left = Map([("a", Value.int(1)), ("b", .list(List([.double(2)])))])
        let right = Map([("b", Value.list(List([.uint(2)]))), ("a", .double(1))])
        #expect(Value.map(left).isEqual(to: .map(right)))
        #expect(!Value.map(left).isEqual(to: .map(Map([("a", Value.int(1))]))))
    }
}
