import BoboTopics
import CEL

/// A predicate that has failed on each of the first events that it was asked of: most likely a field that is misspelt.
public struct PredicateWarning: Sendable, CustomStringConvertible {
    /// So many events are waited for.
    static let eventCount = 20
    private static let shownFields = 20

    /// Where it stands: `fire.yaml:12:20`.
    public let place: String
    public let expression: String
    /// Why it failed on the last of them.
    public let reason: String
    /// Its `on`, or else the topics that the events came on.
    public let topics: [String]
    /// The fields that the events had, in order of first appearance.
    public let fields: [String]

    init(_ predicate: Predicate, _ program: Program, _ failure: EvaluationFailure, _ events: [Event]) {
        place = predicate.place
        expression = program.source
        reason = failure.description
        var topics: [String] = []
        for event in events where !topics.contains(event.topic.name.text) { topics.append(event.topic.name.text) }
        self.topics = predicate.on.isEmpty ? topics : predicate.on.map(\.text)
        fields = PredicateWarning.fields(of: events)
    }

    /// Expressions have the engine read only what they ask for, so the messages are read again.
    private static func fields(of events: [Event]) -> [String] {
        let table = PathTable()
        let whole = try? ExpressionEnvironment(paths: table, groups: []).compile("payload")
        let paths = Paths(table, read: [whole].compactMap(\.self))
        let parser = PayloadParser(paths: paths)
        var fields: [String] = []
        for event in events where event.body.format == .json {
            guard case .map(let map)? = try? parser.content(of: event.content.bytes)?.value(paths.whole, paths) else {
                continue
            }
            for case .string(let name) in map.keys where !fields.contains(name) { fields.append(name) }
        }
        return fields
    }

    public var description: String {
        let shown = topics.prefix(5).joined(separator: ", ") + (topics.count > 5 ? ", …" : "")
        let they =
            fields.isEmpty
            ? "they are no JSON objects"
            : "they have " + fields.prefix(PredicateWarning.shownFields).joined(separator: ", ")
                + (fields.count > PredicateWarning.shownFields ? ", …" : "")
        return
            "\(place): \(expression): failed on each of the first \(PredicateWarning.eventCount) messages on \(shown): "
            + "\(reason); \(they)"
    }
}
