/// What an event does to a run that waits at a block.
enum Decision {
    case ignore
    case halt(HaltReason)
    /// The event is accepted into the group, and the run then waits at `place`.
    case accept(group: Int32, place: Int)
}

/// One event before one pattern, with what has been found out about it.
struct Offer {
    let event: Event
    /// By filter number, whether the event's topic passes.
    let matches: [Bool]
    let stamp: UInt64
}

extension CompiledPattern {
    /// What the event of the offer does to a run that waits at `place`, by the rules of pattern files (section "What a run
    /// does with an event", 2 to 8). The scope holds the run's history where something that decides reads it.
    func decide(_ offer: Offer, at place: Int, _ scope: Scope) -> Decision {
        switch all(preconditions, offer, scope) {
        case .noMatch: return .halt(.precondition)
        case .failed: return .ignore
        case .match: break
        }
        if any(haltconditions, offer, scope) == .match { return .halt(.haltcondition) }
        var index = place
        while index < steps.count {
            let step = steps[index]
            if any(step.unless, offer, scope) == .match { return .halt(.unless) }
            var group = step.group
            let outcome = any(step.predicates, offer, scope) { group = $0.group }
            switch (step.role, outcome) {
            case (.loop, .match): return .accept(group: group, place: place)
            case (.loop(.strict), .noMatch): return .halt(.strict)
            case (.loop(.strict), .failed): return .ignore
            case (.optional, .match), (.plain, .match), (.negated, .noMatch):
                return .accept(group: group, place: index + 1)
            case (.loop(.relaxed), _), (.optional, _): index += 1
            case (.plain(.strict), .noMatch): return .halt(.strict)
            case (.negated(.strict), .match): return .halt(.negated)
            case (.absent, .match): return .halt(.absent)
            case (.plain, _), (.negated, _), (.absent, _): return .ignore
            }
        }
        return .ignore
    }

    /// Whether the event starts a run: it matches the first block and none of its `unless`.
    /// - Returns: the group that it goes to, nil where it starts none.
    func start(_ offer: Offer, _ scope: Scope) -> Int32? {
        var group: Int32?
        guard any(steps[0].predicates, offer, scope, matched: { group = $0.group }) == .match,
            any(steps[0].unless, offer, scope) != .match
        else { return nil }
        return group
    }

    /// Joined as by `||`.
    private func any(
        _ predicates: [CompiledPredicate], _ offer: Offer, _ scope: Scope,
        matched: (CompiledPredicate) -> Void = { _ in }
    ) -> Outcome {
        var result = Outcome.noMatch
        for predicate in predicates {
            switch predicate.evaluate(scope, matches: offer.matches, stamp: offer.stamp) {
            case .match:
                matched(predicate)
                return .match
            case .failed: result = .failed
            case .noMatch: break
            }
        }
        return result
    }

    /// Joined as by `&&`.
    private func all(_ predicates: [CompiledPredicate], _ offer: Offer, _ scope: Scope) -> Outcome {
        var result = Outcome.match
        for predicate in predicates {
            switch predicate.evaluate(scope, matches: offer.matches, stamp: offer.stamp) {
            case .noMatch: return .noMatch
            case .failed: result = .failed
            case .match: break
            }
        }
        return result
    }
}
