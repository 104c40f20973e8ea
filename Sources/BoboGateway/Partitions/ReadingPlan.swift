package import BoboMQTT
package import BoboTopics

/// What to subscribe for each partition, and what becomes of each message that comes: a message is one event, however many
/// subscriptions match it and whichever partitions are read.
///
/// With subscription identifiers the copy counts that bears the identifier of the first subscription, of the topic's own
/// partition, that matches the topic. A filter's identifier hangs on its text, so what a kept session brings is judged
/// rightly too, and nothing changes for one partition when another comes or goes.
///
/// Without identifiers (MQTT 3.1.1) what is subscribed of one partition does not overlap; where partitions do, a broker
/// that sends a copy for each subscription under 3.1.1 as well (mosquitto from 2.1 on) makes two events of a message.
package struct ReadingPlan: Hashable, Sendable {
    package typealias Subscription = SubscriptionPlan.Subscription

    package let partitioning: Partitioning
    /// Of every gateway, all the time: where nothing is divided, all there is; else the topics of `state`.
    package let always: [Subscription]
    /// By partition, in their order; where nothing is divided, of all.
    private let parts: [Part]
    private let stateParts: Part
    private let eventFilters: FilterTree<Int>
    private let stateFilters: FilterTree<Int>

    private struct Part: Hashable, Sendable {
        let subscriptions: [Subscription]
        let tree: FilterTree<Int>

        init(_ subscriptions: [Subscription]) {
            self.subscriptions = subscriptions
            tree = FilterTree(subscriptions.map(\.filter))
        }

        func route(_ levels: [Substring]) -> TopicRoute {
            guard let first = tree.matches(levels).min() else { return .unwanted }
            return subscriptions[first].identifier.map(TopicRoute.bearing) ?? .every
        }
    }

    /// - Parameters:
    ///   - identifiers: whether the connection has subscription identifiers.
    ///   - highest: see `SubscriptionPlan`.
    package init(_ partitioning: Partitioning, identifiers: Bool, highest: QoS = .atLeastOnce) {
        self.partitioning = partitioning
        eventFilters = FilterTree(partitioning.wanted.map(\.filter))
        stateFilters = FilterTree(partitioning.state.map(\.filter))
        var groups: [[WantedFilter]]
        switch partitioning.way {
        case .whole: groups = [partitioning.wanted + partitioning.state]
        case .divided: groups = partitioning.partitions.map(\.wanted) + [partitioning.state]
        case .shared:
            // Without identifiers a copy for `state` could not be told from the one that is an event.
            let events = eventFilters
            let state = partitioning.state.filter { identifiers || events.overlapping($0.filter).isEmpty }
            groups = [partitioning.wanted, state]
        }
        let made = Self.subscriptions(groups, of: partitioning.way, identifiers: identifiers, highest: highest).map(
            Part.init)
        switch partitioning.way {
        case .whole:
            (parts, stateParts, always) = ([made[0]], made[0], made[0].subscriptions)
        case .divided:
            let state = made[made.count - 1]
            (parts, stateParts, always) = (Array(made.dropLast()), state, state.subscriptions)
        case .shared(let group):
            (parts, stateParts) = ([made[0]], made[1])
            always =
                made[0].subscriptions.map { one in
                    Subscription(
                        filter: Self.shared(one.filter, by: group), qos: one.qos, identifier: one.identifier)
                } + made[1].subscriptions
        }
    }

    /// What to subscribe for a partition.
    package func subscriptions(of partition: String) -> [Subscription] {
        partitioning.partitions.firstIndex { $0.name == partition }.map { parts[$0].subscriptions } ?? []
    }

    /// What to give up with a partition: all that is subscribed for it but what is always.
    package func unsubscriptions(of partition: String) -> [TopicFilter] {
        subscriptions(of: partition).map(\.filter).filter { filter in !always.contains { $0.filter == filter } }
    }

    /// What to subscribe for all partitions of these names together with what is always, each filter once.
    package func subscriptions(reading partitions: some Sequence<String>) -> [Subscription] {
        var seen: Set<TopicFilter> = []
        return (partitions.flatMap { subscriptions(of: $0) } + always).filter { seen.insert($0.filter).inserted }
    }

    /// What leads from another plan, of other patterns, to this one, as `SubscriptionPlan.changes` says.
    /// - Parameter partitions: that are subscribed here.
    package func changes(
        from old: ReadingPlan, reading partitions: some Sequence<String>
    ) -> (subscribe: [Subscription], unsubscribe: [TopicFilter]) {
        let (before, after) = (
            old.subscriptions(reading: partitions), subscriptions(reading: partitions)
        )
        let filters = Set(after.map(\.filter))
        let had = Set(before)
        return (after.filter { !had.contains($0) }, before.map(\.filter).filter { !filters.contains($0) })
    }

    /// How messages of a topic are judged. Depends on plan and topic only, so it can be kept by topic.
    package func route(of topic: TopicName) -> MessageRoute {
        let levels = topic.levels
        guard levels[0] != partitioning.prefix else { return .unwanted }
        let isState = !stateFilters.matches(levels).isEmpty
        let state = isState ? stateParts.route(levels) : .unwanted
        guard !eventFilters.matches(levels).isEmpty else {
            return MessageRoute(partition: nil, event: .unwanted, state: state, isState: isState)
        }
        guard case .divided = partitioning.way else {
            return MessageRoute(partition: nil, event: parts[0].route(levels), state: state, isState: isState)
        }
        let index = partitioning.index(of: levels)
        return MessageRoute(
            partition: index.map { partitioning.partitions[$0].name },
            event: index.map { parts[$0].route(levels) } ?? .unwanted, state: state, isState: isState)
    }

    /// Group by group; those that overlap, of whichever group, have one QoS, and equal filters one identifier.
    private static func subscriptions(
        _ groups: [[WantedFilter]], of way: Partitioning.Way, identifiers: Bool, highest: QoS
    ) -> [[Subscription]] {
        let filters = groups.map { group in
            let widest = SubscriptionPlan.withoutCovered(group.map(\.filter))
            return identifiers ? widest : SubscriptionPlan.withoutOverlap(widest)
        }
        let all = filters.flatMap(\.self)
        var qualities = zip(groups, filters).flatMap { group, filters in
            SubscriptionPlan.qualities(of: filters, group, highest: highest)
        }
        SubscriptionPlan.share(&qualities, among: all)
        var subscribed = all
        if case .shared(let group) = way {
            for index in filters[0].indices { subscribed[index] = shared(subscribed[index], by: group) }
        }
        var numbers: [TopicFilter: UInt32] = [:]
        if identifiers {
            var given: Set<UInt32> = []
            for filter in SubscriptionPlan.inOrder(Set(subscribed)) {
                numbers[filter] = SubscriptionPlan.identifier(of: filter, unlike: &given)
            }
        }
        var subscriptions = all.indices.map { index in
            Subscription(filter: all[index], qos: qualities[index], identifier: numbers[subscribed[index]])
        }[...]
        return filters.map { filters in
            defer { subscriptions = subscriptions.dropFirst(filters.count) }
            return Array(subscriptions.prefix(filters.count))
        }
    }

    /// MQTT 5.0, section 4.8.2.
    private static func shared(_ filter: TopicFilter, by group: String) -> TopicFilter {
        // Group and filter were checked; together they may be too long for a filter.
        (try? TopicFilter("$share/\(group)/\(filter)")) ?? filter
    }
}
