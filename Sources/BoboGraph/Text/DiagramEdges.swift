/// A pattern as nodes and lines between them, for programs that lay them out themselves.
struct DiagramEdges {
    enum End: Hashable {
        case start
        case step(Int)
        case goal
    }

    struct Edge {
        let from: End
        let to: End
        /// nil: past a block, or back to it.
        let transition: DiagramStep.Transition?
        let label: String
    }

    let edges: [Edge]

    init(_ steps: [DiagramStep]) {
        var edges: [Edge] = []
        var before = End.start
        for (index, step) in steps.enumerated() {
            let transition: DiagramStep.Transition = index == 0 ? .strict : step.transition
            edges.append(Edge(from: before, to: .step(step.number), transition: transition, label: ""))
            if step.loops {
                edges.append(Edge(from: .step(step.number), to: .step(step.number), transition: nil, label: "again"))
            }
            if step.shape == .optional {
                let next: End = index + 1 < steps.count ? .step(step.number + 1) : .goal
                edges.append(Edge(from: before, to: next, transition: nil, label: "passed over"))
            }
            before = .step(step.number)
        }
        edges.append(Edge(from: before, to: .goal, transition: .strict, label: ""))
        self.edges = edges
    }

    /// The lines of a step's label.
    static func lines(_ step: DiagramStep, note: String?) -> [String] {
        var head = "\(step.number) \(step.name)"
        if !step.options.isEmpty { head += " (\(step.options.joined(separator: ", ")))" }
        if !step.group.isEmpty { head += " → \(step.group)" }
        var lines = [head]
        for (index, condition) in step.conditions.enumerated() {
            let or = index > 0 ? (step.wantsAll ? "and " : "or ") : ""
            let group = condition.group.map { " → \($0)" } ?? ""
            lines += TextWrapping.lines(or + condition.text + group, columns: columns, maximumLines: 6)
        }
        for fact in step.facts {
            lines += TextWrapping.lines("\(fact.label) \(fact.text)", columns: columns, maximumLines: 4)
        }
        return lines + [note].compactMap(\.self)
    }

    private static let columns = 44

    /// The lines of a pattern's heading.
    static func heading(_ pattern: PatternDiagram, of phenomenon: String) -> [String] {
        ["\(phenomenon): \(pattern.name)"]
            + pattern.facts.map { TextWrapping.cut("\($0.label): \($0.text)", 100) }
    }
}
