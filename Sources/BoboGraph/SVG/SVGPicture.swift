/// Phenomena as one picture in SVG 1.1, in light and dark, which any program shows: no script, no font or image of its own.
package struct SVGPicture {
    /// Pixels; below, the blocks stand one below the other.
    package static let widths = 280...4000

    private let diagrams: [PhenomenonDiagram]
    private let width: Int
    private let notes: BlockNotes
    private let isStyled: Bool

    /// - Parameters:
    ///   - width: in pixels; more blocks stand in a row where there is room.
    ///   - notes: what is known of the runs at each block.
    ///   - isStyled: whether it carries `SVGStyle.css`; otherwise the page that it is put into has it.
    package init(
        _ diagrams: [PhenomenonDiagram], width: Int = 960, notes: BlockNotes = BlockNotes(), isStyled: Bool = true
    ) {
        self.diagrams = diagrams
        self.width = min(max(width, SVGPicture.widths.lowerBound), SVGPicture.widths.upperBound)
        self.notes = notes
        self.isStyled = isStyled
    }

    private static let margin = 16

    package var text: String {
        var body = SVGWriter()
        var y = SVGPicture.margin
        var right = 0
        for (index, diagram) in diagrams.enumerated() {
            if index > 0 { y += 28 }
            draw(diagram, &y, &right, &body)
        }
        drawLegend(&y, &body)
        let width = min(width, max(right + SVGPicture.margin, 260))
        let name = SVGWriter.escaped(diagrams.map(\.name).joined(separator: ", "))
        return """
            <svg xmlns="http://www.w3.org/2000/svg" class="bobo-graph" role="img" width="\(width)" height="\(y)" \
            viewBox="0 0 \(width) \(y)"\(isStyled ? " style=\"max-width:100%;height:auto\"" : "")>
            <title>\(name)</title>\(isStyled ? "\n<style>\(SVGStyle.css)</style>" : "")
            <rect class="background" width="\(width)" height="\(y)"/>
            \(body.text)</svg>

            """
    }

    private var textWidth: Int { width - 2 * SVGPicture.margin }

    private func draw(_ diagram: PhenomenonDiagram, _ y: inout Int, _ right: inout Int, _ svg: inout SVGWriter) {
        let x = SVGPicture.margin
        y += 18
        svg.text(TextWrapping.cut(diagram.name, textWidth / 11), x: x, y: y, "title")
        right = max(right, x + TextWrapping.columns(diagram.name) * 11)
        let columns = textWidth * 10 / SVGStyle.tenthsOfMonospace
        for line in TextWrapping.lines(diagram.description, columns: min(columns, 90), maximumLines: 4) {
            y += 18
            svg.text(line, x: x, y: y, "description")
            right = max(right, x + TextWrapping.columns(line) * SVGStyle.tenthsOfMonospace / 10)
        }
        for pattern in diagram.patterns {
            y += 34
            draw(pattern, of: diagram, &y, &right, &svg)
        }
        y += SVGPicture.margin
    }

    private func draw(
        _ pattern: PatternDiagram, of diagram: PhenomenonDiagram, _ y: inout Int, _ right: inout Int,
        _ svg: inout SVGWriter
    ) {
        let x = SVGPicture.margin
        svg.text(TextWrapping.cut(pattern.name, textWidth / 9), x: x, y: y, "pattern")
        let columns = textWidth * 10 / SVGStyle.tenthsOfMonospace
        for fact in pattern.facts {
            let text = TextWrapping.lines("\(fact.label): \(fact.text)", columns: min(columns, 110), maximumLines: 3)
            for line in text {
                y += SVGCard.lineHeight
                svg.text(line, x: x, y: y, fact.halts ? "fact bad" : "fact")
                right = max(right, x + TextWrapping.columns(line) * SVGStyle.tenthsOfMonospace / 10)
            }
        }
        let notes = notes.notes(of: diagram.name, pattern.name)
        let goal = TextWrapping.cut(notes[pattern.steps.last?.places.upperBound ?? 0] ?? diagram.name, 26)
        let goalWidth = max(TextWrapping.columns(goal) * 8 + 28, 90)
        let layout = SVGLayout(pattern.steps, x: x, y: y + 4, width: textWidth, goalWidth: goalWidth, notes: notes)
        SVGLines(layout: layout).draw(&svg)
        for place in layout.places { place.card.draw(x: place.x, y: place.y, width: place.width, &svg) }
        drawGoal(layout, goal, &svg)
        y = layout.bottom
        right = max(right, layout.right)
    }

    private func drawGoal(_ layout: SVGLayout, _ text: String, _ svg: inout SVGWriter) {
        let ((x, y), width, height) = (layout.goal, layout.goalWidth, SVGLayout.goalHeight)
        svg.line(
            "<rect class=\"goal\" x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" rx=\"18\"/>")
        svg.text(text, x: x + width / 2, y: y + 22, "goal-text", anchor: .middle)
    }

    /// Of what there is in the picture.
    private func drawLegend(_ y: inout Int, _ svg: inout SVGWriter) {
        let patterns = diagrams.flatMap(\.patterns)
        let following = patterns.flatMap { $0.steps.dropFirst() }
        let transitions: [(DiagramStep.Transition, String)] = [
            (.strict, "the very next event"), (.relaxed, "others may come between"), (.time, "time passes"),
        ]
        var x = SVGPicture.margin
        func place(_ length: Int) -> Int {
            if x > SVGPicture.margin, x + length > width - SVGPicture.margin { (x, y) = (SVGPicture.margin, y + 16) }
            defer { x += length + 16 }
            return x
        }
        for (transition, text) in transitions where following.contains(where: { $0.transition == transition }) {
            let left = place(36 + text.count * SVGStyle.tenthsOfLabel / 10)
            svg.line("<path class=\"\(SVGLines.style(transition))\" d=\"M\(left) \(y)h24\"/>")
            svg.text(text, x: left + 30, y: y + 4, "legend")
        }
        if patterns.contains(where: { ($0.facts + $0.steps.flatMap(\.facts)).contains(where: \.halts) }) {
            let text = "halts the run"
            svg.text(text, x: place(text.count * SVGStyle.tenthsOfLabel / 10), y: y + 4, "legend bad")
        }
        if x > SVGPicture.margin { y += SVGPicture.margin }
    }
}

/// What is known of the runs at the blocks of patterns.
package struct BlockNotes: Sendable {
    private var notes: [[String]: [Int: String]] = [:]

    package init() {}

    /// - Parameter block: the first of a step; the number of blocks for what is complete.
    package mutating func set(_ note: String, at block: Int, of phenomenon: String, _ pattern: String) {
        notes[[phenomenon, pattern], default: [:]][block] = note
    }

    func notes(of phenomenon: String, _ pattern: String) -> [Int: String] { notes[[phenomenon, pattern]] ?? [:] }
}
