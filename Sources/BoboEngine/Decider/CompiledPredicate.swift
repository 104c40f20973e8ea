import BoboTopics
import CEL

/// How a condition turned out: an expression that fails is neither a match nor a proof of the contrary.
enum Outcome {
    case match, noMatch, failed
}

/// A predicate as it is evaluated: what reads the event alone once an event.
final class CompiledPredicate {
    let on: [TopicFilter]
    let program: Program?
    let place: String
    let readsHistory: Bool
    /// Its number among the pattern's predicates that have an `on`; nil where it has none.
    let filterNumber: Int?
    /// The group that an event goes to which it matches: the predicate's own, or the block's.
    let group: Int32

    private(set) var failures = 0
    private var stamp: UInt64 = 0
    private var outcome = Outcome.noMatch

    init(_ predicate: Predicate, filterNumber: Int?, group: Int32) {
        on = predicate.on
        program = predicate.expression
        place = predicate.place
        readsHistory = predicate.expression?.readsHistory ?? false
        self.filterNumber = filterNumber
        self.group = group
    }

    /// - Parameters:
    ///   - matches: by filter number, whether the event's topic passes the predicate's `on`.
    ///   - stamp: differs from one event to the next.
    func evaluate(_ scope: Scope, matches: [Bool], stamp: UInt64) -> Outcome {
        if let filterNumber, !matches[filterNumber] { return .noMatch }
        guard let program else { return .match }
        if readsHistory { return evaluate(program, scope) }
        if self.stamp != stamp {
            self.stamp = stamp
            outcome = evaluate(program, scope)
        }
        return outcome
    }

    private func evaluate(_ program: Program, _ scope: Scope) -> Outcome {
        do {
            return try program.holds(scope) ? .match : .noMatch
        } catch {
            failures += 1
            return .failed
        }
    }
}
