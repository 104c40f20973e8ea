import BoboMQTT
import BoboTopics
import Testing

@testable import BoboGateway

@Suite struct RecordedTopicsTests {
    private func topics(_ filters: String..., limit: Int = 10) throws -> RecordedTopics {
        var topics = RecordedTopics(
            try filters.map { try TopicFilter($0) }, qos: .atMostOnce, prefix: "bobo", limit: limit)
        _ = topics.subscriptions(identifiers: false)
        return topics
    }

    @Test("Of the gateways' own topics only those count that a filter which names the prefix matches")
    func prefix() throws {
        var all = try topics("#")
        #expect(all.route(of: "home/a") == .every)
        #expect(all.route(of: "bobo/events/fire") == .unwanted)
        #expect(all.route(of: "bobo") == .unwanted)
        #expect(all.route(of: "bobo2/events") == .every)
        var wild = try topics("+/events/#")
        #expect(wild.route(of: "bobo/events/fire") == .unwanted)
        var named = try topics("#", "bobo/events/+")
        #expect(named.route(of: "bobo/events/fire") == .every)
        #expect(named.route(of: "bobo/peer/gw-a") == .unwanted)
    }

    @Test("What no filter matches does not count, even where the broker sends it")
    func joined() throws {
        // Without subscription identifiers both are subscribed as one wider filter.
        var topics = try topics("a/+/c", "a/b/+")
        #expect(topics.route(of: "a/b/c") == .every)
        #expect(topics.route(of: "a/x/c") == .every)
        #expect(topics.route(of: "a/x/y") == .unwanted)
    }

    @Test("The QoS asked for is that of the subscriptions")
    func qos() throws {
        var topics = try topics("a", "b/#")
        #expect(topics.subscriptions(identifiers: true).map(\.qos) == [.atMostOnce, .atMostOnce])
    }

    @Test("However many topics come, the memory for them is bounded, and the judgement the same")
    func bounded() throws {
        var topics = try topics("a/#", limit: 3)
        for number in 0..<10 {
            #expect(topics.route(of: "a/\(number)") == .every)
            #expect(topics.route(of: "b/\(number)") == .unwanted)
        }
    }
}
