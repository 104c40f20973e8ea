import BoboEngine
import BoboPeers

extension SharedEngine {
    /// Does what follows of an input until nothing more does: the engine's changes go to the protocol, and what that asks
    /// for is done here or becomes an effect.
    func carryOut(_ moment: Moment) {
        takeOutputs()
        guard peers != nil else {
            if let onChanges { tell(engine.takeChanges(), onChanges) }
            return
        }
        var isAtRest = false
        while !isAtRest {
            let rests = engine.takeRestChanges()
            if !rests.isEmpty { peers?.take(rests: rests, at: moment, runs) }
            let changes = engine.takeChanges()
            if let onChanges { tell(changes, onChanges) }
            if !changes.isEmpty, let batch = peers?.take(changes, at: moment, runs) {
                if changes.contains(where: { !$0.isLocal }) { takenBatch = batch }
            }
            let actions = peers?.takeActions() ?? []
            for action in actions { carryOut(action, moment) }
            takeOutputs()
            let handed = kept.takeUnknown()
            if !handed.isEmpty { peers?.published(handed, at: moment, runs) }
            settleReading(moment)
            isAtRest = changes.isEmpty && actions.isEmpty && handed.isEmpty && peers?.hasActions != true
        }
    }

    private func tell(_ changes: [Change], _ onChanges: ([Change]) -> Void) {
        if !changes.isEmpty { onChanges(changes) }
    }

    private func carryOut(_ action: PeerAction, _ moment: Moment) {
        switch action {
        case .send(let peer, let bytes): effects.append(.send(to: peer, bytes))
        case .apply(let changes):
            engine.apply(changes)
            if !hasTaken, !options.arrivalsAreTheClock, let time = changes.compactMap(\.lastEvent).max() {
                follow(time, moment)
            }
            // Before the next action, which may say that another has published what is completed now.
            takeOutputs()
        case .remember(let ends):
            engine.remember(
                ends.map { end in
                    RunEnd(
                        run: end.run, status: end.isCompleted ? .completed : .halted,
                        ended: (moment.now - end.ago).wholeMilliseconds)
                })
            takeOutputs()
        case .publish(let completed):
            for run in completed {
                guard let event = kept.take(run) else { continue }
                effects.append(.publish(event.event, actions: event.actions))
            }
        case .discard(let completed): for run in completed { kept.discard(run) }
        case .status(let isOnline): effects.append(.status(isOnline: isOnline))
        case .hold(let isHeld): self.isHeld = isHeld
        case .dropRuns:
            engine.dropRuns()
            _ = engine.takeChanges()
            // What others have gone on with has gone on with their clock.
            hasTaken = false
        case .read(let names):
            effects += partitions.want(names, now: moment.now, isReadElsewhere: isReadElsewhere)
        case .stopped(let sessionMayGo):
            // A session that stays keeps its subscriptions: nobody reads meanwhile what this gateway was the last to read.
            effects.append(.stopped(sessionMayGo: sessionMayGo && isReleased))
        case .log(let log): effects.append(.log(log))
        }
    }

    /// Whether a peer has read a partition since before the first mark went that came back; nil before that.
    var isReadElsewhere: ((String) -> Bool)? {
        guard let marked = markReturned else { return nil }
        let peers = peers
        return { peers?.hasRead($0, since: marked) ?? false }
    }

    /// Where the sensors' timestamps are the clock, a gateway that has read none goes by its peers' events.
    func follow(_ time: Int64, _ moment: Moment) {
        guard time > engine.now ?? .min else { return }
        engine.advance(to: time)
        pace.note(engine, moment)
    }

    /// What the engine has made: published at once by a lone gateway, else kept until it is clear who publishes it.
    func takeOutputs() {
        for output in engine.takeOutputs() {
            switch output {
            case .complexEvent(let event):
                if peers == nil { effects.append(.publish(event, actions: [])) } else { kept.keep(event) }
            case .action(let request):
                if peers == nil { effects.append(.act(request)) } else { kept.keep(request) }
            }
        }
    }
}

extension PeerChange {
    /// The `ts` of the last event of the run's history, milliseconds since 1970.
    fileprivate var lastEvent: Int64? {
        switch self {
        case .update(let copy), .complete(let copy, _): copy.history.last?.event.timestamp
        case .halt, .completedEarlier, .rest: nil
        }
    }
}
