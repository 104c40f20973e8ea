/// Where the cards of one pattern stand: in rows from left to right, as many as fit, or one below the other.
struct SVGLayout {
    struct Place {
        let card: SVGCard
        let x: Int
        let y: Int
        let width: Int

        var middle: Int { x + width / 2 }
        var bottom: Int { y + card.height }
        /// Where lines between cards of one row meet it.
        var level: Int { y + 18 }
    }

    /// From one card to the next of its row; there is room for arrows around cards.
    static let gap = 46
    static let rowGap = 44
    static let goalHeight = 36
    private static let startWidth = 40

    let places: [Place]
    let isColumn: Bool
    /// The lower end of all of it.
    let bottom: Int
    /// The upper left corner of what stands for the complex event.
    let goal: (x: Int, y: Int)
    let goalWidth: Int
    /// Whether the goal stands in the row of the last card.
    let goalIsInRow: Bool

    /// - Parameters:
    ///   - goalWidth: how wide what stands for the complex event is.
    ///   - notes: by the first block of a step, what is known of runs there.
    init(_ steps: [DiagramStep], x: Int, y: Int, width: Int, goalWidth: Int, notes: [Int: String]) {
        let wide = 262
        let perRow = (width - SVGLayout.startWidth + SVGLayout.gap) / (wide + SVGLayout.gap)
        isColumn = perRow < 2
        let cardWidth = isColumn ? min(width - 20, 400) : wide
        let left = isColumn ? x : x + SVGLayout.startWidth
        let cards = steps.map { SVGCard($0, width: cardWidth, note: notes[$0.places.lowerBound]) }
        var places: [Place] = []
        var top = y + (isColumn ? 34 : 22)
        var bottom = top
        let count = max(perRow, 1)
        for (index, card) in cards.enumerated() {
            if index > 0, index % count == 0 { top = bottom + SVGLayout.rowGap }
            let place = Place(
                card: card, x: left + index % count * (cardWidth + SVGLayout.gap), y: top, width: cardWidth)
            places.append(place)
            bottom = max(bottom, place.bottom)
        }
        let after = places.last.map { $0.x + $0.width + SVGLayout.gap } ?? left
        self.goalWidth = goalWidth
        goalIsInRow = !isColumn && after + goalWidth <= x + width
        goal =
            goalIsInRow
            ? (after, (places.last?.level ?? top) - SVGLayout.goalHeight / 2)
            : (left + (cardWidth - goalWidth) / 2, bottom + SVGLayout.rowGap - 6)
        self.places = places
        self.bottom = goalIsInRow ? max(bottom, goal.y + SVGLayout.goalHeight) : goal.y + SVGLayout.goalHeight
    }

    /// The right end of what is drawn.
    var right: Int {
        let cards = places.map { $0.x + $0.width + 20 }.max() ?? 0
        return max(cards, goal.x + goalWidth)
    }
}
