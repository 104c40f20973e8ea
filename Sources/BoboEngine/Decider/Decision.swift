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
    // Safe: who makes the offer holds both till it has been answered. So no reference to them is counted on its way.
    unowned(unsafe) let event: Event
    /// nil where no predicate of the pattern has an `on`.
    unowned(unsafe) let matches: TopicMatches?
    let stamp: UInt64

    /// Whether the event's topic passes a filter, by its number.
    @inline(__always)
    func passes(_ filter: Int) -> Bool { matches?.list[filter] ?? true }
}

/// By filter number of a pattern, whether a topic passes.
// Safe: nothing of it changes.
final class TopicMatches: @unchecked Sendable {
    let list: FixedArray<Bool>

    /// nil where there are none.
    init?(_ list: [Bool]) {
        guard !list.isEmpty else { return nil }
        self.list = FixedArray(list)
    }
}

extension CompiledPattern {
    /// What the event of the offer does to a run that waits at `position`, by the rules of pattern files (section "What a
    /// run does with an event", 2 to 8). The scope holds the run's history where something that decides reads it.
    func decide(_ offer: Offer, at position: Position, _ scope: Scope) -> Decision {
        if let conditions {
            switch conditions.preconditions.every(offer, scope) {
            case .noMatch: return .halt(.precondition)
            case .failed: return .ignore
            case .match: break
            }
            if conditions.haltconditions.any(offer, scope) == .match { return .halt(.haltcondition) }
        }
        // Where the run waits; further on where the event has closed a loop.
        var stand = position
        var index = Int(position.block)
        while index < steps.count {
            if let seldom = steps[index].seldom {
                if seldom.unless.any(offer, scope) == .match { return .halt(.unless) }
                if let until = seldom.until, until.evaluate(scope, offer) == .match {
                    index += 1
                    stand = Position(index)
                    continue
                }
            }
            if case .allOf = steps[index].role {
                return decide(offer, allOf: index, from: stand, position, scope)
            }
            var group = steps[index].group
            let outcome = steps[index].predicates.any(offer, scope, group: &group)
            switch (steps[index].role, outcome) {
            case (.loop, .match): return .accept(group: group, to: stand)
            case (.loop(.strict), .noMatch): return .halt(.strict)
            case (.optional, .match), (.plain, .match), (.negated, .noMatch):
                return .accept(group: group, to: Position(index + 1))
            case (.loop(.relaxed), _), (.optional, _): index += 1
            case (.plain(.strict), .noMatch): return .halt(.strict)
            case (.negated(.strict), .match): return .halt(.negated)
            case (.absent, .match):
                return steps[index].restarts ? .accept(group: group, to: Position(index)) : .halt(.absent)
            case (.loop(.strict), .failed), (.plain, _), (.negated, _), (.absent, _), (.allOf, _):
                return stand == position ? .ignore : .move(to: stand)
            }
        }
        return stand == position ? .ignore : .move(to: stand)
    }

    /// Whether it is the block's own predicates alone that decide what the event does to the runs that wait there.
    func leavesDecision(to block: Int, _ offer: Offer, _ scope: Scope) -> Bool {
        if let conditions {
            guard conditions.preconditions.every(offer, scope) == .match,
                conditions.haltconditions.any(offer, scope) != .match
            else { return false }
        }
        return steps[block].seldom?.unless.any(offer, scope) != .match
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
        guard let number = steps[index].predicates.first(notIn: satisfied, offer, scope) else { return nil }
        let all = satisfied | 1 << UInt64(number)
        let isDone = all.nonzeroBitCount == steps[index].predicates.count
        return (
            steps[index].predicates[number].group, isDone ? Position(index + 1) : Position(index, satisfied: all)
        )
    }

    /// Whether the event starts a run: it matches the first block and none of its `unless`.
    /// - Returns: the group that it goes to, and where the run then waits; nil where it starts none.
    func start(_ offer: Offer, _ scope: Scope) -> (group: Int32, position: Position)? {
        if case .allOf = steps[0].role {
            guard let start = satisfy(0, 0, offer, scope), steps[0].seldom?.unless.any(offer, scope) != .match else {
                return nil
            }
            return start
        }
        var group = Accepted.noGroup
        guard steps[0].predicates.any(offer, scope, group: &group) == .match,
            steps[0].seldom?.unless.any(offer, scope) != .match
        else { return nil }
        return (group, Position(1))
    }
}
