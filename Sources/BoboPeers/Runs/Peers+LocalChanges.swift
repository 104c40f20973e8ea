package import BoboEngine
import CEL

extension Peers {
    /// Takes what this gateway's engine did, in order.
    ///
    /// What the engine did because it was told to apply a peer's change is passed over, should it be among these.
    ///
    /// - Returns: the batch's number, see `acknowledgedBatch`.
    @discardableResult
    package mutating func take(_ changes: [Change], at moment: Moment, _ source: any RunSource) -> Int {
        begin(moment)
        batches += 1
        for change in changes {
            switch change.kind {
            case .started, .advanced:
                for part in change.runs { noteMove(part.identifier, moment, source) }
            case .completed:
                for copy in change.copies { noteCompletion(copy, change, moment) }
            case .halted(let reason):
                for part in change.runs { noteHalt(part.identifier, change, reason, moment) }
            }
        }
        settle(moment, source)
        return batches
    }

    /// The last batch of local changes that some live peer has acknowledged, with all before it; nil where no peer is live.
    package var acknowledgedBatch: Int? { peers.filter(\.isLive).map(\.acknowledgedBatch).max() }

    private mutating func noteMove(_ run: RunIdentifier, _ moment: Moment, _ source: any RunSource) {
        guard remembered[run] == nil else { return }
        if let origin = origins[run] {
            // The echo of a peer's change.
            if let rank = origin.rank, source.rank(of: run) == rank { return }
            origins.remove(run)
        }
        share(run, .updated, moment)
    }

    /// Whether the run is known to have ended.
    package func remembers(_ run: RunIdentifier) -> Bool { remembered[run] != nil }

    /// Whether some live peer has a batch of local changes, with all before it, or there is nothing of it to send. Where no
    /// peer is live nobody can have it, so that nothing is to be waited for.
    package func hasAcknowledged(_ batch: Int) -> Bool {
        let live = peers.filter(\.isLive)
        return live.isEmpty
            || live.contains { $0.acknowledgedBatch >= batch || (!$0.isOpen && $0.outbox.inFlight?.hasChanges != true) }
    }

    private mutating func noteCompletion(_ copy: RunCopy, _ change: Change, _ moment: Moment) {
        let run = copy.identifier
        if let known = remembered[run], known.isCompleted {
            // The engine has come to it by itself, by events that it had of a peer together with the end.
            if known.isPublished, !publishing.contains(run) { act(.discard([run])) }
            return
        }
        origins.remove(run)
        // To nobody else what no message can bear.
        let publisher =
            mayBeTooLarge(copy)
            ? options.gateway
            : publisher(of: run, by: change.endedByTimer ? nil : copy.history.last?.event)
        let isPublished = remembered.complete(
            copy, timestamp: change.timestamp, publisher: publisher, isPublished: false, ended: ages(moment))
        if isPublished {
            act(.discard([run]))
        } else if publisher == options.gateway {
            publishing.insert(run)
            act(.publish([run]))
        } else {
            expectPublished(run, moment)
        }
        share(run, .completed, moment, isUrgent: publisher != options.gateway)
        dropHistoryIfDone(run)
    }

    /// Whether an event of the run, written as JSON, may be larger than a message: a text grows by six at most.
    private func mayBeTooLarge(_ copy: RunCopy) -> Bool {
        let largest = options.effectiveLargestMessage
        return copy.history.contains { $0.event.body.count > (largest - min(8192, largest / 2)) / 6 }
    }

