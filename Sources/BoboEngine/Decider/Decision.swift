import CEL

/// What an event does to a run that waits at a block.
enum Decision {
    case ignore
    case halt(HaltReason)
    /// The event is accepted into the group, and the run then waits there.
    case accept(group: Int32, to: Position)
    /// The run goes on without the event, which has closed a loop.
    case move(to: Position)
}

/// One event before one pattern, with what has been found out about it.
struct Offer {
    let event: Event
    /// By filter number, whether the event's topic passes.
    let matches: [Bool]
    let stamp: UInt64
    /// The key, where it follows from the topic alone.
    var topicKey: (key: KeyValue, value: Value)?
}

extension CompiledPattern {
    /// What the event of the offer does to a run that waits at `position`, by the rules of pattern files (section "What a
    /// run does with an event", 2 to 8). The scope holds the run's history where something that decides reads it.
    func decide(_ offer: Offer, at position: Position, _ scope: Scope) -> Decision {
        switch all(preconditions, offer, scope) {
        case .noMatch: return .halt(.precondition)
        case .failed: return .ignore
        case .match: break
        }
        if any(haltconditions, offer, scope) == .match { return .halt(.haltcondition) }
        // Where the run waits; further on where the event has closed a loop.
        var stand = position
        var index = Int(position.block)
        while index < steps.count {
            let step = steps[index]
            if any(step.unless, offer, scope) == .match { return .halt(.unless) }
            if let until = step.seldom?.until,
                until.evaluate(scope, offer) == .match
            {
                index += 1
                stand = Position(index)
                continue
            }
            if case .allOf = step.role {
                return decide(offer, allOf: index, from: stand, position, scope)
            }
            var group = step.group
            let outcome = any(step.predicates, offer, scope) { group = $0.group }
            switch (step.role, outcome) {
            case (.loop, .match): return .accept(group: group, to: stand)
            case (.loop(.strict), .noMatch): return .halt(.strict)
            case (.optional, .match), (.plain, .match), (.negated, .noMatch):
                return .accept(group: group, to: Position(index + 1))
            case (.loop(.relaxed), _), (.optional, _): index += 1
            case (.plain(.strict), .noMatch): return .halt(.strict)
            case (.negated(.strict), .match): return .halt(.negated)
            case (.absent, .match):
                return step.restarts ? .accept(group: group, to: Position(index)) : .halt(.absent)
            case (.loop(.strict), .failed), (.plain, _), (.negated, _), (.absent, _), (.allOf, _):
                return stand == position ? .ignore : .move(to: stand)
            }
        }
        return stand == position ? .ignore : .move(to: stand)
    }

    /// Whether it is the block's own predicates alone that decide what the event does to the runs that wait there.
    func leavesDecision(to step: Step, _ offer: Offer, _ scope: Scope) -> Bool {
        all(preconditions, offer, scope) == .match && any(haltconditions, offer, scope) != .match
            && any(step.unless, offer, scope) != .match
    }

    private func decide(
        _ offer: Offer, allOf index: Int, from stand: Position, _ position: Position, _ scope: Scope
    ) -> Decision {
        let satisfied = index == Int(stand.block) ? stand.satisfied : 0
        guard let (group, target) = satisfy(index, satisfied, offer, scope) else {
            return stand == position ? .ignore : .move(to: stand)
        }
        return .accept(group: group, to: target)
    }

    /// An event counts for the first predicate of an `all_of` that is not yet satisfied and that it matches.
    private func satisfy(
        _ index: Int, _ satisfied: UInt64, _ offer: Offer, _ scope: Scope
    ) -> (group: Int32, Position)? {
        let predicates = steps[index].predicates
        for (number, predicate) in predicates.enumerated() where satisfied & (1 << UInt64(number)) == 0 {
            guard predicate.evaluate(scope, offer) == .match else { continue }
            let all = satisfied | 1 << UInt64(number)
            let isDone = all.nonzeroBitCount == predicates.count
            return (predicate.group, isDone ? Position(index + 1) : Position(index, satisfied: all))
        }
        return nil
    }

    /// Whether the event starts a run: it matches the first block and none of its `unless`.
    /// - Returns: the group that it goes to, and where the run then waits; nil where it starts none.
    func start(_ offer: Offer, _ scope: Scope) -> (group: Int32, position: Position)? {
        if case .allOf = steps[0].role {
            guard let start = satisfy(0, 0, offer, scope), any(steps[0].unless, offer, scope) != .match else {
                return nil
            }
            return start
        }
        var group: Int32?
        guard any(steps[0].predicates, offer, scope, matched: { group = $0.group }) == .match, let group,
            any(steps[0].unless, offer, scope) != .match
        else { return nil }
        return (group, Position(1))
    }

    /// Joined as by `||`.
    private func any(
        _ predicates: [CompiledPredicate], _ offer: Offer, _ scope: Scope,
        matched: (CompiledPredicate) -> Void = { _ in }
    ) -> Outcome {
        var result = Outcome.noMatch
        for predicate in predicates {
            switch predicate.evaluate(scope, offer) {
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
            switch predicate.evaluate(scope, offer) {
            case .noMatch: return .noMatch
            case .failed: result = .failed
            case .match: break
            }
        }
        return result
    }
}
