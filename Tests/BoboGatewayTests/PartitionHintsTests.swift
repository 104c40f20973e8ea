import BoboTopics
import BoboYAML
import CEL
import Testing

@testable import BoboGateway
@testable import BoboPatterns

@Suite("check names the patterns whose runs' events come from different partitions")
struct PartitionHintsTests {
    private func hints(
        _ partitions: String, input: String = "[home/+/temperature, home/+/smoke]", key: String? = nil,
        blocks: String = "[{followed_by: 'payload > 1'}, {followed_by: 'payload > 2'}]"
    ) throws -> [String] {
        let folder = try ConfigurationFolder()
        let configuration = try #require(try folder.load("peers: {ids: [b]}\n" + partitions).configuration)
        let text = """
            phenomenon: fire
            patterns:
              - name: heat
                singleton: true
                input: \(input)
                \(key.map { "key: \($0)" } ?? "max_runs: 5")
                blocks: \(blocks)

            """
        let problems = ProblemCollector()
        let phenomena = PatternFiles(paths: PathTable(), problems: problems).load(texts: [("fire.yaml", text)])
        PartitionHints(configuration, phenomena).report(problems)
        #expect(!problems.hasErrors, "\(problems.errors)")
        return problems.hints.map { $0.description.replacing(folder.path + "/", with: "") }
    }

    private static let rooms = "partitions: {filters: [home/kitchen/#, home/hall/#, home/#]}"

    @Test("Partitions by the level that is the key keep the events of a run together")
    func byKey() throws {
        #expect(try hints(Self.rooms, key: "levels[1]") == [])
        #expect(try hints(Self.rooms, key: "event.levels[ 1 ]") == [])
        #expect(try hints(Self.rooms, key: "'[levels[1], payload.id]'") == [])
        #expect(try hints(Self.rooms, key: #""levels[1] + '/' + levels[2]""#) == [])
        #expect(try hints(Self.rooms, key: "topic") == [])
    }

    @Test(
        "Partitions by another level, or a key that is no level of the topic, do not",
        arguments: [nil, "payload.room", "levels[2]", "'levels[1] + payload.room'"])
    func otherwise(key: String?) throws {
        let hints = try hints(Self.rooms, key: key)
        #expect(hints.count == 1)
        let start = "fire.yaml:7:28: hint: \"heat\": the events of one run may come from different partitions "
        #expect(hints[0].hasPrefix(start + "(home/kitchen/#, home/hall/#, home/#), so that"), "\(hints)")
        #expect(
            hints[0].hasSuffix(
                key == "levels[2]"
                    ? "choose partitions.filters by the level of the key, levels[2], such as home/+/<key>/#"
                    : "a key that is a level of the topic, such as levels[1], and partitions.filters by that level keep them together"
            ), "\(hints)")
    }

    @Test("By default each filter is a partition, so a pattern of two crosses them; of one it does not")
    func byDefault() throws {
        let hints = try hints("", key: "levels[1]")
        #expect(hints.count == 1)
        #expect(hints[0].contains("(home/+/smoke, home/+/temperature)"))
        #expect(hints[0].hasSuffix("by the level of the key, levels[1], such as home/<key>/#"))
        #expect(try self.hints("", input: "home/#") == [])
    }

    @Test("A pattern of one event, and one whose topics lie in one partition, cross nothing")
    func none() throws {
        #expect(try hints(Self.rooms, blocks: "[{followed_by: 'payload > 1'}]") == [])
        #expect(try hints(Self.rooms, input: "[home/hall/a, home/hall/b]") == [])
        #expect(try hints(Self.rooms, input: "[home/hall/a, bobo/events/x]") == [])
    }

    @Test("What the first partitions have is not the later one's")
    func order() throws {
        let order = "partitions: {filters: [home/+/smoke, home/+/temperature, home/#]}"
        #expect(try hints(order, input: "home/+/smoke") == [])
        #expect(try hints(order, key: "levels[1]").count == 1)
    }

    @Test("Topics that no partition covers are told of, with what they cost")
    func rest() throws {
        let hints = try hints("partitions: {filters: [home/kitchen/#]}", input: "[home/+/smoke]", key: "levels[1]")
        #expect(
            hints == [
                "bobo.yaml:2:23: hint: no partition covers all topics of home/+/smoke; the others form one more, whose "
                    + "reader gets all messages of home/+/smoke: name a partition for them"
            ])
        let read = try self.hints(
            "partitions: {filters: [home/kitchen/#], read: [home/kitchen/#]}", input: "[home/+/smoke]", key: "levels[1]"
        )
        #expect(read.map { $0.hasSuffix("this gateway does not read the others: name a partition for them") } == [true])
    }

    @Test(
        "What a key says of the topic",
        arguments: [
            (nil, .unknown), ("topic", .whole), ("[topic, payload.x]", .whole), ("levels[0]", .levels([0])),
            ("[levels[1], levels[3]]", .levels([1, 3])), ("payload.levels[1]", .unknown), ("levels[-1]", .unknown),
            ("levels[1] + '-'", .levels([1])), ("'a'", .unknown), ("levels[1] == 'a'", .unknown),
            ("size(levels[1])", .unknown), ("[payload.x]", .unknown),
        ] as [(String?, KeyTopic)])
    func key(source: String?, expected: KeyTopic) { #expect(KeyTopic(source) == expected) }
}
