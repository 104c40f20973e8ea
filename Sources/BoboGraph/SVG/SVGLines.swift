/// The lines between the cards of one pattern.
struct SVGLines {
    /// How a line leaves a card, or reaches the next one.
    private enum Side { case row, column }

    let layout: SVGLayout

    func draw(_ svg: inout SVGWriter) {
        guard let first = layout.places.first, let last = layout.places.last else { return }
        drawStart(first, &svg)
        for (from, to) in zip(layout.places, layout.places.dropFirst()) {
            let style = SVGLines.style(to.card.step.transition)
            if side(after: from, to) == .row {
                line("M\(from.x + from.width) \(from.level)H\(to.x - 6)", style, &svg)
                head(x: to.x, y: to.level, .row, &svg)
            } else {
                let between = to.y - SVGLayout.rowGap / 2
                line("M\(from.middle) \(from.bottom)V\(between)H\(to.middle)V\(to.y - 6)", style, &svg)
                head(x: to.middle, y: to.y, .column, &svg)
            }
        }
        drawGoalLine(last, &svg)
        for index in layout.places.indices { drawAround(index, &svg) }
    }

    static func style(_ transition: DiagramStep.Transition) -> String {
        switch transition {
        case .strict: "edge"
        case .relaxed: "edge relaxed"
        case .time: "edge by-time"
        }
    }

    private func side(after from: SVGLayout.Place, _ to: SVGLayout.Place) -> Side { from.y == to.y ? .row : .column }

    private func drawStart(_ first: SVGLayout.Place, _ svg: inout SVGWriter) {
        if layout.isColumn {
            svg.line("<circle class=\"head\" cx=\"\(first.middle)\" cy=\"\(first.y - 28)\" r=\"6\"/>")
            line("M\(first.middle) \(first.y - 22)V\(first.y - 6)", "edge", &svg)
            head(x: first.middle, y: first.y, .column, &svg)
        } else {
            svg.line("<circle class=\"head\" cx=\"\(first.x - 34)\" cy=\"\(first.level)\" r=\"6\"/>")
            line("M\(first.x - 28) \(first.level)H\(first.x - 6)", "edge", &svg)
            head(x: first.x, y: first.level, .row, &svg)
        }
    }

    private func drawGoalLine(_ last: SVGLayout.Place, _ svg: inout SVGWriter) {
        let (x, y) = layout.goal
        let middle = x + layout.goalWidth / 2
        if layout.goalIsInRow {
            line("M\(last.x + last.width) \(last.level)H\(x - 6)", "edge", &svg)
            head(x: x, y: y + SVGLayout.goalHeight / 2, .row, &svg)
        } else {
            let between = y - SVGLayout.rowGap / 2 + 6
            line("M\(last.middle) \(last.bottom)V\(between)H\(middle)V\(y - 6)", "edge", &svg)
            head(x: middle, y: y, .column, &svg)
        }
    }

    /// What leads back to a block, or past it.
    private func drawAround(_ index: Int, _ svg: inout SVGWriter) {
        let place = layout.places[index]
        if place.card.step.loops {
            let (right, top) = (place.x + place.width, place.y)
            line(
                "M\(right) \(top + 40)h8q6 0 6 -6V\(top - 6)q0 -6 -6 -6H\(right - 34)q-6 0 -6 6v2", "edge around", &svg)
            head(x: right - 40, y: top, .column, &svg)
        }
        if place.card.step.shape == .optional { line(pathAround(index), "edge around", &svg) }
    }

    private func pathAround(_ index: Int) -> String {
        let place = layout.places[index]
        let isReachedInRow = index > 0 && side(after: layout.places[index - 1], place) == .row
        let isLeftInRow =
            index + 1 < layout.places.count
            ? side(after: place, layout.places[index + 1]) == .row : layout.goalIsInRow
        let (over, right) = (place.y - 12, place.x + place.width + (isLeftInRow ? SVGLayout.gap / 2 : 14))
        let below = place.bottom + SVGLayout.rowGap / 2
        let start =
            isReachedInRow
            ? "M\(place.x - SVGLayout.gap / 2) \(place.level)V\(over)H\(right)"
            : "M\(place.middle) \(place.y - SVGLayout.rowGap / 2)H\(right)"
        return start + (isLeftInRow ? "V\(place.level)" : "V\(below)H\(place.middle)")
    }

    private func line(_ path: String, _ style: String, _ svg: inout SVGWriter) {
        svg.line("<path class=\"\(style)\" d=\"\(path)\"/>")
    }

    /// An arrow's head with its point there; in a row it comes from the left, in a column from above.
    private func head(x: Int, y: Int, _ side: Side, _ svg: inout SVGWriter) {
        let points =
            side == .row
            ? "\(x),\(y) \(x - 9),\(y - 4) \(x - 9),\(y + 4)" : "\(x),\(y) \(x - 4),\(y - 9) \(x + 4),\(y - 9)"
        svg.line("<polygon class=\"head\" points=\"\(points)\"/>")
    }
}
