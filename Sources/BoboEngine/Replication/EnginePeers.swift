/// An engine that shares its runs with those of other gateways: `EngineOptions.replicates`.
///
/// Whoever owns it sends what `takeChanges()` gives (but those that are local) to the peers, and applies what comes from
/// them. Peers' changes make no changes of their own; what follows of them here (catch-up) does.
extension Engine {
    // MARK: In

    /// Tells the time, milliseconds of a clock that is never set back: the age of remembered runs, for how long events are
    /// kept for catch-up, and how long the runs of a singleton stand side by side are measured by it.
    package func tick(monotonic time: Int64) {
        guard let replication = decider.state.replication else { return }
        replication.pass(to: time)
        decider.settleContests(clock: clock.now)
        decider.forgetRecent()
        settle()
    }

    /// The same, but nothing is done yet: so that what comes next comes at the right time.
    package func pass(monotonic time: Int64) { decider.state.replication?.pass(to: time) }

    /// Takes changes of a peer, in their order.
    /// - Returns: what each has come to.
    @discardableResult
    package func apply(_ changes: [PeerChange]) -> [AppliedChange] {
        let applied = changes.map { change in
            scope.now = max(clock.now, change.timestamp ?? .min)
            let applied = decider.apply(change, clock: clock.now)
            settle()
            return applied
        }
        fire(until: clock.now)
        return applied
    }

    /// Takes the ends of runs of which a peer knows no more than that.
    @discardableResult
    package func remember(_ ends: [RunEnd]) -> [AppliedChange] {
        scope.now = clock.now
        return ends.map { end in
            let applied = decider.apply(end)
            if decider.hasCatchUp { settle() }
            return applied
        }
    }

    /// Decides that a run's wait at an `absent` is over: it goes on, which is a change that is sent.
    /// - Returns: false where the run does not wait, or its deadline lies after `now`.
    @discardableResult
    package func decide(_ run: RunIdentifier) -> Bool {
        scope.now = clock.now
        guard decider.decide(run, clock: clock.now) else { return false }
        settle()
        decider.end(decided: run)
        fire(until: clock.now)
        return true
    }

    /// Takes all active runs away without a trace: of a gateway that was away for so long that they may have ended since.
    package func dropRuns() { decider.dropRuns() }

    /// Lets the ends of runs go that are older than a time of `tick`'s clock.
    /// - Parameter isNeeded: those for which it holds stay.
    ///     Those whose completion a key still rests after stay, too.
    package func forgetRemembered(endedBefore time: Int64, unless isNeeded: (RunIdentifier) -> Bool = { _ in false }) {
        let resting = decider.restingRuns
        decider.state.replication?.remembered.forget(endedBefore: time) { isNeeded($0) || resting.contains($0) }
    }

    /// What the runs that have just changed lead to.
    private func settle() {
        produce()
        drainFeedback()
        while decider.hasCatchUp {
            decider.catchUp(clock: clock.now)
            produce()
            drainFeedback()
        }
    }

    // MARK: Out

    /// The active runs in the order of their start here.
    package var activeRuns: [RunIdentifier] { decider.runsByStart() }

    /// How far an active run is, in constant time but for the events that it accepted together with others.
    package func rank(of run: RunIdentifier) -> RunRank? {
        guard let replication = decider.state.replication, let number = replication.number(of: run) else { return nil }
        return decider.rank(of: number, replication)
    }

    /// The whole of an active run.
    package func copy(of run: RunIdentifier) -> RunCopy? { decider.copy(of: run) }

    /// An active run without its first events, where these are `length` and their identifiers have that hash; else the whole.
    /// Of a run that goes its way alone this costs what it gives, however long the history is.
    package func copy(of run: RunIdentifier, after length: Int, _ hash: Hash128) -> RunCopy? {
        decider.copy(of: run, after: length, hash)
    }

    /// Whether an active run's history begins with so many events of that hash.
    package func holds(_ run: RunIdentifier, _ length: Int, _ hash: Hash128) -> Bool {
        guard let replication = decider.state.replication, let number = replication.number(of: run) else {
            return false
        }
        return decider.holds(number, length, hash, replication)
    }

    /// The `ts` of an active run's first event.
    package func begin(of run: RunIdentifier) -> Int64? {
        decider.state.replication?.number(of: run).map { decider.state.forest.runs[$0].begin }
    }

    /// Whether the clock halts a run of that pattern that began then.
    package func isOver(first: Int64, phenomenon: String, pattern: String) -> Bool {
        guard let replication = decider.state.replication, let matcher = replication.matcher(phenomenon, pattern) else {
            return true
        }
        return matcher.isOver(first: first, clock: clock.now, replication)
    }

    package var activeRunCount: Int { decider.state.replication?.identifiers.count ?? 0 }

    /// The events of an active run's history behind the first `base`; nil where it has fewer, or the run is not active. Of a
    /// run that goes its way alone this costs what it gives, however long the history is.
    package func events(of run: RunIdentifier, from base: Int) -> [HistoryEntry]? {
        decider.events(of: run, from: base)
    }

    /// The rests that have begun or ended here since the last call: they are to be sent, before changes of runs.
    package func takeRestChanges() -> [RestCopy] {
        guard let replication = decider.state.replication, !replication.restChanges.isEmpty else { return [] }
        defer { replication.restChanges = [] }
        return replication.restChanges
    }

    /// The keys that rest, and the rests that ended and are kept in mind: of the full state.
    package var rests: [RestCopy] { decider.rests }

    /// The runs whose `absent` is over by the clock, by deadline: whoever is to decide calls `decide(_:)`.
    package var pendingDecisions: [PendingDecision] { decider.pendingDecisions() }

    /// The ended runs that are kept in mind.
    package var remembered: RememberedRuns {
        decider.state.replication?.remembered ?? RememberedRuns(limit: 1)
    }

    package var replicationCounters: ReplicationCounters {
        guard let replication = decider.state.replication else { return ReplicationCounters() }
        var counters = replication.counters
        counters.recentDropped = replication.recent.droppedEarly
        counters.forgottenEarly = replication.remembered.forgottenEarly
        return counters
    }

    /// The XOR of the hashes of (identifier, rank) of the active runs, those past their `within` left out: equal where two
    /// engines hold the same runs. It is computed when asked for, in a microsecond or less a run.
    /// - Parameter includes: the phenomenon, pattern and version of the runs to count: those that both sides run.
    package func digest(of includes: (String, String, Hash128) -> Bool = { _, _, _ in true }) -> UInt128 {
        decider.digest(clock: clock.now, of: includes)
    }
}

/// The end of a run by its identifier.
package struct RunEnd: Sendable {
    package let run: RunIdentifier
    package let status: RememberedRuns.Status
    /// When it ended, by the clock of `Engine.tick(monotonic:)`.
    package let ended: Int64
    /// The `ts` of what ended it, milliseconds since 1970; nil where it is not known.
    package let timestamp: Int64?

    package init(run: RunIdentifier, status: RememberedRuns.Status, ended: Int64, timestamp: Int64? = nil) {
        self.run = run
        self.status = status
        self.ended = ended
        self.timestamp = timestamp
    }
}

extension PeerChange {
    /// Of what ended the run.
    fileprivate var timestamp: Int64? {
        switch self {
        case .update, .completedEarlier: nil
        case .complete(_, let timestamp), .halt(_, _, _, _, let timestamp): timestamp
        case .rest(let copy): copy.timestamp
        }
    }
}
