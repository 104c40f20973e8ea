import CEL

/// Rests where runs are shared.
extension Matcher {
    /// A peer's rest, read for this pattern; nil where no key of it can rest like that.
    func rest(
        of copy: RestCopy, _ replication: Replication, _ state: inout RunState
    ) -> (key: KeyValue, rest: KeyRest)? {
        guard let wanted = compiled.rest, let key = key(copy.key), copy.ended ?? .max >= copy.timestamp else {
            return nil
        }
        var history: RunHistory?
        if wanted.until != nil, copy.ended == nil {
            guard let given = compiled.history(of: copy.history),
                copy.run == compiled.identifier(key: copy.key, first: given.first.event)
            else { return nil }
            history = given
        }
        let end = wanted.milliseconds.map { copy.timestamp.addingClamped($0) } ?? .max
        return (
            key,
            KeyRest(
                run: copy.run, key: copy.key, begin: copy.timestamp, end: min(copy.ended ?? .max, end),
                isEnded: copy.ended != nil, isEndedByEvent: copy.ended != nil, history: history,
                completedBy: history?.last.timestamp == copy.timestamp ? history?.last.identifier : nil,
                number: state.nextStart(), changed: replication.time)
        )
    }

    /// Takes a rest, where it counts for more than the one that is known of the key: it halts the key's runs whose first
    /// event is earlier than its end, wherever they began.
    func merge(
        _ new: KeyRest, _ key: KeyValue, _ replication: Replication, _ state: inout RunState, _ scope: Scope
    ) -> Bool {
        guard let rests else { return false }
        if let known = rests[key], !known.isSuperseded(by: new) { return false }
        rests.set(new, for: key)
        let (rest, ending) = endWithRecent(new, key, replication, &state, scope)
        armRest(&state)
        if let keyState = number(of: key) {
            for run in runs(of: keyState, state.forest)
            where state.forest.runs[run].begin < rest.end && replication.facts(of: run)?.identifier != rest.run {
                let place = end(run, .rest, rest.begin, &state)
                removeIfEmpty(place, keyState, &state)
            }
            dropIfIdle(keyState)
        }
        if replication.isApplying, rest.end != .max {
            // An event at the end of the time finds the key free; one as old as the event that ended it may come before that.
            let isOverByTime = rest.end == compiled.rest?.milliseconds.map { rest.begin.addingClamped($0) }
            let end = isOverByTime ? rest.end - 1 : rest.end
            replication.freed.append(Replication.Freed(matcher: self, key: key, timestamp: end, ending: ending))
        }
        return true
    }

    /// Events that were read here before the rest was heard of may have ended it.
    private func endWithRecent(
        _ new: KeyRest, _ key: KeyValue, _ replication: Replication, _ state: inout RunState, _ scope: Scope
    ) -> (rest: KeyRest, ending: EventIdentifier?) {
        guard replication.isApplying, !new.isEnded, compiled.rest?.until != nil else { return (new, nil) }
        let event = scope.event
        defer { scope.event = event }
        scope.key = new.key
        prepare(scope)
        for kept in replication.recent.events(of: self, key, from: new.begin.addingClamped(1))
        where kept.event.timestamp < new.end {
            scope.previous = kept.previous
            scope.recent = kept.recent
            let isEnd = withExtendedLifetime(kept) {
                ends(new, Offer(event: kept.event, matches: kept.matches, stamp: state.nextStamp()), scope)
            }
            guard isEnd else { continue }
            var rest = new
            rest.end = kept.event.timestamp
            rest.isEnded = true
            rest.isEndedByEvent = true
            rests?.set(rest, for: key)
            replication.tell(rest, of: compiled)
            return (rest, kept.event.identifier)
        }
        return (new, nil)
    }

    /// A run that has come from a peer halts where a rest that is known here says so.
    func haltAtRest(
        _ copy: RunCopy, _ checked: Checked, _ replication: Replication, _ state: inout RunState
    ) {
        guard let rest = rests?[checked.key], rest.run != copy.identifier,
            let run = replication.number(of: copy.identifier), rest.bars(checked.first.event)
        else { return }
        endAlone(run, exclusion, rest.begin, &state)
    }

    /// Notes that a wait is over by the clock; whoever is to decide says that the runs go on.
    func note(
        pending node: Int32, _ number: UInt64, deadline: Int64, _ replication: Replication, _ state: inout RunState,
        _ scope: Scope
    ) {
        let root = state.forest.nodes[node].parent
        let (keyState, position) = (state.forest.nodes[root].keyState, state.forest.nodes[root].position)
        var holds: Bool?
        // Asked at the deadline, since what it reads goes on.
        if let onlyIf = compiled.steps[Int(position.block)].seldom?.onlyIf {
            if splits(node, KeyState.Place(position: position, root: root), onlyIf, &state) { return }
            holds = self.holds(onlyIf, node, keyState, state.forest, scope)
        }
        replication.pending[node] = Replication.Wait(number: number, deadline: deadline, holds: holds)
    }
}
