import BoboEngine
import CEL

extension Peers {
    /// A peer has answered an offer, or has shown otherwise that it lives: the full state follows.
    mutating func beginResync(_ place: Int, _ moment: Moment, _ source: any RunSource) {
        guard !isSourceStale, !presence.isDeciding else { return }
        peers[place].clearChanges()
        let plan = fullState(place, source)
        peers[place].resync = .sending(plan, since: moment.now)
        counters.resyncs += 1
    }

    /// The full state is to go, as soon as the peer answers.
    mutating func wantResync(_ place: Int, why: String, _ moment: Moment) {
        peers[place].clearChanges()
        peers[place].resync = .wanted(next: moment.now)
        log(.resyncing(peers[place].id, why: why))
    }

    /// Completed runs that are not published, or not acknowledged, whole; active runs; of the rest the ids.
    private func fullState(_ place: Int, _ source: any RunSource) -> ResyncPlan {
        var items = source.rests.map { ResyncPlan.Item.rest($0) }
        var whole: [(number: Int, run: RunIdentifier)] = []
        let unacknowledged = peers[place].beganAnew ? [] : peers[place].unacknowledged
        for run in unacknowledged.isEmpty ? remembered.unpublished : unacknowledged.union(remembered.unpublished) {
            // One that publishes it itself, and is the same since it said so, may have forgotten it by now.
            guard let completed = remembered.completed[run], !isToldBy(place, completed) else { continue }
            whole.append((completed.number, run))
        }
        for (_, run) in whole.sorted(by: { $0.number < $1.number }) { items.append(.whole(run)) }
        for run in source.activeRuns where remembered[run] == nil { items.append(.active(run)) }
        return ResyncPlan(items, ended: remembered.byAge)
    }

    /// Whether the full state has a run that ended by its id. One that was only halted when the plan was made, and is
    /// complete by now, is in the stash, or was sent whole; so was what is not published, or that the peer has not
    /// acknowledged, unless it began after all that was published before.
    private func mayBeBrief(_ run: RunIdentifier, _ record: Remembered.Record, _ place: Int, _ moment: Moment) -> Bool {
        guard age(record, moment) < options.rememberAge.wholeMilliseconds else { return false }
        if !peers[place].stash.isEmpty, peers[place].stash.contains(run) { return false }
        guard record.isCompleted, !remembered.completed.isEmpty, remembered.completed[run] != nil else { return true }
        return record.isPublished && (peers[place].beganAnew || !peers[place].unacknowledged.contains(run))
    }

    /// Part 0: no runs, and so cheap where the peer is away.
    mutating func sendOffer(_ place: Int, _ moment: Moment, _ source: any RunSource) {
        var head = head(place, .resync, moment)
        head.part = 0
        head.parts = ResyncPlan.estimate(
            runs: source.activeRunCount, ended: remembered.records.count, limit: options.effectiveMessageLimit)
        head.patterns = source.patterns
        head.token = giveToken(place, moment)
        sendUncounted(place, head)
    }

    mutating func sendPart(_ place: Int, _ moment: Moment, _ source: any RunSource) {
        guard case .sending(var plan, let since) = peers[place].resync, !plan.isDone || plan.part == 1 else { return }
        // Taken out meanwhile, so that it is not copied at each part.
        peers[place].resync = .wanted(next: moment.now)
        if plan.part == 1 { peers[place].table = PatternTable(source.patterns) }
        var head = head(place, .resync, moment)
        head.part = plan.part
        if plan.part == 1 {
            head.patterns = source.patterns
            head.clock = source.clock
        }
        var body = body(place, head)
        var ended: [RunIdentifier] = []
        addRuns(of: &plan, to: &body, &ended, place, moment, source)
        if !plan.hasRuns {
            // What changes waits for the runs of the full state, but not for the ids.
            addChanges(to: &body, &ended, halfOnly: true, place, moment, source)
            addEnds(of: &plan, to: &body, &ended, place, moment)
        }
        let part = plan.part
        head.parts = plan.isDone ? part : part + plan.estimate(limit: options.effectiveMessageLimit)
        let isLast = plan.isDone
        plan.endPart()
        peers[place].resync = .sending(plan, since: since)
        sendCounted(place, head, &body, ended: ended, isLastPart: isLast, moment)
    }

    private mutating func addRuns(
        of plan: inout ResyncPlan, to body: inout MessageBody, _ ended: inout [RunIdentifier], _ place: Int,
        _ moment: Moment, _ source: any RunSource
    ) {
        while let item = plan.firstRun {
            let (run, isActive): (RunIdentifier, Bool)
            switch item {
            case .rest(let rest):
                switch body.rest(rest) {
                case .full, .begun: return
                case .tooLarge(let bytes): noteTooLarge(place, bytes, moment)
                case .added: break
                }
                plan.removeFirstRun()
                continue
            case .whole(let whole): (run, isActive) = (whole, false)
            case .active(let active): (run, isActive) = (active, true)
            }
            let outcome =
                isActive
                ? addActive(run, to: &body, place, source) : addCompleted(run, to: &body, place, moment)
            switch outcome {
            case .full: return
            case .begun(let known):
                peers[place].bases[run] = known
                return
            case .tooLarge(let bytes):
                noteTooLarge(place, bytes, moment)
                if !isActive, let record = remembered[run], case .full = addEnd(run, record, to: &body, moment) {
                    return
                }
                if !isActive { ended.append(run) }
                peers[place].bases[run] = nil
            case .added(let known): if isActive { peers[place].bases[run] = known } else { ended.append(run) }
            }
            plan.removeFirstRun()
        }
    }

    private mutating func addEnds(
        of plan: inout ResyncPlan, to body: inout MessageBody, _ ended: inout [RunIdentifier], _ place: Int,
        _ moment: Moment
    ) {
        while let run = plan.firstEnded {
            if let record = remembered[run], mayBeBrief(run, record, place, moment) {
                if case .full = addEnd(run, record, to: &body, moment) { return }
                if !peers[place].unacknowledged.isEmpty, peers[place].unacknowledged.contains(run) {
                    ended.append(run)
                }
            }
            plan.removeFirstEnded()
        }
    }

    /// A peer lacks the history that an entry was based on: it gets the whole.
    mutating func answerNeed(_ place: Int, _ run: RunIdentifier, _ moment: Moment, _ source: any RunSource) {
        // Once is enough, however often it asks until it has it.
        guard peers[place].bases[run] != nil || peers[place].stash.contains(run) == false else { return }
        peers[place].bases[run] = nil
        if let record = remembered[run] {
            guard record.isCompleted else { return }
            peers[place].unacknowledged.insert(run)
            peers[place].stash.add(run, .completed, now: moment.now)
        } else if source.rank(of: run) != nil {
            peers[place].stash.add(run, .updated, now: moment.now)
        }
    }
}
