import BoboMQTT
import BoboTopics
import BoboYAML

/// What can be said of `partitions` only when it is known what is subscribed.
struct PartitionChecks {
    let configuration: Configuration
    let partitioning: Partitioning
    let problems: ProblemCollector

    /// - Parameter knowsPatterns: false where only the configuration is known.
    func report(knowsPatterns: Bool = true) {
        if knowsPatterns { checkRead() }
        if configuration.partitions.copies > 1, !configuration.peers.ids.isEmpty { checkIdentities() }
    }

    /// Where `filters` are given the loader has checked against them.
    private func checkRead() {
        guard configuration.partitions.filters.isEmpty else { return }
        let names = partitioning.names
        for filter in configuration.partitions.read where !names.contains(filter.text) {
            problems.error(
                configuration.place(of: "partitions.read"),
                "\(filter) is no partition; without partitions.filters each filter that is subscribed is one: "
                    + names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : ""))
        }
    }

    /// Two readers act on each message, and must know it as the same.
    private func checkIdentities() {
        let copies = "partitions.copies: \(configuration.partitions.copies) needs an event_id for every topic"
        let filters = SubscriptionPlan.withoutCovered(partitioning.wanted.map(\.filter))
        let sensors = configuration.sensors
        for (index, sensor) in sensors.enumerated() where sensor.eventID == nil {
            // The first entry that matches counts, so of this one's topics those that no earlier one has.
            let before = sensors[..<index].map(\.filter)
            let subscribed = filters.first { filter in
                filter.intersection(sensor.filter).map { !$0.isCovered(by: before) } ?? false
            }
            guard let subscribed else { continue }
            problems.error(
                sensor.filterPlace, "\(copies); the entry \(sensor.filter) has none, and \(subscribed) is subscribed")
        }
        for filter in filters where !filter.isCovered(by: sensors.map(\.filter)) {
            problems.error(
                configuration.place(of: "partitions.copies"),
                "\(copies); \(filter) is subscribed, and no entry of sensors covers it")
        }
    }
}
