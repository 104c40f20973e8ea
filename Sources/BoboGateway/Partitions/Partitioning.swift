import BoboEngine
package import BoboMQTT
package import BoboTopics

/// The partitions that the wanted topics fall into. All gateways of one configuration and the same patterns come to the same
/// ones, whatever connection they have.
///
/// A topic belongs to the first partition whose filter matches it. What is wanted of a partition is the intersection of the
/// wanted filters with its own, less what partitions before it have. Topics that a wanted filter names and no partition
/// covers form one more partition, the rest: it is the last, and subscribed by the wanted filters themselves.
package struct Partitioning: Hashable, Sendable {
    /// How it is settled which gateway reads what.
    package enum Way: Hashable, Sendable {
        /// One gateway reads everything; there are no partitions.
        case whole
        /// Each partition has its reader or readers, by division or by `read`. Empty: each filter that is subscribed is a
        /// partition.
        case divided([TopicFilter])
        /// The broker gives each message to one of the group; there are no partitions.
        case shared(group: String)
    }

    package struct Partition: Hashable, Sendable {
        /// The filter's text; of the rest the text of the narrowest filter that covers all of it, unlike any other name.
        package let name: String
        /// What is wanted of it; empty where no wanted filter has topics in it.
        package let wanted: [WantedFilter]
        /// Of these a topic matches one if it belongs here and to none before.
        package let filters: [TopicFilter]
        package let isRest: Bool
    }

    package let way: Way
    package let partitions: [Partition]
    /// By the places of the partitions.
    private let tree: FilterTree<Int>
    /// What is wanted in all, but for `state`.
    package let wanted: [WantedFilter]
    /// What every gateway reads: topics of `state`, which are no events by that.
    package let state: [WantedFilter]
    let prefix: String

    /// - Parameters:
    ///   - prefix: topics of this first level are the gateways' own and never wanted from the broker.
    package init(_ wanted: [WantedFilter], state: [WantedFilter] = [], way: Way, prefix: String) {
        self.way = way
        self.wanted = wanted.filter { $0.filter.firstLiteral != prefix }
        self.state = state.filter { $0.filter.firstLiteral != prefix }
        self.prefix = prefix
        guard case .divided(let given) = way else {
            partitions = []
            tree = FilterTree()
            return
        }
        let filters = given.isEmpty ? SubscriptionPlan.withoutCovered(self.wanted.map(\.filter)) : given
        partitions = Self.named(filters, self.wanted) + Self.rest(of: self.wanted, filters)
        var tree = FilterTree<Int>()
        for (index, partition) in partitions.enumerated() {
            for filter in partition.filters { tree.insert(index, at: filter) }
        }
        self.tree = tree
    }

    package var names: [String] { partitions.map(\.name) }

    /// The partition of a topic, wanted or not; nil where there is none, as for topics that nothing names.
    package func partition(of topic: TopicName) -> String? { index(of: topic.levels).map { partitions[$0].name } }

    func index(of levels: [Substring]) -> Int? { tree.matches(levels).min() }

    /// Where the readers of a partition name themselves at a hand-over.
    package func cutTopic(of partition: String) -> String {
        var hash = Hash128()
        hash.combine(partition)
        return "\(prefix)/cut/\(hash)"
    }

    private static func named(_ filters: [TopicFilter], _ wanted: [WantedFilter]) -> [Partition] {
        let all = FilterTree(wanted.map(\.filter))
        let partitions = FilterTree(filters)
        return filters.enumerated().map { index, filter in
            let parts = all.overlapping(filter).sorted().compactMap { place in
                filter.intersection(wanted[place].filter).map { WantedFilter($0, qos: wanted[place].qos) }
            }
            let before = partitions.overlapping(filter).sorted().filter { $0 < index }.map { filters[$0] }
            return Partition(
                name: filter.text, wanted: parts.filter { !$0.filter.isCovered(by: before) }, filters: [filter],
                isRest: false)
        }
    }

    private static func rest(of wanted: [WantedFilter], _ filters: [TopicFilter]) -> [Partition] {
        let partitions = FilterTree(filters)
        let rest = wanted.filter { wanted in
            !wanted.filter.isCovered(by: partitions.overlapping(wanted.filter).sorted().map { filters[$0] })
        }
        let widest = SubscriptionPlan.withoutCovered(rest.map(\.filter))
        guard let first = widest.first else { return [] }
        let name = widest.dropFirst().reduce(first) { $0.join($1) }.text
        return [Partition(name: name, wanted: rest, filters: widest, isRest: true)]
    }
}
