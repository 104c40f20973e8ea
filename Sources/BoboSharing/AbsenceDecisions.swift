import BoboEngine
import BoboPeers

/// The waits at an `absent` that are over by the clock, and since when this gateway knows. One gateway decides each of them.
struct AbsenceDecisions {
    fileprivate var since: [RunIdentifier: Duration] = [:]
}

extension SharedEngine {
    /// Decides what is this gateway's to decide, once every live peer has answered in full since the wait was over: an event
    /// that was read elsewhere has been heard of then.
    func decideAbsences(_ moment: Moment) {
        let pending = engine.pendingDecisions
        guard !pending.isEmpty || !absences.since.isEmpty else { return }
        let runs = Set(pending.map(\.run))
        absences.since = absences.since.filter { runs.contains($0.key) }
        var isNew = false
        for decision in pending where absences.since[decision.run] == nil {
            absences.since[decision.run] = moment.now
            isNew = true
        }
        if isNew {
            peers?.ask(at: moment, self.runs)
            carryOut(moment)
        }
        for decision in pending {
            guard let since = absences.since[decision.run], let peers,
                peers.decides(decision.run, since: since, at: moment), peers.haveAllLiveAnsweredInFull(since: since)
            else { continue }
            engine.decide(decision.run)
            carryOut(moment)
        }
    }
}
