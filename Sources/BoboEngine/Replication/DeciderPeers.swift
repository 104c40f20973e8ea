import CEL

/// Peers' changes, and the decisions that gateways make together.
extension Decider {
    /// Takes one change of a peer. What it completes is among the completions then; `catchUp` follows.
    /// - Parameter clock: the engine's, milliseconds since 1970.
    func apply(_ change: PeerChange, clock: Int64) -> AppliedChange {
        guard let replication = state.replication else { return .ignored }
        replication.isApplying = true
        defer { replication.isApplying = false }
        let applied =
            switch change {
            case .update(let copy): update(copy, clock: clock, replication)
            case .complete(let copy, let timestamp): complete(copy, timestamp, replication)
            case .halt(let run, _, _, _, let timestamp): end(run, .halted, timestamp, replication)
            case .completedEarlier(let run, _, _): end(run, .completed, nil, replication)
            case .rest(let copy): rest(copy, replication)
            }
        replication.counters.count(applied)
        return applied
    }

    /// Takes the end of a run, of which the peer knows no more than that.
    func apply(_ end: RunEnd) -> AppliedChange {
        guard let replication = state.replication else { return .ignored }
        replication.isApplying = true
        defer { replication.isApplying = false }
        let applied: AppliedChange
        if replication.number(of: end.run) != nil {
            applied = self.end(end.run, end.status, end.timestamp, replication)
        } else if let known = replication.remembered[end.run], known.status >= end.status {
            applied = .ignored
        } else {
            applied = .recorded
        }
        // The earlier time counts.
        replication.remembered.insert(
            end.run, end.status, ended: min(end.ended, replication.time), timestamp: end.timestamp ?? 0)
        replication.counters.count(applied)
        return applied
    }

    private func update(_ copy: RunCopy, clock: Int64, _ replication: Replication) -> AppliedChange {
        guard let matcher = replication.matcher(copy.phenomenon, copy.pattern) else { return .refused(.unknownPattern) }
        guard matcher.compiled.pattern.version == copy.version else { return .refused(.version) }
        if let known = replication.remembered[copy.identifier] {
            guard known.isSilent else { return .ignored }
            guard let first = copy.first, !matcher.isOver(first: first, clock: clock, replication) else {
                announce(copy, known, matcher, replication)
                return .ignored
            }
            // A clock that was wrong has halted it.
            replication.remembered.remove(copy.identifier)
        }
        let active = replication.number(of: copy.identifier)
        let isLater = active.map { isDated(later: copy, than: $0) } ?? false
        if let active, let rank = rank(of: active, replication), copy.rank <= rank,
            !(copy.rank == rank && isLater)
        {
            return .ignored
        }
        let last = matcher.compiled.steps.count - 1
        let first = matcher.compiled.firstPlace
        guard last >= first else { return .refused(.malformed) }
        if copy.base > 0 {
            guard let active, holds(active, copy.base, copy.baseHash, replication),
                matcher.extend(active, by: copy, blocks: first...last, replication, &state)
            else { return .refused(.malformed) }
            return .advanced
        }
        guard let checked = matcher.check(copy, blocks: first...last) else { return .refused(.malformed) }
        if isLater, let active { matcher.withdraw(active, nil, nil, replication, &state) }
        guard let active, !isLater else {
            matcher.adopt(copy, checked, replication, &state)
            matcher.haltAtRest(copy, checked, replication, &state)
            return .adopted
        }
        matcher.advance(active, to: copy, checked, replication, &state)
        return .advanced
    }

    /// Whether the copy's first event is by far later than the same event in the run: where two gateways read it, one by a
    /// date that is wrong, the later counts, at all of them.
    private func isDated(later copy: RunCopy, than run: Int32) -> Bool {
        guard let first = copy.first else { return false }
        return first > state.forest.runs[run].begin.addingClamped(RunCopy.disagreement)
    }

    /// A peer does not know that the clock has halted its run here: it came late, and may wait there for a decision.
    private func announce(
        _ copy: RunCopy, _ known: RememberedRuns.Entry, _ matcher: Matcher, _ replication: Replication
    ) {
        replication.remembered.announce(copy.identifier)
        let part = Change.RunPart(identifier: copy.identifier, base: copy.base + copy.history.count)
        state.effects.changes.append(
            matcher.change(.halted(.within), copy.key, block: copy.block, nil, known.timestamp, [part]))
    }

    private func complete(_ copy: RunCopy, _ timestamp: Int64, _ replication: Replication) -> AppliedChange {
        guard let matcher = replication.matcher(copy.phenomenon, copy.pattern) else { return .refused(.unknownPattern) }
        guard matcher.compiled.pattern.version == copy.version else { return .refused(.version) }
        if replication.remembered[copy.identifier]?.status == .completed { return .ignored }
        let count = matcher.compiled.steps.count
        guard copy.base == 0, let checked = matcher.check(copy, blocks: count...count) else {
            return .refused(.malformed)
        }
        if let run = replication.number(of: copy.identifier) {
            matcher.withdraw(run, .completed, timestamp, replication, &state)
        } else {
            replication.remember(copy.identifier, .completed, timestamp)
        }
        matcher.complete(copy, checked, timestamp, &state, scope)
        return .completed
    }