    private mutating func noteHalt(
        _ run: RunIdentifier, _ change: Change, _ reason: HaltReason, _ moment: Moment
    ) {
        // The runs of another form of the pattern are nobody else's concern.
        guard reason != .replaced else { return }
        if let known = remembered[run] {
            // A peer has shown that it does not know what the clock has done here.
            guard known.isSilent, !change.isLocal else { return }
            remembered.announce(run)
        } else {
            origins.remove(run)
            remembered.halt(
                run, phenomenon: change.phenomenon, pattern: change.pattern, ended: ages(moment),
                isSilent: change.isLocal)
        }
        // Each gateway's clock does that by itself.
        guard !change.isLocal else { return forgetBases(run) }
        let identity = PatternIdentity(
            phenomenon: change.phenomenon, pattern: change.pattern, version: change.version)
        share(run, .halted(identity, key: change.key, timestamp: change.timestamp), moment)
    }

    /// Puts a run on the way to all joined peers but one.
    mutating func share(
        _ run: RunIdentifier, _ content: Stash.Content, _ moment: Moment, isUrgent: Bool = false, except: Int? = nil
    ) {
        for place in peers.indices where place != except && peers[place].joined != nil {
            if !content.isUpdate { peers[place].unacknowledged.insert(run) }
            // The full state will have it.
            if case .wanted = peers[place].resync { continue }
            peers[place].stash.add(run, content, now: moment.now, isUrgent: isUrgent)
            if peers[place].stash.count > options.stashLimit {
                log(.stashOverflow(peers[place].id, runs: options.stashLimit))
                wantResync(place, why: "its stash was full", moment)
            }
        }
    }

    /// Of a completed run the history is kept until it is published and every joined peer has acknowledged it.
    mutating func dropHistoryIfDone(_ run: RunIdentifier) {
        guard remembered.completed[run] != nil, remembered[run]?.isPublished == true,
            !peers.contains(where: { $0.unacknowledged.contains(run) })
        else { return }
        remembered.dropHistory(run)
    }

    /// A peer's new life has nothing to acknowledge of before.
    mutating func forgetUnacknowledged(_ place: Int) {
        if !peers[place].unacknowledged.isEmpty { mayBeDone.append(contentsOf: peers[place].unacknowledged) }
        peers[place].unacknowledged = []
    }

    /// Looks at some of the histories that a peer's new life has made needless: there may be very many.
    mutating func dropSomeHistories() {
        guard !mayBeDone.isEmpty else { return }
        for run in mayBeDone.suffix(500) { dropHistoryIfDone(run) }
        mayBeDone.removeLast(min(500, mayBeDone.count))
    }

    // MARK: Passing on

    /// A peer may have died between one of the others and the next: what came from it lately goes to the others.
    /// The latest of it, and no more than leaves room in a stash: what a plant does in two minutes would else bring everybody
    /// the full state. What is older has most likely arrived, and of active runs the digest would tell.
    mutating func passOn(_ place: Int, _ moment: Moment) {
        let horizon = options.resyncAfter * 2
        let fresh = origins.all.map { ($0.key, $0.value.content) }
            .filter { $1.peer == place && moment.now - $1.at <= horizon }
            .sorted { ($0.1.at, $0.0.value) < ($1.1.at, $1.0.value) }
        passOnRests(place, moment)
        for (run, origin) in fresh.suffix(options.stashLimit / 2) {
            counters.passedOn += 1
            share(run, origin.content, moment, except: place)
        }
    }

    /// The rests among it.
    private mutating func passOnRests(_ place: Int, _ moment: Moment) {
        let horizon = options.resyncAfter * 2
        let fresh = restOrigins.all.map(\.value.content).filter { $0.peer == place && moment.now - $0.at <= horizon }
        for origin in fresh.sorted(by: { $0.at < $1.at }).suffix(options.stashLimit / 2) {
            share(origin.rest, moment, except: place)
        }
    }

    mutating func noteOrigin(_ run: RunIdentifier, _ origin: Origin) { origins.set(run, origin, now: origin.at) }

    mutating func pruneOrigins(_ moment: Moment) {
        while origins.takeOldest(before: moment.now - options.resyncAfter * 2) != nil {}
        while restOrigins.takeOldest(before: moment.now - options.resyncAfter * 2) != nil {}
    }
}
