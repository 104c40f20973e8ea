package import BoboMQTT
package import BoboTopics

/// Which messages a recording takes: those that some filter matches, each once, and of the gateways' own topics only those
/// of filters that name the prefix.
///
/// A gateway does not read what lies under the prefix, so a recording by `#` that is replayed gives what the gateway gave.
package struct RecordedTopics: Sendable {
    private let filters: [WantedFilter]
    private let prefix: String
    private var plan: SubscriptionPlan
    /// By topic, so that the filters are looked through once for each.
    private var routes: [String: TopicRoute] = [:]
    private let limit: Int

    package init(_ filters: [TopicFilter], qos: QoS, prefix: String, limit: Int = 200_000) {
        self.filters = filters.map { WantedFilter($0, qos: qos) }
        self.prefix = prefix
        self.limit = limit
        plan = SubscriptionPlan(self.filters, identifiers: false)
    }

    /// What is to be subscribed.
    ///
    /// - Parameter identifiers: Whether the connection has subscription identifiers.
    package mutating func subscriptions(identifiers: Bool) -> [SubscriptionPlan.Subscription] {
        plan = SubscriptionPlan(filters, identifiers: identifiers)
        routes = [:]
        return plan.subscriptions
    }

    /// Whether this copy of a message is to be recorded.
    package mutating func takes(_ topic: String, _ identifiers: SubscriptionIdentifiers) -> Bool {
        route(of: topic).counts(identifiers)
    }

    mutating func route(of topic: String) -> TopicRoute {
        if let route = routes[topic] { return route }
        let route = judge(topic)
        // As many topics as a recording may meet would otherwise be as much memory as it may take.
        if routes.count >= limit { routes.removeAll(keepingCapacity: true) }
        routes[topic] = route
        return route
    }

    private func judge(_ text: String) -> TopicRoute {
        guard let topic = try? TopicName(text) else { return .unwanted }
        let levels = topic.levels
        if levels[0] == prefix {
            let isNamed = filters.contains {
                $0.filter.firstLiteral == prefix && $0.filter.matches(levels: levels)
            }
            guard isNamed else { return .unwanted }
        }
        return plan.route(of: topic)
    }
}
