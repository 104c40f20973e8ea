package import BoboEngine
import BoboTopics
import CEL

/// A phenomenon as what pictures of it show, free of any format.
package struct PhenomenonDiagram: Sendable {
    package let name: String
    package let description: String
    package let patterns: [PatternDiagram]

    package init(_ phenomenon: Phenomenon) {
        name = phenomenon.name
        description = phenomenon.description
        patterns = phenomenon.patterns.map(PatternDiagram.init)
    }
}

/// A pattern as what pictures of it show: its blocks in sequence, and what holds for all of them.
package struct PatternDiagram: Sendable {
    /// Something that a picture says beside the blocks: `key`, `levels[1]`.
    package struct Fact: Hashable, Sendable {
        package let label: String
        package let text: String
        /// Whether it ends runs.
        package let halts: Bool

        init(_ label: String, _ text: String, halts: Bool = false) {
            self.label = label
            self.text = text
            self.halts = halts
        }
    }

    package let name: String
    package let facts: [Fact]
    package let steps: [DiagramStep]

    package init(_ pattern: Pattern) {
        name = pattern.name
        facts = PatternDiagram.facts(pattern)
        steps = DiagramStep.steps(pattern.blocks)
    }

    private static func facts(_ pattern: Pattern) -> [Fact] {
        var facts: [Fact] = []
        if let input = pattern.input {
            facts.append(Fact("sees", input.map { DiagramCondition($0).text }.joined(separator: ", ")))
        }
        if let key = pattern.key { facts.append(Fact("key", key.source)) }
        if let within = pattern.within { facts.append(Fact("within", milliseconds(within))) }
        if pattern.isSingleton { facts.append(Fact("singleton", pattern.key == nil ? "one run" : "one run a key")) }
        switch pattern.afterMatch {
        case .noSkip: break
        case .skipPastLastEvent: facts.append(Fact("after_match", pattern.afterMatch.rawValue))
        }
        if let rest = pattern.rest {
            let duration = rest.milliseconds.map(milliseconds)
            let until = rest.until.map { "until \(DiagramCondition($0).text)" }
            facts.append(Fact("rest", [duration, until].compactMap(\.self).joined(separator: " or ")))
        }
        if !pattern.state.isEmpty {
            facts.append(Fact("state", pattern.state.map { DiagramCondition($0).text }.joined(separator: ", ")))
        }
        switch pattern.recent {
        case .events(let count): facts.append(Fact("recent", "\(count) events"))
        case .milliseconds(let duration): facts.append(Fact("recent", milliseconds(duration)))
        case nil: break
        }
        facts += pattern.definitions.map { Fact($0.name, $0.expression) }
        facts += pattern.preconditions.map { Fact("halts unless", DiagramCondition($0).text, halts: true) }
        facts += pattern.haltconditions.map { Fact("halts if", DiagramCondition($0).text, halts: true) }
        return facts
    }
}

/// A condition as a picture shows it.
package struct DiagramCondition: Hashable, Sendable {
    /// The topic filters; empty: every event that the pattern sees.
    package let topics: [String]
    /// nil: any event of these topics.
    package let expression: String?
    /// The group that is this condition's own.
    package let group: String?

    init(_ predicate: Predicate) {
        topics = predicate.on.map(\.text)
        expression = predicate.expression?.source
        group = predicate.group
    }

    init(_ input: Pattern.Input) {
        topics = [input.on.text]
        expression = input.expression?.source
        group = nil
    }

    /// In one line.
    var text: String {
        let on = topics.joined(separator: ", ")
        guard let expression else { return on.isEmpty ? "any event" : on }
        return on.isEmpty ? expression : "\(on) where \(expression)"
    }
}

/// A duration as pattern files write it.
func milliseconds(_ milliseconds: Int64) -> String {
    var rest = milliseconds
    var text = ""
    for (name, length) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)] as [(_, Int64)] {
        if rest >= length { text += "\(rest / length)\(name)" }
        rest %= length
    }
    return text.isEmpty ? "0s" : text
}
