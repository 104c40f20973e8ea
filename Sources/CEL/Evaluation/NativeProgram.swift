extension Program {
    /// A condition that the embedding program decides itself, where others are compiled from an expression.
    ///
    /// - Parameters:
    ///   - name: What messages call it.
    ///   - slots: The variables that it reads.
    ///   - functions: Those of the embedding program that stand for what it reads besides.
    ///   - condition: May be called from several threads at once.
    public convenience init(
        named name: String, slots: Set<Int>, functions: [String] = [],
        condition: @escaping @Sendable (Activation) throws(EvaluationFailure) -> Bool
    ) {
        self.init(
            source: name, type: .bool, slots: slots, objectPaths: [], necessaryEqualities: [], hints: [],
            hostCalls: HostCall.named(functions),
            root: NativeCondition(condition), localCount: 0)
    }

    /// A value that the embedding program computes itself.
    ///
    /// - Parameters:
    ///   - name: What messages call it.
    ///   - slots: The variables that it reads.
    ///   - functions: Those of the embedding program that stand for what it reads besides.
    ///   - value: May be called from several threads at once.
    public convenience init(
        named name: String, slots: Set<Int>, functions: [String] = [],
        value: @escaping @Sendable (Activation) throws(EvaluationFailure) -> Value
    ) {
        self.init(
            source: name, type: .dyn, slots: slots, objectPaths: [], necessaryEqualities: [], hints: [],
            hostCalls: HostCall.named(functions),
            root: NativeValue(value), localCount: 0)
    }
}

extension Program.HostCall {
    fileprivate static func named(_ functions: [String]) -> [Program.HostCall] {
        functions.map { Program.HostCall(name: $0, arguments: [], offsets: []) }
    }
}

private final class NativeCondition: ConditionNode {
    private let condition: @Sendable (Activation) throws(EvaluationFailure) -> Bool

    init(_ condition: @escaping @Sendable (Activation) throws(EvaluationFailure) -> Bool) { self.condition = condition }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool { try condition(frame.activation) }
}

private final class NativeValue: Node {
    private let value: @Sendable (Activation) throws(EvaluationFailure) -> Value

    init(_ value: @escaping @Sendable (Activation) throws(EvaluationFailure) -> Value) { self.value = value }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value { try value(frame.activation) }
}