    private func rest(_ copy: RestCopy, _ replication: Replication) -> AppliedChange {
        guard let matcher = replication.matcher(copy.phenomenon, copy.pattern) else { return .refused(.unknownPattern) }
        guard matcher.compiled.pattern.version == copy.version else { return .refused(.version) }
        guard let (key, rest) = matcher.rest(of: copy, replication, &state) else { return .refused(.malformed) }
        scope.key = copy.key
        return matcher.merge(rest, key, replication, &state, scope) ? .recorded : .ignored
    }

    /// The end of a run without a complex event.
    private func end(
        _ run: RunIdentifier, _ status: RememberedRuns.Status, _ timestamp: Int64?, _ replication: Replication
    ) -> AppliedChange {
        if let known = replication.remembered[run], known.status >= status { return .ignored }
        guard let active = replication.number(of: run), let matcher = replication.facts(of: active)?.matcher else {
            replication.remember(run, status, timestamp ?? 0)
            return .recorded
        }
        matcher.withdraw(active, status, timestamp, replication, &state)
        return status == .halted ? .halted : .recorded
    }

    // MARK: Catch-up

    var hasCatchUp: Bool {
        guard let replication = state.replication else { return false }
        return !replication.behind.isEmpty || !replication.freed.isEmpty
    }

    /// Offers runs that came or advanced from peers what was read here of later events, and freed keys of singletons what
    /// was read since as first events.
    func catchUp(clock: Int64) {
        guard let replication = state.replication else { return }
        replication.isApplying = true
        defer { replication.isApplying = false }
        let behind = replication.behind
        replication.behind = []
        for run in behind { catchUp(run, clock: clock, replication) }
        let freed = replication.freed
        replication.freed = []
        for end in freed { begin(since: end, clock: clock, replication) }
    }

    private func catchUp(_ identifier: RunIdentifier, clock: Int64, _ replication: Replication) {
        guard let run = replication.number(of: identifier), let known = replication.facts(of: run)
        else { return }
        let matcher = known.matcher
        let from = known.arrival > known.last ? known.arrival : known.last.addingClamped(1)
        let key = matcher.keyStates[state.forest.runs[run].keyState].key
        let last = known.foreignLast
        if let last, replication.recent.holds(last, of: matcher, key) { replication.readForeignLast(of: run) }
        for kept in replication.recent.events(of: matcher, key, from: from, after: last) {
            guard replication.number(of: identifier) == run else { return }
            offer(kept, to: run, of: matcher, clock: clock, replication)
        }
    }

    private func offer(
        _ kept: RecentEvents.Kept, to run: Int32, of matcher: Matcher, clock: Int64, _ replication: Replication
    ) {
        withExtendedLifetime(kept) {
            let offer = Offer(event: kept.event, matches: kept.matches, stamp: state.nextStamp())
            scope.now = max(clock, kept.event.timestamp)
            scope.previous = kept.previous
            scope.recent = kept.recent
            if matcher.offerAlone(offer, to: run, replication, &state, scope) { replication.counters.caughtUp += 1 }
        }
    }

    private func begin(since end: Replication.Freed, clock: Int64, _ replication: Replication) {
        let matcher = end.matcher
        var begun: RunIdentifier?
        for kept in replication.recent.events(of: matcher, end.key, from: end.timestamp)
        where kept.event.timestamp > end.timestamp || kept.event.identifier == end.ending {
            if let run = begun.flatMap(replication.number(of:)) {
                offer(kept, to: run, of: matcher, clock: clock, replication)
            }
            withExtendedLifetime(kept) {
                let offer = Offer(event: kept.event, matches: kept.matches, stamp: state.nextStamp())
                scope.now = max(clock, kept.event.timestamp)
                scope.previous = kept.previous
                scope.recent = kept.recent
                let run = matcher.startAlone(offer, end.key, &state, scope)
                begun = run ?? begun
            }
        }
    }

    /// - Parameter clock: the engine's, milliseconds since 1970.
    func settleContests(clock: Int64) {
        guard let replication = state.replication, !replication.contests.isEmpty else { return }
        let due = replication.contests.filter { $0.due <= replication.time }
        replication.contests.removeAll { $0.due <= replication.time }
        for contest in due { contest.matcher.settleContest(contest.key, clock: clock, replication, &state) }
    }

    // MARK: Rests

    /// The keys that rest, and the rests that ended and are kept in mind.
    var rests: [RestCopy] {
        matchers.flatMap { matcher -> [RestCopy] in
            guard matcher.compiled.rest != nil, let rests = matcher.rests else { return [] }
            return rests.rests.values.compactMap(matcher.compiled.copy)
        }
    }

