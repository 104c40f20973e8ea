/// A part of a compiled expression.
protocol Node: AnyObject, Sendable {
    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value

    /// The same as a condition. Nodes that give bools do this first, and make a `Value` of it where one is asked for.
    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool
}

extension Node {
    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        let value = try evaluate(&frame)
        guard case .bool(let result) = value else { throw EvaluationFailure(.notABool(value.typeName)) }
        return result
    }
}

/// A node whose value is a bool.
protocol ConditionNode: Node {}

extension ConditionNode {
    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value { .bool(try holds(&frame)) }
}
