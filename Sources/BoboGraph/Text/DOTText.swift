/// Phenomena in DOT, the language of Graphviz (https://graphviz.org/doc/info/lang.html).
package enum DOTText {
    package static func text(_ diagrams: [PhenomenonDiagram], notes: BlockNotes = BlockNotes()) -> String {
        var lines = [
            "digraph bobo {", "  rankdir=LR;",
            "  node [shape=box, style=rounded, fontname=\"monospace\", fontsize=11];",
            "  edge [fontname=\"sans-serif\", fontsize=10];",
        ]
        var number = 0
        for diagram in diagrams {
            for pattern in diagram.patterns {
                number += 1
                add(pattern, of: diagram.name, "p\(number)", notes.notes(of: diagram.name, pattern.name), &lines)
            }
        }
        lines.append("}")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func add(
        _ pattern: PatternDiagram, of phenomenon: String, _ prefix: String, _ notes: [Int: String],
        _ lines: inout [String]
    ) {
        lines.append("  subgraph cluster_\(prefix) {")
        lines.append("    label=\(quoted(DiagramEdges.heading(pattern, of: phenomenon))); fontname=\"sans-serif\";")
        lines.append("    \(prefix)_start [shape=point, width=0.15];")
        for step in pattern.steps {
            let label = quoted(DiagramEdges.lines(step, note: notes[step.places.lowerBound]))
            lines.append("    \(prefix)_\(step.number) [label=\(label)\(attributes(step.shape))];")
        }
        let goal = notes[pattern.steps.last?.places.upperBound ?? 0] ?? phenomenon
        lines.append("    \(prefix)_goal [label=\(quoted([goal], alignment: "")), shape=oval, color=darkgreen];")
        for edge in DiagramEdges(pattern.steps).edges {
            let label = edge.label.isEmpty ? "" : ", label=\(quoted([edge.label], alignment: ""))"
            let style = style(edge.transition)
            lines.append("    \(name(edge.from, prefix)) -> \(name(edge.to, prefix)) [style=\(style)\(label)];")
        }
        lines.append("  }")
    }

    private static func name(_ end: DiagramEdges.End, _ prefix: String) -> String {
        switch end {
        case .start: "\(prefix)_start"
        case .step(let number): "\(prefix)_\(number)"
        case .goal: "\(prefix)_goal"
        }
    }

    private static func style(_ transition: DiagramStep.Transition?) -> String {
        switch transition {
        case .strict: "bold"
        case .relaxed: "dotted"
        case .time: "dashed"
        case nil: "solid"
        }
    }

    private static func attributes(_ shape: DiagramStep.Shape) -> String {
        switch shape {
        case .plain, .all: ""
        case .negated: ", color=red"
        case .loop: ", color=purple"
        case .optional: ", style=\"rounded,dashed\""
        case .absent: ", shape=hexagon, style=solid, color=orange"
        }
    }

    /// - Parameter alignment: `\l` ends a line that stands at the left.
    private static func quoted(_ lines: [String], alignment: String = "\\l") -> String {
        let texts = lines.map { line in
            let text = String(String.UnicodeScalarView(line.unicodeScalars.map { $0.value < 0x20 ? "\u{FFFD}" : $0 }))
            return text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        }
        return "\"" + texts.joined(separator: alignment) + alignment + "\""
    }
}
