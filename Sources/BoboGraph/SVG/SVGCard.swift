/// A block as it is drawn: its lines of text, and how large they make it.
struct SVGCard {
    enum Line {
        case topic(String)
        case expression(String)
        case halt(String)
        case note(String)
        /// Between two conditions: any of them is enough, or each is wanted.
        case joint(String)
    }

    static let padding = 12
    static let headerHeight = 30
    static let lineHeight = 17
    private static let maximumLines = 6

    let step: DiagramStep
    let lines: [Line]
    /// The options beside the operator, in lines of their own where they do not fit.
    let options: [String]

    /// - Parameter note: what is known of runs at this block.
    init(_ step: DiagramStep, width: Int, note: String?) {
        self.step = step
        let columns = (width - 2 * SVGCard.padding) * 10 / SVGStyle.tenthsOfMonospace
        var lines: [Line] = []
        func add(_ text: String, _ line: (String) -> Line) {
            lines += TextWrapping.lines(text, columns: columns, maximumLines: SVGCard.maximumLines).map(line)
        }
        for (index, condition) in step.conditions.enumerated() {
            if index > 0 { lines.append(.joint(step.wantsAll ? "and" : "or")) }
            let group = condition.group.map { " → \($0)" } ?? ""
            if !condition.topics.isEmpty || condition.expression == nil || !group.isEmpty {
                add(
                    (condition.topics.isEmpty ? "any topic" : condition.topics.joined(separator: ", ")) + group,
                    Line.topic)
            }
            if let expression = condition.expression { add(expression, Line.expression) }
        }
        for fact in step.facts { add("\(fact.label) \(fact.text)", fact.halts ? Line.halt : Line.topic) }
        if let note { add(note, Line.note) }
        self.lines = lines
        options = step.options
    }

    private var optionLine: Int { options.isEmpty && step.group.isEmpty ? 0 : SVGCard.lineHeight + 4 }

    var height: Int { SVGCard.headerHeight + optionLine + lines.count * SVGCard.lineHeight + SVGCard.padding - 2 }

    func draw(x: Int, y: Int, width: Int, _ svg: inout SVGWriter) {
        let hover = step.conditions.map(\.text) + step.facts.map { "\($0.label) \($0.text)" }
        svg.line(
            "<g class=\"bobo-block \(step.shape)\" data-blocks=\"\(step.places.lowerBound)-\(step.places.upperBound - 1)\">"
        )
        svg.line("<title>\(SVGWriter.escaped(hover.joined(separator: "\n")))</title>")
        svg.line("<rect class=\"card\" x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" rx=\"8\"/>")
        svg.line("<rect class=\"mark\" x=\"\(x)\" y=\"\(y + 8)\" width=\"4\" height=\"\(height - 16)\" rx=\"2\"/>")
        let left = x + SVGCard.padding
        svg.text(step.name, x: left, y: y + 20, "name")
        svg.text("\(step.number)", x: x + width - SVGCard.padding, y: y + 20, "number", anchor: .end)
        if step.shape == .absent { drawClock(x: x + width - 44, y: y + 15, &svg) }
        if step.shape == .negated { drawBar(x: x + width - 44, y: y + 15, &svg) }
        drawOptions(x: left, y: y + SVGCard.headerHeight + 12, width: width - 2 * SVGCard.padding, &svg)
        var baseline = y + SVGCard.headerHeight + optionLine + 12
        for line in lines {
            switch line {
            case .topic(let text): svg.text(text, x: left, y: baseline, "topic")
            case .expression(let text): svg.text(text, x: left, y: baseline, "expression")
            case .halt(let text): svg.text(text, x: left, y: baseline, "halt")
            case .note(let text): svg.text(text, x: left, y: baseline, "note")
            case .joint(let text): svg.text(text, x: left, y: baseline, "label")
            }
            baseline += SVGCard.lineHeight
        }
        svg.line("</g>")
    }

    /// The group and the options, one behind the other, each in a frame.
    private func drawOptions(x: Int, y: Int, width: Int, _ svg: inout SVGWriter) {
        var left = x
        let chips = options.map { ("chip", $0) } + (step.group.isEmpty ? [] : [("group", "→ \(step.group)")])
        for (style, text) in chips {
            let room = x + width - left - 14
            guard room > 20 else { break }
            let shown = TextWrapping.cut(text, room * 10 / SVGStyle.tenthsOfLabel)
            let length = TextWrapping.columns(shown) * SVGStyle.tenthsOfLabel / 10 + 14
            svg.line(
                "<rect class=\"frame \(style)\" x=\"\(left)\" y=\"\(y - 13)\" width=\"\(length)\" height=\"18\" rx=\"9\"/>"
            )
            svg.text(shown, x: left + 7, y: y, style)
            left += length + 6
        }
    }

    private func drawClock(x: Int, y: Int, _ svg: inout SVGWriter) {
        svg.line("<circle class=\"sign\" cx=\"\(x)\" cy=\"\(y)\" r=\"7\"/>")
        svg.line("<path class=\"sign\" d=\"M\(x) \(y - 4)V\(y)H\(x + 3)\"/>")
    }

    /// No entry.
    private func drawBar(x: Int, y: Int, _ svg: inout SVGWriter) {
        svg.line("<circle class=\"sign\" cx=\"\(x)\" cy=\"\(y)\" r=\"7\"/>")
        svg.line("<path class=\"sign\" d=\"M\(x - 5) \(y - 5)L\(x + 5) \(y + 5)\"/>")
    }
}
