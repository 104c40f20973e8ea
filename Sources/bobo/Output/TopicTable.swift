import BoboEngine
import BoboGateway
import Foundation

/// What is on a broker, as a person reads it: a line for each topic, and under it one for each field and the last message.
/// Only a name that alone is longer makes a line longer than 80 columns: names are there to be copied.
struct TopicTable {
    private static let width = 80
    private static let nameWidth = 51
    private static let fieldWidth = 34

    static let heading = columns("TOPIC", "MESSAGES", "EVERY", "STORED")

    /// A topic's lines; stored is what the broker gives to each new subscriber.
    static func lines(_ topic: TopicSurvey.Topic) -> [String] {
        let live = topic.messages - topic.stored
        let name = harmless(topic.name)
        let figures = (
            "\(live)", topic.interval.map(interval) ?? (live == 1 ? "once" : "-"), topic.stored > 0 ? "yes" : "-"
        )
        var lines =
            name.count <= nameWidth
            ? [columns(name, figures.0, figures.1, figures.2)]
            : [name, columns("", figures.0, figures.1, figures.2)]
        lines += topic.fields.map { field($0, of: topic) }
        if topic.furtherFields > 0 { lines.append("  and \(count(topic.furtherFields, "field", "fields")) more") }
        lines.append(last(topic))
        return lines
    }

    private static func columns(_ name: String, _ messages: String, _ every: String, _ stored: String) -> String {
        padded(name, nameWidth) + right(messages, 9) + right(every, 11) + right(stored, 8)
    }

    private static func field(_ field: FieldSummary, of topic: TopicSurvey.Topic) -> String {
        let kinds = field.kinds.map(\.rawValue).joined(separator: "/")
        let start = "  " + padded(harmless(field.path.expression), fieldWidth) + " " + padded(kinds, 8)
        var values = self.values(field)
        if field.count < topic.messages {
            values += "\(values.isEmpty ? "" : ", ")in \(field.count) of \(topic.messages)"
        }
        return trimmed(start + " " + shortened(values, to: max(width - 1 - start.count, 12)))
    }

    private static func values(_ field: FieldSummary) -> String {
        var parts: [String] = []
        if let numbers = field.numbers {
            let (least, greatest) = (number(numbers.lowerBound), number(numbers.upperBound))
            parts.append(least == greatest ? least : "\(least) to \(greatest)")
        }
        if !field.bools.isEmpty {
            parts.append([true, false].filter(field.bools.contains).map { "\($0)" }.joined(separator: ", "))
        }
        if !field.texts.isEmpty {
            parts.append(
                (field.texts.map { harmless("\"\($0)\"") } + (field.hasFurtherTexts ? ["…"] : [])).joined(
                    separator: ", "))
        }
        if let sizes = field.sizes {
            let unit = field.kinds.contains(.bytes) ? "bytes" : "elements"
            let range = sizes.count == 1 ? "\(sizes.lowerBound)" : "\(sizes.lowerBound) to \(sizes.upperBound)"
            parts.append("\(range) \(unit)")
        }
        return parts.joined(separator: ", ")
    }

    private static func last(_ topic: TopicSurvey.Topic) -> String {
        guard topic.format != .bytes else { return "  last: \(topic.size) bytes that are no text" }
        let text = String(decoding: topic.last, as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .joined(separator: " ")
        return "  last: " + shortened(harmless(line.isEmpty ? "(empty)" : line), to: width - 8)
    }

    private static func number(_ number: Double) -> String {
        if let whole = Int64(exactly: number) { return "\(whole)" }
        return "\(number)"
    }

    private static func interval(_ milliseconds: Double) -> String {
        switch milliseconds {
        case ..<1: "< 1 ms"
        case ..<1000: "\(Int(milliseconds.rounded())) ms"
        case ..<60_000: String(format: "%.1f s", milliseconds / 1000)
        default: String(format: "%.1f min", milliseconds / 60_000)
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 0))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(width - text.count, 1)) + text
    }

    private static func trimmed(_ text: String) -> String {
        text.hasSuffix(" ") ? trimmed(String(text.dropLast())) : text
    }
}
