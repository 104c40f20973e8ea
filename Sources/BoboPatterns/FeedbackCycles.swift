import BoboEngine
import BoboTopics
import BoboYAML

/// Phenomena that can set off themselves: by way of their own complex or action events, or of those of others.
struct FeedbackCycles {
    private let places: [String: SourcePlace]
    /// Of each phenomenon those that read its events.
    private let readers: [String: [String]]

    /// - Parameter places: of the phenomena's names.
    init(phenomena: [Phenomenon], places: [String: SourcePlace], prefix: String) {
        self.places = places
        let filters = phenomena.map { phenomenon in
            let all = phenomenon.patterns.flatMap { $0.inputFilters(default: []) }
            return (name: phenomenon.name, filters: all.filter { $0.firstLiteral == prefix })
        }
        var readers: [String: [String]] = [:]
        for phenomenon in phenomena {
            let hasActions = phenomenon.patterns.contains { !$0.actions.isEmpty }
            let levels = hasActions ? ["events", "actions"] : ["events"]
            let topics = levels.compactMap { try? TopicName("\(prefix)/\($0)/\(phenomenon.name)") }
            readers[phenomenon.name] = filters.compactMap { reader in
                reader.filters.contains { filter in topics.contains { filter.matches($0) } } ? reader.name : nil
            }
        }
        self.readers = readers
    }

    func report(_ problems: ProblemCollector) {
        for name in readers.keys.sorted() {
            guard let place = places[name], let way = shortestWay(from: name) else { continue }
            problems.hint(
                place,
                "\"\(name)\" can set off itself (\(way.joined(separator: " → "))); a complex event that stems from 16 others is dropped"
            )
        }
    }

    /// The phenomena from this one back to itself, nil where there is no such way.
    private func shortestWay(from start: String) -> [String]? {
        var before: [String: String] = [:]
        var waiting = [start]
        var index = 0
        while index < waiting.count {
            let name = waiting[index]
            index += 1
            for reader in readers[name] ?? [] where before[reader] == nil {
                before[reader] = name
                if reader == start { return way(to: start, before) }
                waiting.append(reader)
            }
        }
        return nil
    }

    private func way(to start: String, _ before: [String: String]) -> [String] {
        var way = [start]
        var name = before[start]
        while let one = name {
            way.append(one)
            if one == start { break }
            name = before[one]
        }
        return way.reversed()
    }
}
