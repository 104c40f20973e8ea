package import BoboEngine

/// How far a run is at one gateway, as far as it decides between copies.
package enum RunStanding: Hashable, Sendable {
    case unknown
    case active(RunRank)
    case halted
    case completed
}

extension RunStanding {
    /// Of two copies of a run the greater stands: completed above halted, halted above active, active above unknown; of two
    /// active ones that of the farther block, then of the longer history, then of the greater hash. The maximum of an order,
    /// so that merging is commutative, associative and idempotent.
    package static func merge(_ one: RunStanding, _ other: RunStanding) -> RunStanding { max(one, other) }
}

extension RunStanding: Comparable {
    package static func < (left: RunStanding, right: RunStanding) -> Bool {
        if case .active(let one) = left, case .active(let other) = right { return one < other }
        return left.level < right.level
    }

    private var level: Int {
        switch self {
        case .unknown: 0
        case .active: 1
        case .halted: 2
        case .completed: 3
        }
    }
}
