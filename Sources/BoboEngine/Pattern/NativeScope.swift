package import BoboTopics
package import CEL

/// The event under check and the run, as a condition that is code of the embedding program sees them; good while it is
/// asked, and no longer.
package struct NativeScope {
    private let scope: Scope

    fileprivate init(_ scope: Scope) { self.scope = scope }

    /// nil where there is none, as when the wait of an `absent` is over.
    package var event: Event? { scope.event.map(NativeScope.settled) }
    package var key: Value { scope.key }
    /// Milliseconds since 1970.
    package var now: Int64 { scope.now }
    package var previous: Event? { scope.previous.map(NativeScope.settled) }
    /// The events of late that the pattern saw with this key, this one the last; empty where the pattern keeps none.
    package var recent: [Event] { (scope.recent?.events ?? []).map(NativeScope.settled) }

    /// What the run has accepted, oldest first.
    package var history: [Event] { NativeScope.events(scope.view?.all.elements ?? []) }

    /// - Parameter group: its place in `Pattern.groups`.
    package func history(group: Int) -> [Event] {
        guard let view = scope.view, view.groups.indices.contains(group) else { return [] }
        return NativeScope.events(view.groups[group].elements)
    }

    /// The last event on a topic of the pattern's `state`.
    package func latest(_ topic: String) -> Event? {
        scope.state?.latest(ExactText(topic), of: scope.stateFilters).map(NativeScope.settled)
    }

    /// The last event of each topic of the pattern's `state` that the filter matches, in the order of topics.
    package func latest(matching filter: TopicFilter) -> [Event] {
        (scope.state?.latest(matching: filter, of: scope.stateFilters) ?? []).map(NativeScope.settled)
    }

    private static func events(_ values: [Value]) -> [Event] {
        values.compactMap { if case .object(let object) = $0 { (object as? Event).map(settled) } else { nil } }
    }

    /// Whoever is handed an event may keep it, and look at it from another thread.
    private static func settled(_ event: Event) -> Event {
        event.settle()
        return event
    }
}

/// Conditions and values that are code of the embedding program.
package enum NativeProgram {
    /// What one reads: the less, the less often it is asked.
    package enum Reach: Sendable {
        /// The event under check alone: asked once an event.
        case event
        /// The key, the history, and what came before: asked of each run.
        case run
        /// Of a pattern with `state`: besides, the last messages of topics.
        case runAndState

        fileprivate var slots: Set<Int> {
            switch self {
            case .event: [ExpressionEnvironment.Slot.event.rawValue]
            case .run, .runAndState: Set(ExpressionEnvironment.Slot.allCases.map(\.rawValue))
            }
        }

        fileprivate var functions: [String] {
            switch self {
            case .event, .run: []
            case .runAndState: Array(StateFunctions.names)
            }
        }
    }

    package static func condition(
        _ name: String, _ reach: Reach, _ body: @escaping @Sendable (NativeScope) throws -> Bool
    ) -> Program {
        Program(named: name, slots: reach.slots, functions: reach.functions) {
            (activation: Activation) throws(EvaluationFailure) -> Bool in
            try failing { try body(try scope(activation)) }
        }
    }

    package static func value(
        _ name: String, _ reach: Reach, _ body: @escaping @Sendable (NativeScope) throws -> Value
    ) -> Program {
        Program(named: name, slots: reach.slots, functions: reach.functions) {
            (activation: Activation) throws(EvaluationFailure) -> Value in
            try failing { try body(try scope(activation)) }
        }
    }

    private static func scope(_ activation: Activation) throws(EvaluationFailure) -> NativeScope {
        guard let scope = activation as? Scope else { throw EvaluationFailure(.other("asked outside an engine")) }
        return NativeScope(scope)
    }

    /// Whatever is thrown is a failure as that of an expression.
    private static func failing<Result>(_ body: () throws -> Result) throws(EvaluationFailure) -> Result {
        do {
            return try body()
        } catch let failure as EvaluationFailure {
            throw failure
        } catch {
            throw EvaluationFailure(.other("\(error)"))
        }
    }
}
