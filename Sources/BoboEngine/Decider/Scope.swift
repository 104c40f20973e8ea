import CEL

/// What the names of an expression stand for: one scope serves all evaluations of an engine, one after the other.
final class Scope: Activation {
    @exclusivity(unchecked) var event: Event?
    @exclusivity(unchecked) var key: Value = .null
    /// nil: no history yet.
    @exclusivity(unchecked) var view: HistoryView?
    @exclusivity(unchecked) var now: Int64 = 0
    /// The event before this one that the pattern saw with this key. Only of a pattern that reads it.
    @exclusivity(unchecked) var previous: Event?
    /// The events of late that the pattern saw with this key, this one the last. Only of a pattern that reads them.
    @exclusivity(unchecked) var recent: RecentWindow?
    /// nil: there is none, as for the expressions of sensors.
    @exclusivity(unchecked) var state: StateStore?
    /// Which of the filters of `state` are the pattern's. Only of a pattern that reads them.
    @exclusivity(unchecked) var stateFilters: [Int] = []
    /// What `secret` gives.
    @exclusivity(unchecked) var secrets = Secrets()
    /// The secrets that were asked for, and what was made of them, until someone takes them.
    @exclusivity(unchecked) var revealed: [String] = []
    /// Of predicates, until someone takes them.
    var warnings: [PredicateWarning] = []
    /// To be asked before a predicate that fails is thought to fail always.
    @exclusivity(unchecked) var passedOver: PassedOver?
    /// Hears each predicate that is asked; nil where nobody wants to know.
    @exclusivity(unchecked) var witness: Witness?
    private let timezone: Value

    init(timezone: String) {
        self.timezone = .string(timezone)
    }

    /// Has expressions read that event.
    func look(at event: Event) { if self.event !== event { self.event = event } }

    override func growingList(_ slot: Int) -> GrowingList? {
        guard let view else { return nil }
        if slot == ExpressionEnvironment.Slot.history.rawValue { return view.all }
        let group = slot - ExpressionEnvironment.Slot.groups
        return group >= 0 && group < view.groups.count ? view.groups[group] : nil
    }

    override func value(_ slot: Int, atPath path: Int) throws(EvaluationFailure) -> Value {
        if slot == ExpressionEnvironment.Slot.event.rawValue, let event { return try event.value(atPath: path) }
        return try super.value(slot, atPath: path)
    }

    override func value(_ slot: Int) throws(EvaluationFailure) -> Value {
        switch ExpressionEnvironment.Slot(rawValue: slot) {
        case .event:
            guard let event else { throw EvaluationFailure(.other("there is no event under check")) }
            return .object(event)
        case .key: return key
        case .history: return .list(List(view?.all.elements ?? []))
        case .first:
            guard let first = view?.all.elements.first else { throw EvaluationFailure(.other("the history is empty")) }
            return first
        case .last:
            guard let last = view?.all.elements.last else { throw EvaluationFailure(.other("the history is empty")) }
            return last
        case .now: return .timestamp(Timestamp(clampingMilliseconds: now))
        case .timezone: return timezone
        case .previous: return previous.map { .object($0) } ?? .null
        case .recent: return .list(recent?.list ?? List([]))
        case nil:
            let group = slot - ExpressionEnvironment.Slot.groups
            guard let view, group < view.groups.count else { return .list(List([])) }
            return .list(List(view.groups[group].elements))
        }
    }
}
