import BoboEngine
import CEL

extension Peers {
    /// A peer has answered an offer, or has shown otherwise that it lives: the full state follows.
    mutating func beginResync(_ place: Int, _ moment: Moment, _ source: any RunSource) {
        guard !isSourceStale, !presence.isDeciding else { return }
        peers[place].clearChanges()
        let plan = ResyncPlan(fullState(place, source))
        peers[place].resync = .sending(plan, since: moment.now)
        counters.resyncs += 1
    }

    /// The full state is to go, as soon as the peer answers.
    mutating func wantResync(_ place: Int, why: String, _ moment: Moment) {
        peers[place].clearChanges()
        peers[place].resync = .wanted(next: moment.now)
        log(.resyncing(peers[place].id, why: why))
    }

    /// Active runs; completed ones that are not published, or not acknowledged, whole; of the rest the ids.
    private func fullState(_ place: Int, _ source: any RunSource) -> [ResyncPlan.Item] {
        let peer = peers[place]
        var items: [ResyncPlan.Item] = []
        var whole: Set<RunIdentifier> = []
        for (run, _) in remembered.completed.sorted(by: { $0.value.number < $1.value.number }) {
            guard let record = remembered[run] else { continue }
            guard !record.isPublished || (!peer.beganAnew && peer.unacknowledged.contains(run)) else { continue }
            items.append(.whole(run))
            whole.insert(run)
        }
        for run in source.activeRuns where remembered[run] == nil { items.append(.active(run)) }
        // Those that agree in pattern and outcome stand together, and so share an entry.
        var brief: [Int32: (completed: [RunIdentifier], halted: [RunIdentifier])] = [:]
        for (run, record) in remembered.records where !whole.contains(run) {
            if record.isCompleted {
                brief[record.name, default: ([], [])].completed.append(run)
            } else {
                brief[record.name, default: ([], [])].halted.append(run)
            }
        }
        for (_, runs) in brief.sorted(by: { $0.key < $1.key }) {
            items += runs.completed.map { .brief($0, .completed) } + runs.halted.map { .brief($0, .halted) }
        }
        return items
    }

    /// Part 0: no runs, and so cheap where the peer is away.
    mutating func sendOffer(_ place: Int, _ moment: Moment, _ source: any RunSource) {
        var head = head(place, .resync, moment)
        head.part = 0
        head.parts = ResyncPlan.estimate(
            source.activeRuns.count * 4 + remembered.records.count, limit: options.messageLimit)
        head.patterns = source.patterns
        head.token = giveToken(place, moment)
        sendUncounted(place, head)
    }

    mutating func sendPart(_ place: Int, _ moment: Moment, _ source: any RunSource) {
        guard case .sending(var plan, let since) = peers[place].resync, !plan.isDone || plan.part == 1 else { return }
        // Taken out meanwhile, so that it is not copied at each part.
        peers[place].resync = .wanted(next: moment.now)
        var head = head(place, .resync, moment)
        head.part = plan.part
        if plan.part == 1 { head.patterns = source.patterns }
        var body = MessageBody(limit: bodyLimit(head))
        var ended: [RunIdentifier] = []
        fill: while let item = plan.first {
            switch add(item, to: &body, place, moment, source) {
            case .full: break fill
            case .begun(let known):
                if case .active(let run) = item { peers[place].bases[run] = known }
                if case .whole(let run) = item { peers[place].bases[run] = known }
                break fill
            case .added(let known):
                switch item {
                case .active(let run): peers[place].bases[run] = known
                case .whole(let run), .brief(let run, _): ended.append(run)
                }
                plan.removeFirst()
            }
        }
        let part = plan.part
        head.parts = plan.isDone ? part : part + ResyncPlan.estimate(plan.remaining, limit: options.messageLimit)
        let isLast = plan.isDone
        plan.endPart()
        peers[place].resync = .sending(plan, since: since)
        sendCounted(place, head, &body, ended: ended, isLastPart: isLast, moment)
    }

    private func add(
        _ item: ResyncPlan.Item, to body: inout MessageBody, _ place: Int, _ moment: Moment, _ source: any RunSource
    ) -> MessageBody.Outcome {
        switch item {
        case .whole(let run): return addCompleted(run, to: &body, place, moment)
        case .active(let run):
            guard remembered[run] == nil, let copy = source.copy(of: run) else { return .added(nil) }
            return body.update(copy, known: peers[place].bases[run])
        case .brief(let run, let kind):
            guard let record = remembered[run] else { return .added(nil) }
            let ended = age(record, moment)
            guard ended < options.rememberAge.milliseconds else { return .added(nil) }
            let name = remembered.names[Int(record.name)]
            // A run that was only halted when the plan was made may be complete by now; that is in the stash.
            guard record.isCompleted == (kind == .completed) else { return .added(nil) }
            return body.brief(run, kind, phenomenon: name.phenomenon, pattern: name.pattern, ended: ended)
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
