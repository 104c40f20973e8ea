package import BoboEngine
import BoboTopics
package import BoboYAML

/// What `check` says of the patterns of a gateway that divides topics with others.
package struct PartitionHints {
    private let configuration: Configuration
    private let phenomena: [Phenomenon]

    package init(_ configuration: Configuration, _ phenomena: [Phenomenon]) {
        self.configuration = configuration
        self.phenomena = phenomena
    }

    /// Reports errors, too: what `partitions` asks of `sensors`.
    package func report(_ problems: ProblemCollector) {
        let sensors = configuration.sensors.map(\.filter)
        let partitioning = Partitioning(
            EnginePreparation.wanted(configuration, phenomena, defaultInput: sensors),
            way: configuration.partitioningWay, prefix: configuration.prefix)
        PartitionChecks(configuration: configuration, partitioning: partitioning, problems: problems)
            .report(knowsPatterns: !phenomena.isEmpty)
        reportRest(partitioning, problems)
        let crossing = PartitionCrossing(partitioning: partitioning, defaultInput: sensors)
        for phenomenon in phenomena {
            for pattern in phenomenon.patterns {
                guard let finding = crossing.finding(pattern) else { continue }
                problems.hint(place(of: pattern, phenomenon), message(pattern, finding))
            }
        }
    }

    private func reportRest(_ partitioning: Partitioning, _ problems: ProblemCollector) {
        guard let rest = partitioning.partitions.first(where: \.isRest) else { return }
        let names = rest.filters.prefix(10).map(\.text).joined(separator: ", ") + (rest.filters.count > 10 ? ", …" : "")
        problems.hint(
            configuration.place(of: "partitions.filters"),
            "no partition covers all topics of \(names); "
                + (configuration.partitions.read.isEmpty
                    ? "the others form one more, whose reader gets all messages of \(names): name a partition for them"
                    : "this gateway does not read the others: name a partition for them"))
    }

    private func message(_ pattern: Pattern, _ finding: PartitionCrossing.Finding) -> String {
        let names = finding.partitions.prefix(5).map { $0 }.joined(separator: ", ")
        let more = finding.partitions.count > 5 ? ", …" : ""
        var message =
            "\"\(shortenedForMessage(pattern.name))\": the events of one run may come from different partitions "
            + "(\(names)\(more)), so that some are missed or taken in another order where they lie closer together "
            + "than gateways hear of each other; "
        if let level = finding.keyLevel {
            let example =
                pattern.inputFilters(default: configuration.sensors.map(\.filter)).first
                .map { Self.example($0, level: level) } ?? "…"
            message += "choose partitions.filters by the level of the key, levels[\(level)], such as \(example)"
        } else {
            message +=
                "a key that is a level of the topic, such as levels[1], and partitions.filters by that level keep them together"
        }
        return message
    }

    /// A partition of one key: `home/…/#` for level 1.
    private static func example(_ filter: TopicFilter, level: Int) -> String {
        let before = (0..<level).map { index -> String in
            if index < filter.levels.count, case .literal(let text) = filter.levels[index] { return text }
            return "+"
        }
        return (before + ["<key>", "#"]).joined(separator: "/")
    }

    /// A pattern's place is not kept with it; its first predicate's is.
    private func place(of pattern: Pattern, _ phenomenon: Phenomenon) -> SourcePlace {
        let parts = pattern.blocks.first?.predicates.first?.place.split(separator: ":") ?? []
        guard parts.count >= 3, let line = Int(parts[parts.count - 2]), let column = Int(parts[parts.count - 1]) else {
            return .whole(phenomenon.name)
        }
        return SourcePlace(file: parts.dropLast(2).joined(separator: ":"), line: line, column: column)
    }
}