    /// The runs whose completion a key rests after.
    var restingRuns: Set<RunIdentifier> {
        var runs: Set<RunIdentifier> = []
        for rests in matchers.compactMap(\.rests) where rests.restingCount > 0 {
            for rest in rests.rests.values where !rest.isEnded { runs.insert(rest.run) }
        }
        return runs
    }

    // MARK: Absent

    /// The runs whose wait at an `absent` is over by the clock, with their deadlines.
    func pendingDecisions() -> [PendingDecision] {
        guard let replication = state.replication else { return [] }
        tidyPending(replication)
        var result: [Pending] = []
        for (node, wait) in replication.pending {
            for run in state.forest.runs(below: node) {
                guard let known = replication.facts(of: run) else { continue }
                let decision = PendingDecision(run: known.identifier, deadline: wait.deadline)
                result.append(
                    Pending(
                        decision: decision, begin: state.forest.runs[run].begin, matcher: known.matcher,
                        keyState: state.forest.runs[run].keyState))
            }
        }
        result.sort()
        // Where a run that completes halts the others of its key, the one whose wait is over first is decided first, wherever
        // that is.
        var seen: [ObjectIdentifier: Set<Int32>] = [:]
        return result.filter { pending in
            guard pending.matcher.compiled.isExclusive else { return true }
            return seen[ObjectIdentifier(pending.matcher), default: []].insert(pending.keyState).inserted
        }.map(\.decision)
    }

    private struct Pending: Comparable {
        let decision: PendingDecision
        let begin: Int64
        let matcher: Matcher
        let keyState: Int32

        static func < (left: Pending, right: Pending) -> Bool {
            (left.decision.deadline, left.begin, left.decision.run.value)
                < (right.decision.deadline, right.begin, right.decision.run.value)
        }

        static func == (left: Pending, right: Pending) -> Bool { left.decision == right.decision }
    }

    private func tidyPending(_ replication: Replication) {
        let over = replication.pending.filter { state.forest.timer(of: $0.key) != $0.value.number }
        for node in over.keys { replication.pending[node] = nil }
    }

    /// The wait is over: the run goes on. What it completes is among the completions then; `catchUp` follows.
    /// - Returns: false where the run is not waiting, or its deadline lies ahead.
    func decide(_ identifier: RunIdentifier, clock: Int64) -> Bool {
        guard let replication = state.replication, let run = replication.number(of: identifier),
            let matcher = replication.facts(of: run)?.matcher
        else { return false }
        let keyState = state.forest.runs[run].keyState
        let position = state.forest.position(of: run)
        let top = state.forest.top(of: run)
        let deadline = state.forest.deadline(of: top)
        guard matcher.waits(at: position), deadline <= clock,
            let root = matcher.keyStates[keyState].root(at: position)
        else { return false }
        replication.isApplying = true
        defer { replication.isApplying = false }
        let wait = replication.pending[top]
        let holds = wait?.number == state.forest.timer(of: top) ? wait?.holds : nil
        scope.now = deadline
        matcher.single(out: run, at: KeyState.Place(position: position, root: root), &state)
        matcher.waitIsOver(state.forest.runs[run].node, deadline: deadline, holds: holds, &state, scope)
        matcher.finish(deadline, &state, scope)
        if replication.number(of: identifier) == run {
            replication.behind.append(identifier)
        }
        return true
    }

    /// After a decision and its catch-up: a run that only the decision kept past its `within` halts, which the others, who
    /// keep it for the same reason, are told.
    func end(decided identifier: RunIdentifier) {
        guard let replication = state.replication, let run = replication.number(of: identifier),
            replication.undecided.contains(run), let matcher = replication.facts(of: run)?.matcher,
            !matcher.isUndecided(run, state.forest), let within = matcher.compiled.within
        else { return }
        let end = state.forest.runs[run].begin.addingClamped(within)
        replication.announce {
            matcher.endAlone(run, .within, end, &state)
        }
    }

    /// What need not be kept any longer.
    func forgetRecent() {
        guard let replication = state.replication else { return }
        tidyPending(replication)
        let undecided = replication.pending.values.map(\.deadline).min() ?? .max
        replication.recent.forget(
            readBefore: replication.time.addingClamped(-replication.catchUp), unlessFrom: undecided)
        for matcher in matchers {
            matcher.rests?.forget(changedBefore: replication.time.addingClamped(-replication.rememberAge))
        }
    }

    /// Takes all runs away, as if they had never been heard of.
    func dropRuns() {
        guard let replication = state.replication else { return }
        for identifier in runsByStart() {
            guard let run = replication.number(of: identifier), let matcher = replication.facts(of: run)?.matcher else {
                continue
            }
            matcher.withdraw(run, nil, nil, replication, &state)
        }
        for matcher in matchers { matcher.rests?.removeAll() }
        replication.behind = []
        replication.freed = []
        replication.contests = []
        replication.restChanges = []
    }
}

/// A run whose wait at an `absent` is over by this gateway's clock: one gateway decides that it goes on.
package struct PendingDecision: Hashable, Sendable {
    package let run: RunIdentifier
    /// Milliseconds since 1970.
    package let deadline: Int64
}
