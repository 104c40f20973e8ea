import BoboEngine
import BoboPeers

/// The waits at an `absent` that are over by the clock, and since when this gateway knows. One gateway decides each of them.
struct AbsenceDecisions {
    fileprivate var since: [RunIdentifier: Duration] = [:]
    /// Since when another gateway could have decided, of which nothing has come yet.
    fileprivate var awaited: [RunIdentifier: Duration] = [:]
    /// For so long a later deadline waits for an earlier one.
    fileprivate static let patience = Duration.milliseconds(500)
    /// Where two gateways read each message, and each by its own date, gateways differ by less than that in a deadline, and
    /// so in the order of two: nearer ones go by their runs, or each of two gateways would wait for the other.
    fileprivate static let nearness: Int64 = 100

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
        let division = options.peers?.division
        let isBlurred = division.map { $0.copies > 1 } == true && options.arrivalsAreTheClock
        var earlier = EarlierDecisions(nearness: isBlurred ? AbsenceDecisions.nearness : 0)
        for decision in pending {
            guard let since = absences.since[decision.run], let peers else { continue }
            guard peers.haveAllLiveAnsweredInFull(since: since) else {
                self.peers?.askInFull(since: since, at: moment, self.runs)
                earlier.add(decision)
                continue
            }
            if peers.decides(decision.run, since: since, at: moment) {
                guard !earlier.hold(decision) else {
                    earlier.add(decision)
                    continue
                }
                engine.decide(decision.run)
                carryOut(moment)
            } else {
                let awaited = absences.awaited[decision.run] ?? moment.now
                absences.awaited[decision.run] = awaited
                if moment.now - awaited < AbsenceDecisions.patience { earlier.add(decision) }
            }
        }
    }
}

/// The decisions that are still to come, by deadline, of which some hold up later ones.
struct EarlierDecisions {
    private let nearness: Int64
    private var first: Int64?
    /// Those near the last one that was asked for, with runs in rising order: who was added before and has a greater run
    /// than a later one holds up nobody that the later one does not.
    private var near: [PendingDecision] = []
    private var head = 0

    init(nearness: Int64) { self.nearness = nearness }

    /// - Parameter decision: of no earlier deadline than those before.
    mutating func add(_ decision: PendingDecision) {
        if first == nil { first = decision.deadline }
        while near.count > head, let last = near.last, last.run.value >= decision.run.value { near.removeLast() }
        near.append(decision)
    }

    /// Whether one that was added comes before this one.
    mutating func hold(_ decision: PendingDecision) -> Bool {
        guard let first else { return false }
        guard nearness > 0, first >= decision.deadline - nearness else { return true }
        while head < near.count, near[head].deadline < decision.deadline - nearness { head += 1 }
        return head < near.count && near[head].run.value < decision.run.value
    }
}
