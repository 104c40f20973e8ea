import BoboEngine
import BoboGraph

/// What the blocks and conditions of a pattern are called in messages.
struct BlockNames {
    /// What a condition is for.
    enum Purpose: Hashable {
        case precondition, haltcondition
        /// A block's own condition.
        case block(Int)
        case unless(Int)
        case until(Int)
        /// What ends a rest.
        case rest
        case other
    }

    let pattern: Pattern
    private let steps: [DiagramStep]
    private var purposes: [String: Purpose] = [:]

    init(_ pattern: Pattern) {
        self.pattern = pattern
        steps = PatternDiagram(pattern).steps
        for predicate in pattern.preconditions { purposes[predicate.place] = .precondition }
        for predicate in pattern.haltconditions { purposes[predicate.place] = .haltcondition }
        for step in steps {
            for block in pattern.blocks[step.places] {
                for predicate in block.predicates { purposes[predicate.place] = .block(step.number) }
                for predicate in block.unless { purposes[predicate.place] = .unless(step.number) }
                if let until = block.until { purposes[until.place] = .until(step.number) }
            }
        }
        if let until = pattern.rest?.until { purposes[until.place] = .rest }
    }

    func purpose(_ predicate: Predicate) -> Purpose { purposes[predicate.place] ?? .other }

    /// `block 2 (followed_by)`; of one that stands several times, `block 2 (followed_by), time 2 of 3`.
    func name(_ place: Int) -> String {
        guard let step = steps.first(where: { $0.places.contains(place) }) else { return "the end" }
        let name = "block \(step.number) (\(step.name))"
        return step.places.count > 1
            ? "\(name), time \(place - step.places.lowerBound + 1) of \(step.places.count)" : name
    }

    func isNegated(_ number: Int) -> Bool {
        steps.contains { $0.number == number && $0.shape == .negated }
    }
}
