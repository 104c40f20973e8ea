import CEL

/// Peers' changes, and the decisions that gateways make together.
extension Decider {
    /// Takes one change of a peer. What it completes is among the completions then; `catchUp` follows.
    func apply(_ change: PeerChange) -> AppliedChange {
        guard let replication = state.replication else { return .ignored }
        replication.isApplying = true
        defer { replication.isApplying = false }
        let applied =
            switch change {
            case .update(let copy): update(copy, replication)
            case .complete(let copy, let timestamp): complete(copy, timestamp, replication)
            case .halt(let run, _, _, _, let timestamp): end(run, .halted, timestamp, replication)
            case .completedEarlier(let run, _, _): end(run, .completed, nil, replication)
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

    private func update(_ copy: RunCopy, _ replication: Replication) -> AppliedChange {
        guard let matcher = replication.matcher(copy.phenomenon, copy.pattern) else { return .refused(.unknownPattern) }
        guard matcher.compiled.pattern.version == copy.version else { return .refused(.version) }
        if let known = replication.remembered[copy.identifier] {
            if known.isSilent { announce(copy, known, matcher, replication) }
            return .ignored
        }
        let active = replication.number(of: copy.identifier)
        if let active, let rank = rank(of: active, replication), copy.rank <= rank { return .ignored }
        let last = matcher.compiled.steps.count - 1
        guard last >= 1 else { return .refused(.malformed) }
        if copy.base > 0 {
            guard let active, holds(active, copy.base, copy.baseHash, replication),
                matcher.extend(active, by: copy, blocks: 1...last, replication, &state)
            else { return .refused(.malformed) }
            return .advanced
        }
        guard let checked = matcher.check(copy, blocks: 1...last) else { return .refused(.malformed) }
        guard let active else {
            matcher.adopt(copy, checked, replication, &state)
            return .adopted
        }
        matcher.advance(active, to: copy, checked, replication, &state)
        return .advanced
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
        matcher.complete(copy, checked, timestamp, &state)
        return .completed
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
        guard let run = replication.number(of: identifier), let matcher = replication.facts(of: run)?.matcher,
            let last = state.forest.history(of: run)?.last
        else { return }
        let arrival = matcher.compiled.arrival(at: state.forest.block(of: run), last: last)
        let from = arrival > last.timestamp ? arrival : last.timestamp.addingClamped(1)
        let key = matcher.keyStates[state.forest.runs[run].keyState].key
        for kept in replication.recent.events(of: matcher, key, from: from) {
            guard replication.number(of: identifier) == run else { return }
            offer(kept, to: run, of: matcher, clock: clock, replication)
        }
    }

    private func offer(
        _ kept: RecentEvents.Kept, to run: Int32, of matcher: Matcher, clock: Int64, _ replication: Replication
    ) {
        let offer = Offer(event: kept.event, matches: kept.matches, stamp: nextStamp())
        scope.now = max(clock, kept.event.timestamp)
        if matcher.offerAlone(offer, to: run, replication, &state, scope) { replication.counters.caughtUp += 1 }
    }

    private func begin(since end: Replication.Freed, clock: Int64, _ replication: Replication) {
        let matcher = end.matcher
        var begun: RunIdentifier?
        for kept in replication.recent.events(of: matcher, end.key, from: end.timestamp.addingClamped(1)) {
            if let run = begun.flatMap(replication.number(of:)) {
                offer(kept, to: run, of: matcher, clock: clock, replication)
            }
            let offer = Offer(event: kept.event, matches: kept.matches, stamp: nextStamp())
            scope.now = max(clock, kept.event.timestamp)
            let run = matcher.startAlone(offer, end.key, &state, scope)
            begun = run ?? begun
        }
    }

    /// - Parameter clock: the engine's, milliseconds since 1970.
    func settleContests(clock: Int64) {
        guard let replication = state.replication, !replication.contests.isEmpty else { return }
        let due = replication.contests.filter { $0.due <= replication.time }
        replication.contests.removeAll { $0.due <= replication.time }
        for contest in due { contest.matcher.settleContest(contest.key, clock: clock, replication, &state) }
    }

    // MARK: Absent

    /// The runs whose wait at an `absent` is over by the clock, with their deadlines.
    func pendingDecisions() -> [PendingDecision] {
        guard let replication = state.replication else { return [] }
        tidyPending(replication)
        var result: [PendingDecision] = []
        for (node, wait) in replication.pending {
            for run in state.forest.runs(below: node) {
                guard let identifier = replication.facts(of: run)?.identifier else { continue }
                result.append(PendingDecision(run: identifier, deadline: wait.deadline))
            }
        }
        return result.sorted { ($0.deadline, $0.run.value) < ($1.deadline, $1.run.value) }
    }

    private func tidyPending(_ replication: Replication) {
        let over = replication.pending.filter { state.forest.nodes[$0.key].timer != $0.value.number }
        for node in over.keys { replication.pending[node] = nil }
    }

    /// The wait is over: the run goes on. What it completes is among the completions then; `catchUp` follows.
    /// - Returns: false where the run is not waiting, or its deadline lies ahead.
    func decide(_ identifier: RunIdentifier, clock: Int64) -> Bool {
        guard let replication = state.replication, let run = replication.number(of: identifier),
            let matcher = replication.facts(of: run)?.matcher
        else { return false }
        let keyState = state.forest.runs[run].keyState
        let block = state.forest.block(of: run)
        let deadline = state.forest.nodes[state.forest.top(of: run)].deadline
        guard case .absent = matcher.compiled.steps[block].role, deadline <= clock,
            let root = matcher.keyStates[keyState].root(at: Int32(block))
        else { return false }
        replication.isApplying = true
        defer { replication.isApplying = false }
        matcher.single(out: run, at: KeyState.Place(block: Int32(block), root: root), &state)
        matcher.waitIsOver(state.forest.runs[run].node, deadline: deadline, &state)
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
            !matcher.isUndecided(run, state.forest), let within = matcher.compiled.pattern.within,
            let first = state.forest.runs[run].first
        else { return }
        replication.announce {
            matcher.endAlone(run, .within, first.event.timestamp.addingClamped(within), &state)
        }
    }

    /// What need not be kept any longer.
    func forgetRecent() {
        guard let replication = state.replication else { return }
        tidyPending(replication)
        let undecided = replication.pending.values.map(\.deadline).min() ?? .max
        replication.recent.forget(
            readBefore: replication.time.addingClamped(-replication.catchUp), unlessFrom: undecided)
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
        replication.behind = []
        replication.freed = []
        replication.contests = []
    }

    // MARK: Looking

    func rank(of run: Int32, _ replication: Replication) -> RunRank? {
        guard let known = replication.facts(of: run) else { return nil }
        return RunRank(block: state.forest.block(of: run), length: known.length, hash: known.hash)
    }

    func events(of identifier: RunIdentifier, from base: Int) -> [HistoryEntry]? {
        guard let replication = state.replication, let run = replication.number(of: identifier),
            let known = replication.facts(of: run), base >= 0, base <= known.length
        else { return nil }
        var entries: [HistoryEntry] = []
        state.forest.forEachAccepted(of: run, from: base) {
            entries.append(HistoryEntry(event: $0.event, group: known.matcher.compiled.name(ofGroup: $0.group)))
        }
        return entries
    }

    /// Whether the run's history begins with so many events of that hash.
    func holds(_ run: Int32, _ length: Int, _ hash: Hash128, _ replication: Replication) -> Bool {
        guard let known = replication.facts(of: run), length >= 1, length <= known.length else { return false }
        if length == known.length { return hash == known.hash }
        var hash = hash
        state.forest.forEachAccepted(of: run, from: length) { hash.combine($0.event) }
        return hash == known.hash
    }

    /// The run without its first events, where these are as many and of that hash; else the whole.
    func copy(of identifier: RunIdentifier, after length: Int, _ hash: Hash128) -> RunCopy? {
        guard let replication = state.replication, let run = replication.number(of: identifier),
            let matcher = replication.facts(of: run)?.matcher, holds(run, length, hash, replication)
        else { return copy(of: identifier) }
        var history: [HistoryEntry] = []
        state.forest.forEachAccepted(of: run, from: length) {
            history.append(HistoryEntry(event: $0.event, group: matcher.compiled.name(ofGroup: $0.group)))
        }
        let pattern = matcher.compiled.pattern
        return RunCopy(
            identifier: identifier, phenomenon: matcher.compiled.phenomenon.name, pattern: pattern.name,
            version: pattern.version, key: matcher.keyStates[state.forest.runs[run].keyState].value,
            block: state.forest.block(of: run), base: length, baseHash: hash, history: history)
    }

    func copy(of identifier: RunIdentifier) -> RunCopy? {
        guard let replication = state.replication, let run = replication.number(of: identifier),
            let matcher = replication.facts(of: run)?.matcher, let history = state.forest.history(of: run)
        else { return nil }
        let key = matcher.keyStates[state.forest.runs[run].keyState].value
        return matcher.compiled.copy(
            of: history, identifier: identifier, key: key, block: state.forest.block(of: run))
    }
}

/// A run whose wait at an `absent` is over by this gateway's clock: one gateway decides that it goes on.
package struct PendingDecision: Hashable, Sendable {
    package let run: RunIdentifier
    /// Milliseconds since 1970.
    package let deadline: Int64
}
