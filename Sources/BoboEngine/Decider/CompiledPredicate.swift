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
    /// All that the expression asks, where these are but fields of the event.
    let tests: UnsafeBufferPointer<EventTest>
    private let pool: EventTestPool
    @exclusivity(unchecked) private var stamp: UInt64 = 0
    @exclusivity(unchecked) private var outcome = Outcome.noMatch
    /// Whether it has failed on all events so far, and those are too few for a warning.
    @exclusivity(unchecked) private(set) var isOnTrial = true
    let readsHistory: Bool
    /// The group that an event goes to which it matches: the predicate's own, or the block's.
    let group: Int32
    /// Its number among the pattern's predicates that have an `on`; nil where it has none.
    let filterNumber: Int?

    private(set) var failures = 0
    private var trial: [Event] = []
    let source: Predicate

    init(_ predicate: Predicate, filterNumber: Int?, group: Int32, _ pool: EventTestPool) {
        source = predicate
        program = predicate.expression
        readsHistory = predicate.expression?.readsHistory ?? false
        self.pool = pool
        tests = pool.tests(of: predicate.expression)
        self.filterNumber = filterNumber
        self.group = group
    }

    func evaluate(_ scope: Scope, _ offer: Offer) -> Outcome {
        let outcome = judge(scope, offer)
        if scope.witness != nil { scope.witness?.hear(self, outcome, offer) }
        return outcome
    }

    @inline(__always)
    private func judge(_ scope: Scope, _ offer: Offer) -> Outcome {
        if let filterNumber, !offer.passes(filterNumber) { return .noMatch }
        guard program != nil else { return .match }
        if readsHistory { return evaluate(scope, of: offer.event) }
        if stamp != offer.stamp {
            stamp = offer.stamp
            outcome = test(offer.event) ?? evaluate(scope, of: offer.event)
        }
        return outcome
    }

    /// Asked where there is no event under check.
    func holds(_ scope: Scope) -> Bool {
        program == nil || evaluate(scope) == .match
    }

    /// nil: the expression is to be asked.
    @inline(__always)
    private func test(_ event: Event) -> Outcome? {
        guard !tests.isEmpty else { return nil }
        let outcome = tests.ask(event.content)
        if outcome != nil, isOnTrial { acquit() }
        return outcome
    }

    private func evaluate(_ scope: Scope, of event: Event) -> Outcome {
        scope.look(at: event)
        return evaluate(scope)
    }

    private func evaluate(_ scope: Scope) -> Outcome {
        guard let program else { return .match }
        do {
            let outcome: Outcome = try program.holds(scope) ? .match : .noMatch
            if isOnTrial { acquit() }
            return outcome
        } catch {
            failures += 1
            if isOnTrial { scope.passedOver?.tell() }
            if isOnTrial { note(error, program, scope) }
            return .failed
        }
    }

    /// It has failed on an event, whichever run it was asked for.
    func countFailure() { failures += 1 }

    /// There is an event that it does not fail on.
    func acquit() {
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
