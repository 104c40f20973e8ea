import BoboEngine
import BoboPeers

/// The waits at an `absent` that are over by the clock, and since when this gateway knows. One gateway decides each of them.
struct AbsenceDecisions {
    fileprivate var since: [RunIdentifier: Duration] = [:]
    /// Since when another gateway could have decided, of which nothing has come yet.
    fileprivate var awaited: [RunIdentifier: Duration] = [:]
    /// For so long a later deadline waits for an earlier one.
    fileprivate static let patience = Duration.milliseconds(500)

    var areOpen: Bool { !since.isEmpty }
}

extension SharedEngine {
    /// Decides what is this gateway's to decide, once every live peer has answered in full since the wait was over: an event
    /// that was read elsewhere has been heard of then. In the order of the deadlines, also of those that others decide, since
    /// patterns may build on what comes of them.
    func decideAbsences(_ moment: Moment) {
        let pending = engine.pendingDecisions
        guard !pending.isEmpty || !absences.since.isEmpty else { return }
        let runs = Set(pending.map(\.run))
        absences.since = absences.since.filter { runs.contains($0.key) }
        absences.awaited = absences.awaited.filter { runs.contains($0.key) }
        var isNew = false
        for decision in pending where absences.since[decision.run] == nil {
            absences.since[decision.run] = moment.now
            isNew = true
        }
        if isNew {
            peers?.ask(at: moment, self.runs)
            carryOut(moment)
        }
        var waits = false
        for decision in pending {
            guard let since = absences.since[decision.run], let peers else { continue }
            guard peers.haveAllLiveAnsweredInFull(since: since) else {
                self.peers?.askInFull(since: since, at: moment, self.runs)
                waits = true
                continue
            }
            if peers.decides(decision.run, since: since, at: moment) {
                guard !waits else { continue }
                engine.decide(decision.run)
                carryOut(moment)
            } else {
                let awaited = absences.awaited[decision.run] ?? moment.now
                absences.awaited[decision.run] = awaited
                if moment.now - awaited < AbsenceDecisions.patience { waits = true }
            }
        }
    }
}
