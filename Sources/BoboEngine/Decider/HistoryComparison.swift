import CEL

/// A condition of a block that compares what an event says with what the history of a run says, such as
/// `payload.badge == entry[0].payload.badge`: an event moves none of the runs for which that does not hold, so that it need not
/// be asked of each.
struct HistoryComparison {
    enum Relation {
        case equal
        /// The event's side is to be greater than that of the run, or equal.
        case eventIsGreater
        case eventIsLess
    }

    /// By what a value is found.
    enum Filing {
        case key(KeyValue)
        case number(Double)
        /// It equals no such key, and is in no order with numbers.
        case other
    }

    let predicate: CompiledPredicate
    let ofEvent: Program
    /// It has one value as long as the run's history is the same.
    let ofRun: Program
    let relation: Relation
    /// What must hold of the event alone.
    private let tests: [EventTest]
    private let pool: EventTestPool

    /// nil where the block has no such condition, or where runs that do not match it may yet be moved.
    init?(_ compiled: CompiledPattern, block: Int) {
        switch compiled.steps[block].role {
        case .plain(.relaxed), .absent: break
        case .plain(.strict), .negated, .loop, .optional, .allOf: return nil
        }
        let others = compiled.conditions.map { $0.preconditions.all + $0.haltconditions.all } ?? []
        let unless = compiled.steps[block].seldom?.unless.all ?? []
        guard compiled.steps[block].seldom?.until == nil, !(others + unless).contains(where: \.readsHistory),
            compiled.steps[block].predicates.count == 1,
            let program = compiled.steps[block].predicates[0].source.expression
        else { return nil }
        let found = program.sidedComparisons.compactMap { comparison -> (Program, Program, PathTest.Comparison)? in
            if comparison.left.isOfEvent, comparison.right.isOfRun {
                return (comparison.left, comparison.right, comparison.comparison)
            }
            guard comparison.left.isOfRun, comparison.right.isOfEvent else { return nil }
            return (comparison.right, comparison.left, comparison.comparison.mirrored)
        }
        guard let (ofEvent, ofRun, comparison) = found.first(where: { $0.2 == .equal }) ?? found.first else {
            return nil
        }
        predicate = compiled.steps[block].predicates[0]
        self.ofEvent = ofEvent
        self.ofRun = ofRun
        relation =
            switch comparison {
            case .greater, .greaterOrEqual: .eventIsGreater
            case .less, .lessOrEqual: .eventIsLess
            case .equal, .notEqual: .equal
            }
        let pool = EventTestPool(for: [])
        self.pool = pool
        let event = ExpressionEnvironment.Slot.event.rawValue
        tests = program.tests.filter { $0.slot == event }.map { EventTest($0, pool) }
    }

    /// Whether the event matches no run, whatever its history.
    func excludes(_ offer: Offer) -> Bool {
        if let filter = predicate.filterNumber, !offer.passes(filter) { return true }
        return tests.contains { test in if case .no = test.ask(offer.event.content) { true } else { false } }
    }

    func filing(of value: Value) -> Filing {
        switch relation {
        case .equal: KeyValue(value).map { .key($0) } ?? .other
        case .eventIsGreater: value.ordered.map { .number($0) } ?? .other
        // The greatest first.
        case .eventIsLess: value.ordered.map { .number(-$0) } ?? .other
        }
    }
}

extension Program {
    fileprivate var isOfEvent: Bool { readsEvent && !readsHistory }

    /// Whether its value changes with the run's history alone.
    fileprivate var isOfRun: Bool {
        guard readsHistory, hostCalls.isEmpty else { return false }
        return slots.allSatisfy { slot in
            switch ExpressionEnvironment.Slot(rawValue: slot) {
            case .history, .first, .last, .key, .timezone, nil: true
            case .event, .now, .previous, .recent: false
            }
        }
    }
}

extension Value {
    /// A number that is no less than that of a lesser value of the same kind; nil where the value is in no such order.
    fileprivate var ordered: Double? {
        switch self {
        case .int(let int): Double(int)
        case .uint(let uint): Double(uint)
        case .double(let double): double.isNaN ? nil : double
        case .timestamp(let time): Double(time.seconds) + Double(time.nanoseconds) / 1e9
        case .duration(let span): Double(span.seconds) + Double(span.nanoseconds) / 1e9
        default: nil
        }
    }
}
