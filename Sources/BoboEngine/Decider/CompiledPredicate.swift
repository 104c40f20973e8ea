import BoboTopics
import CEL

/// How a condition turned out: an expression that fails is neither a match nor a proof of the contrary.
enum Outcome {
    case match, noMatch, failed
}

/// A predicate as it is evaluated: what reads the event alone once an event.
final class CompiledPredicate {
    // What each event asks for stands first, together: with thousands of patterns each line of the processor's cache counts.
    private let program: Program?
    private var stamp: UInt64 = 0
    private var outcome = Outcome.noMatch
    /// Whether it has failed on all events so far, and those are too few for a warning.
    private var isOnTrial = true
    let readsHistory: Bool
    /// The group that an event goes to which it matches: the predicate's own, or the block's.
    let group: Int32
    /// Its number among the pattern's predicates that have an `on`; nil where it has none.
    let filterNumber: Int?

    private(set) var failures = 0
    private var trial: [Event] = []
    let source: Predicate

    init(_ predicate: Predicate, filterNumber: Int?, group: Int32) {
        source = predicate
        program = predicate.expression
        readsHistory = predicate.expression?.readsHistory ?? false
        self.filterNumber = filterNumber
        self.group = group
    }

    /// - Parameters:
    ///   - matches: by filter number, whether the event's topic passes the predicate's `on`.
    ///   - stamp: differs from one event to the next.
    func evaluate(_ scope: Scope, matches: [Bool], stamp: UInt64) -> Outcome {
        let outcome = judge(scope, matches: matches, stamp: stamp)
        if scope.witness != nil { scope.witness?.hear(self, outcome, matches: matches) }
        return outcome
    }

    @inline(__always)
    private func judge(_ scope: Scope, matches: [Bool], stamp: UInt64) -> Outcome {
        if let filterNumber, !matches[filterNumber] { return .noMatch }
        guard let program else { return .match }
        if readsHistory { return evaluate(program, scope) }
        if self.stamp != stamp {
            self.stamp = stamp
            outcome = evaluate(program, scope)
        }
        return outcome
    }

    /// Asked where there is no event under check.
    func holds(_ scope: Scope) -> Bool {
        guard let program else { return true }
        return evaluate(program, scope) == .match
    }

    private func evaluate(_ program: Program, _ scope: Scope) -> Outcome {
        do {
            let outcome: Outcome = try program.holds(scope) ? .match : .noMatch
            if isOnTrial { acquit() }
            return outcome
        } catch {
            failures += 1
            if isOnTrial { note(error, program, scope) }
            return .failed
        }
    }

    private func acquit() {
        isOnTrial = false
        trial = []
    }

    /// Several runs may ask of one event.
    private func note(_ failure: EvaluationFailure, _ program: Program, _ scope: Scope) {
        guard let event = scope.event, trial.last !== event else { return }
        // Of each key the first event has none before it.
        if scope.previous == nil, program.readsPrevious { return }
        trial.append(event)
        guard trial.count == PredicateWarning.eventCount else { return }
        scope.warnings.append(PredicateWarning(source, program, failure, trial))
        acquit()
    }
}
