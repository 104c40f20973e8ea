import BoboTopics
import BoboYAML
import Testing

@testable import BoboGateway

@Suite("What partitions ask of the sensors is checked once it is known what is subscribed")
struct PartitionChecksTests {
    private func errors(_ yaml: String, on filters: [String] = ["home/+/t"]) throws -> [String] {
        let folder = try ConfigurationFolder()
        let configuration = try #require(try folder.load(yaml).configuration)
        let on = filters.map { "\"\($0)\"" }.joined(separator: ", ")
        let file = try folder.write(
            "p.yaml", "phenomenon: p\npatterns: [{name: q, input: [\(on)], blocks: [{next: payload > 1}]}]\n")
        let problems = ProblemCollector()
        _ = EnginePreparation(configuration, patterns: [file], unnamed: .areErrors, problems: problems)
        return problems.errors.map { $0.description.replacing(folder.path + "/", with: "") }
    }

    private static let two = "peers: {ids: [b]}\npartitions: {copies: 2}\nsensors:\n"

    @Test("copies: 2 is sound where each subscribed topic has an entry with event_id")
    func identities() throws {
        #expect(try errors(Self.two + "  - {filter: home/#, event_id: string(payload.n)}") == [])
        let split =
            "  - {filter: home/a/t, event_id: string(payload.n)}\n  - {filter: home/+/t, event_id: string(payload.m)}"
        #expect(try errors(Self.two + split) == [])
        // The first entry that matches counts: the second has no topic left.
        #expect(
            try errors(Self.two + "  - {filter: home/#, event_id: string(payload.n)}\n  - {filter: home/b/t}") == [])
    }

    @Test("Without, it is refused, and the message says which filter")
    func missing() throws {
        let copies = "partitions.copies: 2 needs an event_id for every topic"
        #expect(
            try errors(Self.two + "  - {filter: home/a/t}\n  - {filter: home/#, event_id: string(payload.n)}") == [
                "bobo.yaml:4:14: \(copies); the entry home/a/t has none, and home/# is subscribed"
            ])
        #expect(
            try errors(Self.two + "  - {filter: home/a/t, event_id: string(payload.n)}") == [
                "bobo.yaml:2:22: \(copies); home/+/t is subscribed, and no entry of sensors covers it"
            ])
        #expect(try errors("partitions: {copies: 2}") == [], "a lone gateway reads once")
    }

    @Test("Without filters, what is read is one of the filters that are subscribed")
    func read() throws {
        #expect(try errors("partitions: {read: [home/+/t]}") == [])
        #expect(
            try errors("partitions: {read: [home/a/t]}") == [
                "bobo.yaml:1:20: home/a/t is no partition; without partitions.filters each filter that is subscribed is one: home/+/t"
            ])
    }
}
