private import BoboEngine
package import BoboTopics
private import CEL

/// A first pattern file, with comments that tell how to change it: of a message that was seen, or without one an example.
package struct StarterPattern {
    /// The phenomenon, and the file's name.
    package let name: String
    private let filter: TopicFilter
    private let topic: TopicSurvey.Topic?
    private let conditions: [StarterCondition]

    /// Fields beside the chosen one that are shown.
    private static let otherLimit = 12

    package init(_ filter: TopicFilter, seen topic: TopicSurvey.Topic, isTaken: (String) -> Bool = { _ in false }) {
        name = StarterPattern.free(StarterPattern.name(of: filter), isTaken)
        self.filter = filter
        self.topic = topic
        conditions = topic.fields.compactMap(StarterCondition.init).enumerated()
            .sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element)
    }

    /// - Throws: never in fact: the filter is this type's own.
    package init() throws(TopicError) {
        name = "example"
        filter = try TopicFilter("home/+/temperature")
        topic = nil
        var field = FieldSummary(PayloadPath(["celsius"]))
        field.add(.double(27))
        conditions = [StarterCondition(field)].compactMap(\.self)
    }

    /// The filter's levels, less its wildcards, as a phenomenon's name.
    package static func name(of filter: TopicFilter) -> String {
        let levels = filter.levels.compactMap { level in
            if case .literal(let text) = level { text } else { nil }
        }
        let text = levels.joined(separator: "-").unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_")
                ? Character(scalar) : "-"
        }
        let name = String(text).split(separator: "-").joined(separator: "-").prefix(100)
        return name.isEmpty ? "everything" : String(name)
    }

    private static func free(_ name: String, _ isTaken: (String) -> Bool) -> String {
        var (free, number) = (name, 2)
        while isTaken(free), number < 1000 {
            free = "\(name)-\(number)"
            number += 1
        }
        return free
    }

    package var text: String { (head + pattern + blocks + emit).joined(separator: "\n") + "\n" }

    private var condition: String { conditions.first?.expression ?? "true" }

    private var head: [String] {
        var lines: [String] = []
        if let topic {
            lines.append("# Made by `bobo init` of a message on \(YAMLText.comment(topic.name)):")
            let text = topic.format == .bytes ? "(bytes)" : String(decoding: topic.last, as: UTF8.self)
            lines.append("#   \(YAMLText.comment(text))")
        } else {
            lines.append("# An example, made by `bobo init`. `bobo init TOPIC` makes a pattern of a real message.")
        }
        lines += [
            "# Change it, then `bobo check` it; a gateway that runs takes up a changed file by itself.",
            "phenomenon: \(name)",
            "description: \(YAMLText.value("\(condition), on \(filter.text)"))",
            "patterns:",
        ]
        return lines
    }

    private var pattern: [String] {
        var lines = ["  - name: \(conditions.first?.name ?? "message")"]
        lines.append(
            "    # What the pattern sees. + stands for one level of a topic, # at the end for all that is below.")
        if !filter.hasWildcards, let level = keyLevel {
            var levels = filter.text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            levels[level] = "+"
            lines.append(
                "    # For all like this one: [\(YAMLText.comment(YAMLText.value(levels.joined(separator: "/"))))]")
        }
        lines.append("    input: [\(YAMLText.value(filter.text))]")
        if let topic {
            let levels = topic.name.split(separator: "/", omittingEmptySubsequences: false).enumerated()
                .map { "\($0.offset) \($0.element)" }.joined(separator: ", ")
            lines.append("    # Each of these for itself. The levels of the topic: \(YAMLText.comment(levels)).")
        } else {
            lines.append(
                "    # Each room for itself. The levels of home/kitchen/temperature: 0 home, 1 kitchen, 2 temperature.")
        }
        lines.append("    key: \(key)")
        guard let chosen = conditions.first else { return lines }
        lines += [
            "    # Told once, and not again with each report, until a message of the same key says otherwise.",
            "    rest:", "      until: \(YAMLText.value(chosen.opposite))",
        ]
        return lines
    }

    private var blocks: [String] {
        var lines = ["    blocks:"]
        lines += [
            "      # A block waits for an event; when the last one has met its own, the pattern is complete. A second block",
            "      # would be what is to follow, and `within: 10m` beside `key` how soon.",
        ]
        if let seen = conditions.first?.seen {
            lines.append("      # It was \(seen), so this fires soon; make it what you want to be told of.")
        }
        lines += ["      - followed_by: \(YAMLText.value(condition))", "        group: reading"]
        let others = conditions.dropFirst()
        if !others.isEmpty {
            lines.append("      # Other fields of the message, as they were:")
            lines += others.prefix(StarterPattern.otherLimit)
                .map { "      # - followed_by: \(YAMLText.value($0.expression))" }
            let more = others.count - StarterPattern.otherLimit + (topic?.furtherFields ?? 0)
            if more > 0 { lines.append("      # and \(more) more, which `bobo topics` shows") }
        }
        return lines
    }

    private var emit: [String] {
        let value = "reading[0]." + (conditions.first?.path ?? PayloadPath()).expression
        return [
            "emit:",
            "  # What the complex event carries. A group is the list of the events that its block accepted.",
            "  data: \(YAMLText.value("{\"key\": key, \"value\": \(value)}"))",
            "actions:",
            "  - log: {message: \"\(name): ${key}\"}",
        ]
    }

    private var key: String {
        let places = filter.levels.indices.filter { filter.levels[$0] == .single }
        if filter.levels.last == .rest { return "topic" }
        if places.count == 1 { return "levels[\(places[0])]" }
        if places.count > 1 { return "'[" + places.map { "levels[\($0)]" }.joined(separator: ", ") + "]'" }
        return keyLevel.map { "levels[\($0)]" } ?? "topic"
    }

    /// Where a topic without wildcards probably names the thing: its last level where the message has several fields
    /// (`zigbee2mqtt/NAME`), else, or where that is in capitals (`tele/NAME/SENSOR`), the one before it
    /// (`home/ROOM/temperature`).
    private var keyLevel: Int? {
        let count = filter.levels.count
        guard count > 1, let topic, case .literal(let last)? = filter.levels.last else { return nil }
        let hasFields = topic.fields.contains { !$0.path.names.isEmpty }
        return count > 2 && (!hasFields || last == last.uppercased() && last != last.lowercased())
            ? count - 2 : count - 1
    }
}
