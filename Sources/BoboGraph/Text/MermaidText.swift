/// Phenomena as a flowchart of Mermaid, which many sites draw within Markdown (https://mermaid.js.org/syntax/flowchart.html).
package enum MermaidText {
    package static func text(_ diagrams: [PhenomenonDiagram], notes: BlockNotes = BlockNotes()) -> String {
        var lines = ["flowchart LR"]
        var number = 0
        for diagram in diagrams {
            for pattern in diagram.patterns {
                number += 1
                add(pattern, of: diagram.name, "p\(number)", notes.notes(of: diagram.name, pattern.name), &lines)
            }
        }
        lines += [
            "  classDef negated stroke:#cf222e", "  classDef absent stroke:#bf8700",
            "  classDef optional stroke-dasharray:5 4", "  classDef loop stroke:#8250df",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func add(
        _ pattern: PatternDiagram, of phenomenon: String, _ prefix: String, _ notes: [Int: String],
        _ lines: inout [String]
    ) {
        let heading = DiagramEdges.heading(pattern, of: phenomenon).map(escaped).joined(separator: "<br/>")
        lines.append("  subgraph \(prefix)[\"\(heading)\"]")
        lines.append("    \(prefix)_start((\" \"))")
        for step in pattern.steps {
            let label = DiagramEdges.lines(step, note: notes[step.places.lowerBound]).map(escaped)
                .joined(separator: "<br/>")
            let (open, close) = brackets(step.shape)
            lines.append("    \(prefix)_\(step.number)\(open)\"\(label)\"\(close):::\(step.shape)")
        }
        let goal = notes[pattern.steps.last?.places.upperBound ?? 0] ?? phenomenon
        lines.append("    \(prefix)_goal([\"\(escaped(goal))\"])")
        for edge in DiagramEdges(pattern.steps).edges {
            let label = edge.label.isEmpty ? "" : "|\(edge.label)|"
            lines.append("    \(name(edge.from, prefix)) \(arrow(edge.transition))\(label) \(name(edge.to, prefix))")
        }
        lines.append("  end")
    }

    private static func name(_ end: DiagramEdges.End, _ prefix: String) -> String {
        switch end {
        case .start: "\(prefix)_start"
        case .step(let number): "\(prefix)_\(number)"
        case .goal: "\(prefix)_goal"
        }
    }

    private static func arrow(_ transition: DiagramStep.Transition?) -> String {
        switch transition {
        case .strict: "==>"
        case .relaxed, .time: "-.->"
        case nil: "-->"
        }
    }

    private static func brackets(_ shape: DiagramStep.Shape) -> (String, String) {
        switch shape {
        case .absent: ("{{", "}}")
        case .plain, .negated, .loop, .optional, .all: ("[", "]")
        }
    }

    /// By numbers of characters, as Mermaid has it: nothing of the text is then markup.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            let isPlain = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            if isPlain || " ._-,:/()→=+".unicodeScalars.contains(scalar) {
                result.unicodeScalars.append(scalar)
            } else if scalar.value < 0x20 || scalar.properties.generalCategory == .format {
                result += "\u{FFFD}"
            } else {
                result += "#\(scalar.value);"
            }
        }
        return result
    }
}
