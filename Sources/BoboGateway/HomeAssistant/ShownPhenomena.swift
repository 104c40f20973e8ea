import BoboEngine
import BoboTopics
import BoboYAML
import CEL

/// The phenomena of one gateway as Home Assistant sees them. They stand in what is told of the gateway's own device, where
/// the other gateways read them: so each of them knows what all show together, and a device that is deleted takes its share
/// along.
struct ShownPhenomena: Equatable, Sendable {
    struct Line: Equatable, Sendable {
        /// The names of its patterns, in the file's order.
        var patterns: [String]
        /// Where its complex events are looked for.
        var topic: String
    }

    /// By the phenomenon's name.
    private(set) var lines: [String: Line] = [:]

    init() {}

    init(_ phenomena: [Phenomenon], _ names: HomeAssistantNames) {
        for phenomenon in phenomena {
            lines[phenomenon.name] = Line(
                patterns: phenomenon.patterns.map(\.name),
                topic: ShownPhenomena.fixedTopic(of: phenomenon) ?? names.usualTopic(of: phenomenon.name))
        }
    }

    /// The topic that all of its patterns name, where that is one and always the same.
    private static func fixedTopic(of phenomenon: Phenomenon) -> String? {
        let topics = Set(
            phenomenon.patterns.map { pattern -> String? in
                var text = ""
                for part in pattern.emit.topic?.parts ?? [] {
                    guard case .text(let fixed) = part else { return nil }
                    text += fixed
                }
                return text.isEmpty ? nil : text
            })
        return topics.count == 1 ? topics.first ?? nil : nil
    }

    /// What both show together; where they name different topics of a phenomenon, events are looked for at the usual one.
    mutating func join(_ others: ShownPhenomena, _ names: HomeAssistantNames) {
        for (name, other) in others.lines {
            guard var line = lines[name] else {
                lines[name] = other
                continue
            }
            let present = Set(line.patterns)
            line.patterns += other.patterns.filter { !present.contains($0) }
            if line.topic != other.topic { line.topic = names.usualTopic(of: name) }
            lines[name] = line
        }
    }

    /// What is told of them as components.
    var components: Set<String> {
        Set(lines.flatMap { name, line in [name] + line.patterns.map { HomeAssistantNames.trigger(name, $0) } })
    }

    /// What is left of them without some components.
    func without(_ components: Set<String>) -> ShownPhenomena {
        var left = ShownPhenomena()
        for (name, line) in lines where !components.contains(name) {
            let patterns = line.patterns.filter { !components.contains(HomeAssistantNames.trigger(name, $0)) }
            left.lines[name] = Line(patterns: patterns, topic: line.topic)
        }
        return left
    }

    // MARK: As JSON

    func write(to json: inout JSONWriter) {
        json.raw("{")
        for (index, (name, line)) in lines.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { json.raw(",") }
            json.write(name)
            json.raw(":{\"topic\":")
            json.write(line.topic)
            json.raw(",\"patterns\":[")
            for (index, pattern) in line.patterns.enumerated() {
                if index > 0 { json.raw(",") }
                json.write(pattern)
            }
            json.raw("]}")
        }
        json.raw("}")
    }

    /// What another gateway has written, or whoever may publish there: what is not sound is passed over.
    init(_ told: Value?) {
        guard case .map(let told)? = told else { return }
        for case (.string(let name), .map(let line)) in told where isName(name) {
            guard case .string(let topic)? = line["topic"], (try? TopicName(topic)) != nil,
                case .list(let patterns)? = line["patterns"]
            else { continue }
            lines[name] = Line(
                patterns: patterns.elements.compactMap { if case .string(let pattern) = $0 { pattern } else { nil } },
                topic: topic)
        }
    }
}
