import BoboEngine
import BoboTopics
import CEL

/// Tells of a pattern whether the events of one of its runs may come from different partitions. Where all of a key's events
/// fall into one partition, one gateway reads them all, in their order.
struct PartitionCrossing {
    let partitioning: Partitioning
    /// The filters of a pattern that names no topic.
    let defaultInput: [TopicFilter]

    struct Finding: Hashable {
        /// Partitions of which one run may have events, in their order.
        let partitions: [String]
        /// The level of topics, from 0, that the key gives.
        let keyLevel: Int?
    }

    /// nil: no run takes events of two partitions.
    func finding(_ pattern: Pattern) -> Finding? {
        guard pattern.takesSeveralEvents else { return nil }
        let filters = pattern.inputFilters(default: defaultInput).filter { $0.firstLiteral != partitioning.prefix }
        switch KeyTopic(pattern.key?.source) {
        case .whole: return nil
        case .unknown: return finding(filters, keyLevel: nil)
        case .levels(let levels):
            // One level that keeps a key's events together is enough.
            var found: Finding?
            for level in levels {
                let keys = literals(at: level, filters).map { TopicFilter.Level.literal($0) }
                let crossing = keys.lazy.compactMap { key in
                    finding(filters.compactMap { $0.with(key, at: level) }, keyLevel: level)
                }.first
                guard let crossing else { return nil }
                found = found ?? crossing
            }
            return found
        }
    }

    private func finding(_ filters: [TopicFilter], keyLevel: Int?) -> Finding? {
        let partitions = partitioning.partitions.indices.filter { index in
            let before = partitioning.partitions[..<index].flatMap(\.filters)
            return filters.contains { filter in
                partitioning.partitions[index].filters.contains { own in
                    filter.intersection(own).map { !$0.isCovered(by: before) } ?? false
                }
            }
        }
        guard partitions.count > 1 else { return nil }
        return Finding(partitions: partitions.map { partitioning.partitions[$0].name }, keyLevel: keyLevel)
    }

    /// What a key may be, as far as it makes a difference: each text that stands at that level, and one that stands nowhere.
    private func literals(at level: Int, _ filters: [TopicFilter]) -> [String] {
        let all = filters + partitioning.partitions.flatMap(\.filters)
        let texts = Set(
            all.compactMap { filter -> String? in
                guard level < filter.levels.count, case .literal(let text) = filter.levels[level] else { return nil }
                return text
            })
        let longest = texts.map(\.utf8.count).max() ?? 0
        return texts.sorted() + [String(repeating: "x", count: longest + 1)]
    }
}

/// What a key's expression says of the topic of its events.
enum KeyTopic: Equatable {
    /// Events of one key have one topic.
    case whole
    /// Events of one key have the same text at each of these levels.
    case levels([Int])
    case unknown

    /// - Parameter source: of the key; nil: there is none, all events have one.
    init(_ source: String?) {
        guard let source = source.map({ $0.filter { !$0.isWhitespace } }) else {
            self = .unknown
            return
        }
        let isList = source.hasPrefix("[") && source.hasSuffix("]")
        // The parts of a list, or of texts that are put together, as long as they are no more than topic and levels.
        let parts = isList ? source.dropFirst().dropLast().split(separator: ",") : source.split(separator: "+")
        let names = parts.map { $0.hasPrefix("event.") ? $0.dropFirst("event.".count) : $0 }
        if names == ["topic"] || (isList && names.contains("topic")) {
            self = .whole
            return
        }
        let levels = names.compactMap { $0.wholeMatch(of: #/levels\[([0-9]{1,5})\]/#).flatMap { Int($0.output.1) } }
        let others = names.filter { $0.wholeMatch(of: #/levels\[[0-9]{1,5}\]|'[^'\\]*'|"[^"\\]*"/#) == nil }
        self = levels.isEmpty || (!isList && !others.isEmpty) ? .unknown : .levels(levels)
    }
}

extension Pattern {
    /// Whether a run outlives its first event.
    fileprivate var takesSeveralEvents: Bool { blocks.count > 1 }
}
