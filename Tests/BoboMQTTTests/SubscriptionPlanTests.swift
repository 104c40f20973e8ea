import BoboMQTT
import BoboTopics
import Testing

@Suite struct SubscriptionPlanTests {
    private func plan(
        _ filters: [String], identifiers: Bool, qos: [String: QoS] = [:], highest: QoS = .exactlyOnce
    ) throws -> SubscriptionPlan {
        SubscriptionPlan(
            try filters.map { WantedFilter(try TopicFilter($0), qos: qos[$0]) }, identifiers: identifiers,
            highest: highest)
    }

    private func texts(_ plan: SubscriptionPlan) -> [String] { plan.subscriptions.map(\.filter.text) }

    @Test("A filter that another one covers is not subscribed", arguments: [true, false])
    func covered(identifiers: Bool) throws {
        let plan = try plan(["home/kitchen/t", "home/#", "home/+/t", "home/#", "garden/t"], identifiers: identifiers)
        #expect(texts(plan) == ["garden/t", "home/#"])
    }

    @Test("With identifiers, overlapping filters are both subscribed, and a copy counts for the first that matches")
    func overlapping() throws {
        let plan = try plan(["home/+/t", "home/kitchen/#"], identifiers: true)
        #expect(texts(plan) == ["home/kitchen/#", "home/+/t"])
        let identifiers = plan.subscriptions.compactMap(\.identifier)
        #expect(Set(identifiers).count == 2)
        #expect(try plan.route(of: TopicName("home/kitchen/t")) == .bearing(identifiers[0]))
        #expect(try plan.route(of: TopicName("home/kitchen/x")) == .bearing(identifiers[0]))
        #expect(try plan.route(of: TopicName("home/hall/t")) == .bearing(identifiers[1]))
        #expect(try plan.route(of: TopicName("home/hall/x")) == .unwanted)
    }

    @Test("Without identifiers, overlapping filters give way to the narrowest that covers both, till none overlap")
    func joined() throws {
        let plan = try plan(["home/+/t", "home/kitchen/#", "home/hall/t/x", "garden/t"], identifiers: false)
        #expect(texts(plan) == ["garden/t", "home/+/#"])
        #expect(plan.subscriptions.allSatisfy { $0.identifier == nil })
        #expect(try plan.route(of: TopicName("home/hall/x")) == .unwanted)
        #expect(try plan.route(of: TopicName("home/hall/t")) == .every)
        let levels = try self.plan(["a/+/c/d", "a/b/+/d"], identifiers: false)
        #expect(texts(levels) == ["a/+/+/d"])
    }

    @Test("A subscription has the highest QoS that an entry within it asks for, else 1; overlapping ones share theirs")
    func qos() throws {
        let one = try plan(
            ["home/#", "home/+/t", "home/x", "garden/t", "yard/t"], identifiers: true,
            qos: ["home/+/t": .exactlyOnce, "home/x": .atMostOnce, "yard/t": .atMostOnce])
        #expect(one.subscriptions.map(\.qos) == [.atLeastOnce, .exactlyOnce, .atMostOnce])
        // a/+ and +/b overlap, +/b and c/# do, a/+ and c/# do not: the highest goes through all three.
        let shared = try plan(
            ["a/+", "+/b", "c/#"], identifiers: true,
            qos: ["a/+": .exactlyOnce, "+/b": .atMostOnce, "c/#": .atMostOnce])
        #expect(shared.subscriptions.map(\.qos) == [.exactlyOnce, .exactlyOnce, .exactlyOnce])
    }

    @Test("A wish for QoS 2 is cut to 1 where nothing else is said")
    func highest() throws {
        let wanted = try ["a/+", "b"].map { WantedFilter(try TopicFilter($0), qos: .exactlyOnce) }
        #expect(SubscriptionPlan(wanted, identifiers: true).subscriptions.map(\.qos) == [.atLeastOnce, .atLeastOnce])
    }

    @Test("Order and identifiers do not depend on the order of the patterns, and a filter keeps its identifier")
    func stable() throws {
        let filters = ["home/+/t", "home/kitchen/#", "+/kitchen/+", "$SYS/broker/load"]
        let one = try plan(filters, identifiers: true)
        #expect(try one == plan(filters.reversed(), identifiers: true))
        let more = try plan(filters + ["garden/t"], identifiers: true)
        #expect(Set(one.subscriptions).isSubset(of: more.subscriptions))
    }

    @Test("No filter, no subscription")
    func none() throws {
        let plan = try plan([], identifiers: true)
        #expect(plan.subscriptions.isEmpty)
        #expect(try plan.route(of: TopicName("a")) == .unwanted)
    }

    /// A broker that sends a copy for each subscription (MQTT 5) or one in all (3.1.1), and one whose session still has
    /// subscriptions of an earlier configuration.
    @Test("Of random filters and topics, one delivered copy counts where the topic is wanted, none elsewhere")
    func property() throws {
        var random = SeededRandom(seed: 42)
        let words = ["a", "b", "", "$c"]
        func level() -> String { words.randomElement(using: &random) ?? "a" }
        var wantedTopics = 0
        for _ in 0..<3000 {
            var filters: [TopicFilter] = []
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                var levels = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                    Int.random(in: 0..<3, using: &random) == 0 ? "+" : level()
                }
                if Int.random(in: 0..<4, using: &random) == 0 { levels.append("#") }
                if let filter = try? TopicFilter(levels.joined(separator: "/")) { filters.append(filter) }
            }
            let earlier = filters.isEmpty ? filters : [filters.removeLast()]
            let wanted = filters.map { WantedFilter($0, qos: QoS.allCases.randomElement(using: &random)) }
            let five = SubscriptionPlan(wanted, identifiers: true)
            let three = SubscriptionPlan(wanted, identifiers: false)
            for (index, one) in three.subscriptions.enumerated() {
                for two in three.subscriptions[(index + 1)...] { #expect(!one.filter.overlaps(two.filter)) }
            }
            let stale = SubscriptionPlan(earlier.map { WantedFilter($0) }, identifiers: true).subscriptions
                .filter { old in !five.subscriptions.contains { $0.filter == old.filter } }
            for _ in 0..<20 {
                let text = (0..<Int.random(in: 1...4, using: &random)).map { _ in level() }.joined(separator: "/")
                guard let topic = try? TopicName(text) else { continue }
                let isWanted = filters.contains { $0.matches(topic) }
                if isWanted { wantedTopics += 1 }
                let copies = (five.subscriptions + stale).filter { $0.filter.matches(topic) }.map(\.identifier)
                let counted = copies.count { copy in
                    switch five.route(of: topic) {
                    case .unwanted: false
                    case .every: true
                    case .bearing(let identifier): copy == identifier
                    }
                }
                #expect(counted == (isWanted ? 1 : 0), "\(topic) of \(filters)")
                let isSent = three.subscriptions.contains { $0.filter.matches(topic) }
                #expect((isSent && three.route(of: topic) == .every) == isWanted, "\(topic) of \(filters)")
            }
        }
        #expect(wantedTopics > 5000)
    }
}
