final class ConstantNode: Node {
    let value: Value

    init(_ value: Value) { self.value = value }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value { value }
}

final class FailureNode: Node {
    private let failure: EvaluationFailure

    init(_ failure: EvaluationFailure) { self.failure = failure }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value { throw failure }
}

final class VariableNode: Node {
    private let slot: Int

    init(slot: Int) { self.slot = slot }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value { try frame.activation.value(slot) }
}

final class LocalNode: Node {
    private let local: Int

    init(local: Int) { self.local = local }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value { frame.locals[local] }
}

/// `cel.bind`
final class BindNode: Node {
    private let local: Int
    private let value: any Node
    private let body: any Node

    init(local: Int, value: any Node, body: any Node) {
        self.local = local
        self.value = value
        self.body = body
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        frame.locals[local] = try value.evaluate(&frame)
        return try body.evaluate(&frame)
    }
}

final class ListNode: Node {
    private let elements: [any Node]

    init(elements: [any Node]) { self.elements = elements }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for element in elements { values.append(try element.evaluate(&frame)) }
        return .list(List(values))
    }
}

final class MapNode: Node {
    private let keys: [any Node]
    private let values: [any Node]

    init(keys: [any Node], values: [any Node]) {
        self.keys = keys
        self.values = values
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        var pairs: [(Value, Value)] = []
        pairs.reserveCapacity(keys.count)
        for (key, value) in zip(keys, values) {
            pairs.append((try key.evaluate(&frame).asMapKey(), try value.evaluate(&frame)))
        }
        return .map(try Map(uniqueKeys: pairs))
    }
}
