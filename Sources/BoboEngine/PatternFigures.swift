/// How many runs of one pattern are active.
package struct PatternFigures: Sendable {
    package let phenomenon: String
    package let pattern: String
    package let activeRuns: Int
}

extension Decider {
    /// Of the patterns that have active runs those that have the most, at most so many.
    func busiestPatterns(_ count: Int) -> [PatternFigures] {
        let busy = matchers.filter { $0.active > 0 }.sorted {
            ($1.active, $0.compiled.order) < ($0.active, $1.compiled.order)
        }
        return busy.prefix(count).map {
            PatternFigures(
                phenomenon: $0.compiled.phenomenon.name, pattern: $0.compiled.pattern.name, activeRuns: $0.active)
        }
    }
}
