package import BoboTopics

/// A filter whose topics are wanted.
package struct WantedFilter: Hashable, Sendable {
    package var filter: TopicFilter
    /// What a `sensors` entry of the configuration asks for; nil where the filter comes from elsewhere.
    package var qos: QoS?

    package init(_ filter: TopicFilter, qos: QoS? = nil) {
        self.filter = filter
        self.qos = qos
    }
}

/// What is subscribed so that each wanted message counts once, however many filters match it.
///
/// A broker may send a message once for each subscription that it matches (mosquitto 2.0 does over MQTT 5, from 2.1 on over
/// all versions). So a filter that another one covers is not subscribed. Where two overlap without either covering the
/// other:
/// - with subscription identifiers both are subscribed, and of the copies of a message the one counts that bears the
///   identifier of the first subscription, in the plan's order, that matches its topic;
/// - without, both are replaced by the narrowest single filter that covers both, till none overlap, and messages that no
///   wanted filter matches are left out.
///
/// Order and identifiers depend on the filters only, so that copies that a broker has kept over a restart of the gateway
/// are judged as before it. A copy for a subscription of an earlier configuration, which a kept session still has, does not
/// count.
///
/// The order is that in which mosquitto looks for subscriptions: level by level, a literal before `+`, `+` before `#`.
/// mosquitto 2.0, once restarted, keeps for a client that has not come back yet one copy only, for the first subscription
/// that it finds (unless `allow_duplicate_messages` is true); that one counts then.
package struct SubscriptionPlan: Hashable, Sendable {
    package struct Subscription: Hashable, Sendable {
        package let filter: TopicFilter
        package let qos: QoS
        package let identifier: UInt32?

        package init(filter: TopicFilter, qos: QoS, identifier: UInt32?) {
            self.filter = filter
            self.qos = qos
            self.identifier = identifier
        }
    }

    package let subscriptions: [Subscription]
    private let tree: FilterTree<Int>
    /// Empty where all that is subscribed is wanted.
    private let wanted: FilterTree<Int>

    /// - Parameters:
    ///   - identifiers: Whether the connection has subscription identifiers.
    ///   - highest: What a wish for more is cut to. With QoS 2 libmosquitto 2.0 has acknowledged a message (PUBREC) before it
    ///     hands it over (at PUBREL), so one that is killed in between has lost it; and after a reconnect to a kept session
    ///     it mixes up messages that were under way. With QoS 1 nothing is lost, and what comes again is marked.
    package init(_ wanted: [WantedFilter], identifiers: Bool, highest: QoS = .atLeastOnce) {
        let widest = Self.withoutCovered(wanted.map(\.filter))
        let filters = identifiers ? widest : Self.withoutOverlap(widest)
        var qualities = Self.qualities(of: filters, wanted, highest: highest)
        if identifiers { Self.share(&qualities, among: filters) }
        var given: Set<UInt32> = []
        var subscriptions: [Subscription] = []
        for (filter, qos) in zip(filters, qualities) {
            let identifier = identifiers ? Self.identifier(of: filter, unlike: &given) : nil
            subscriptions.append(Subscription(filter: filter, qos: qos, identifier: identifier))
        }
        self.subscriptions = subscriptions
        tree = FilterTree(filters)
        self.wanted = FilterTree(filters == widest ? [] : widest)
    }

    /// How copies of messages of a topic are judged. Depends on the plan and the topic only, so it can be kept by topic.
    package func route(of topic: TopicName) -> TopicRoute {
        let levels = topic.levels
        guard let first = tree.matches(levels).min() else { return .unwanted }
        guard wanted.isEmpty || !wanted.matches(levels).isEmpty else { return .unwanted }
        return subscriptions[first].identifier.map(TopicRoute.bearing) ?? .every
    }

    /// What leads from the subscriptions of another plan to those of this one.
    ///
    /// For each message to count once on the way: subscribe first; judge by the old plan till the broker has answered the
    /// last of it, by this one from then on; then unsubscribe.
    package func changes(from old: SubscriptionPlan) -> (subscribe: [Subscription], unsubscribe: [TopicFilter]) {
        let filters = Set(subscriptions.map(\.filter))
        let before = Set(old.subscriptions)
        return (
            subscriptions.filter { !before.contains($0) },
            old.subscriptions.map(\.filter).filter { !filters.contains($0) }
        )
    }

    /// For each filter the highest that an entry within it asks for, else 1.
    package static func qualities(of filters: [TopicFilter], _ wanted: [WantedFilter], highest: QoS) -> [QoS] {
        var wishes = FilterTree<QoS>()
        for one in wanted { if let qos = one.qos { wishes.insert(qos, at: one.filter) } }
        return filters.map { min(highest, wishes.covered(by: $0).max() ?? .atLeastOnce) }
    }

    package static func withoutCovered(_ filters: [TopicFilter]) -> [TopicFilter] {
        let filters = inOrder(Set(filters))
        let tree = FilterTree(filters)
        // Each covers itself.
        return filters.filter { tree.covering($0).count == 1 }
    }

    package static func withoutOverlap(_ filters: [TopicFilter]) -> [TopicFilter] {
        let tree = FilterTree(filters)
        if filters.allSatisfy({ tree.overlapping($0).count == 1 }) { return inOrder(filters) }
        var result: [TopicFilter] = []
        for filter in filters {
            var filter = filter
            // A join may overlap what the filter did not.
            while let index = result.firstIndex(where: filter.overlaps) {
                filter = filter.join(result.remove(at: index))
            }
            result.append(filter)
        }
        return inOrder(result)
    }

    package static func inOrder(_ filters: some Sequence<TopicFilter>) -> [TopicFilter] {
        filters.sorted { one, two in
            for (mine, theirs) in zip(one.levels, two.levels) where mine != theirs {
                return switch (mine, theirs) {
                case (.literal(let mine), .literal(let theirs)): mine < theirs
                case (.literal, _), (.single, .rest): true
                default: false
                }
            }
            return one.levels.count < two.levels.count
        }
    }

    /// A broker may send a message at the QoS of any of the subscriptions it matches, so overlapping ones get the highest of
    /// theirs.
    package static func share(_ qualities: inout [QoS], among filters: [TopicFilter]) {
        let tree = FilterTree(filters)
        var hasTaken = Array(repeating: false, count: filters.count)
        // From the highest down: what has taken it passes it on.
        for first in filters.indices.sorted(by: { qualities[$0] > qualities[$1] }) where !hasTaken[first] {
            hasTaken[first] = true
            var group = [first]
            while let one = group.popLast() {
                for index in tree.overlapping(filters[one]) where !hasTaken[index] {
                    hasTaken[index] = true
                    qualities[index] = qualities[one]
                    group.append(index)
                }
            }
        }
    }

    /// From the filter's text (FNV-1a), so that a filter keeps its identifier when others come and go.
    package static func identifier(of filter: TopicFilter, unlike given: inout Set<UInt32>) -> UInt32 {
        let hash = filter.text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let largest: UInt32 = 268_435_455
        var identifier = hash % largest + 1
        while !given.insert(identifier).inserted { identifier = identifier % largest + 1 }
        return identifier
    }
}

/// Which copies of a topic's messages count.
package enum TopicRoute: Hashable, Sendable {
    /// None: no wanted filter matches.
    case unwanted
    case every
    /// The copy that was sent for this subscription.
    case bearing(UInt32)

    package func counts(_ identifiers: SubscriptionIdentifiers) -> Bool {
        switch self {
        case .unwanted: false
        case .every: true
        case .bearing(let identifier): identifiers.contains(identifier)
        }
    }
}
