import BoboEngine
import BoboPatterns
import BoboTopics
import CEL

/// Finds fields that expressions read and none of the events has that they are asked of: most likely misspelt. Belongs to
/// one thread.
package final class FieldCheck {
    /// Something that is most likely not meant.
    package struct Finding: Hashable, Sendable {
        /// Where it stands: `fire.yaml:12:20`.
        package let place: String
        package let text: String
    }

    /// The events of some topics.
    private struct Audience {
        let filters: [TopicFilter]
        var messages = 0
        /// The first names in payloads, in order of appearance.
        var fields: [String] = []
    }

    private struct Reading {
        let place: String
        let audience: Int
        let path: PayloadPath
        var isFound = false
    }

    private static let shownFields = 20
    private static let maximumTopics = 100_000

    private let reader: PayloadReader
    private let prefix: String
    private var audiences: [Audience] = []
    private var numbers: [[TopicFilter]: Int] = [:]
    private var readings: [Reading] = []
    private var readingsOf: [[Int]] = []
    /// By topic, the audiences that it belongs to.
    private var routes: [String: [Int]] = [:]

    /// - Throws: never in fact: the expressions are this type's own.
    package init(_ preparation: EnginePreparation) throws {
        reader = try PayloadReader()
        prefix = preparation.options.prefix
        let paths = preparation.paths.paths
        for phenomenon in preparation.phenomena {
            for pattern in phenomenon.patterns {
                add(pattern, default: preparation.options.defaultInput, paths)
            }
        }
        readingsOf = audiences.indices.map { number in
            readings.indices.filter { readings[$0].audience == number }
        }
    }

    private func add(_ pattern: Pattern, default topics: [TopicFilter], _ paths: [[String]]) {
        let seen = pattern.inputFilters(default: topics)
        let file = pattern.blocks.first?.predicates.first.map { Self.file(of: $0.place) } ?? ""
        for predicate in pattern.eventPredicates {
            guard let expression = predicate.expression else {
                _ = audience(predicate.on.isEmpty ? seen : predicate.on)
                continue
            }
            // What reads the history reads other events besides the one under check.
            let filters = expression.readsEventAlone && !predicate.on.isEmpty ? predicate.on : seen
            add(expression, filters, predicate.place, paths)
        }
        for input in pattern.input ?? [] {
            if let expression = input.expression { add(expression, [input.on], file, paths) }
        }
        if let key = pattern.key { add(key, seen, file, paths) }
    }

    /// `fire.yaml` of `fire.yaml:12:20`.
    private static func file(of place: String) -> String {
        let parts = place.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count > 2 ? parts.dropLast(2).joined(separator: ":") : place
    }

    private func add(_ program: Program, _ filters: [TopicFilter], _ place: String, _ paths: [[String]]) {
        let audience = audience(filters)
        for number in program.objectPaths where number < paths.count && !paths[number].isEmpty {
            let path = PayloadPath(paths[number])
            if readings.contains(where: { $0.place == place && $0.path == path && $0.audience == audience }) {
                continue
            }
            readings.append(Reading(place: place, audience: audience, path: path))
        }
    }

    private func audience(_ filters: [TopicFilter]) -> Int {
        if let number = numbers[filters] { return number }
        numbers[filters] = audiences.count
        audiences.append(Audience(filters: filters))
        return audiences.count - 1
    }

    /// Looks at a message, or at a complex event that came of others.
    package func see(topic name: String, _ payload: UnsafeRawBufferPointer) {
        let concerned = route(name)
        guard !concerned.isEmpty else { return }
        let (value, _) = reader.read(payload)
        for number in concerned {
            audiences[number].messages += 1
            if case .map(let map) = value { note(map, in: number) }
            for index in readingsOf[number] where !readings[index].isFound {
                readings[index].isFound = FieldCheck.has(value, readings[index].path.names)
            }
        }
    }

    private func route(_ name: String) -> [Int] {
        if let route = routes[name] { return route }
        guard let topic = try? TopicName(name) else { return [] }
        let isOwn = topic.levels[0] == prefix
        let route = audiences.indices.filter { number in
            audiences[number].filters.contains { (!isOwn || $0.firstLiteral == prefix) && $0.matches(topic) }
        }
        if routes.count >= FieldCheck.maximumTopics { routes = [:] }
        routes[name] = route
        return route
    }

    private func note(_ map: Map, in number: Int) {
        for case .string(let name) in map.keys {
            guard audiences[number].fields.count <= FieldCheck.shownFields else { return }
            if !audiences[number].fields.contains(name) { audiences[number].fields.append(name) }
        }
    }

    private static func has(_ value: Value, _ names: [String]) -> Bool {
        var value = value
        for name in names {
            guard case .map(let map) = value, let next = map[name] else { return false }
            value = next
        }
        return true
    }

    /// In the order of the patterns.
    package var findings: [Finding] {
        var findings: [Finding] = []
        var told: Set<Finding> = []
        func tell(_ place: String, _ text: String) {
            let finding = Finding(place: place, text: text)
            if told.insert(finding).inserted { findings.append(finding) }
        }
        for reading in readings where !reading.isFound {
            let audience = audiences[reading.audience]
            let topics = audience.filters.map(\.text).joined(separator: ", ")
            guard audience.messages > 0 else {
                tell(reading.place, "no message on \(topics) in the events")
                continue
            }
            tell(
                reading.place,
                "\(reading.path.expression): in none of \(audience.messages) messages on \(topics); \(they(audience))")
        }
        return findings
    }

    private func they(_ audience: Audience) -> String {
        guard !audience.fields.isEmpty else { return "they are no JSON objects" }
        let shown = audience.fields.prefix(FieldCheck.shownFields).joined(separator: ", ")
        return "they have \(shown)" + (audience.fields.count > FieldCheck.shownFields ? ", …" : "")
    }
}
