final class UnaryCallNode: Node {
    typealias Body = @Sendable (Value) throws(EvaluationFailure) -> Value

    private let operand: any Node
    private let body: Body

    init(operand: any Node, body: @escaping Body) {
        self.operand = operand
        self.body = body
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value { try body(try operand.evaluate(&frame)) }
}

final class BinaryCallNode: Node {
    typealias Body = @Sendable (Value, Value) throws(EvaluationFailure) -> Value

    private let left: any Node
    private let right: any Node
    private let body: Body

    init(left: any Node, right: any Node, body: @escaping Body) {
        self.left = left
        self.right = right
        self.body = body
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        let left = try left.evaluate(&frame)
        return try body(left, try right.evaluate(&frame))
    }
}

/// `left + right`. What it copies counts as iterations, so that no macro fills the memory with texts and lists that
/// double.
final class AdditionNode: Node {
    private let left: any Node
    private let right: any Node

    init(left: any Node, right: any Node) {
        self.left = left
        self.right = right
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        let left = try left.evaluate(&frame)
        let sum = try Arithmetic.add(left, try right.evaluate(&frame))
        switch sum {
        case .string(let text): try frame.countIterations(text.utf8.count / 16)
        case .bytes(let bytes): try frame.countIterations(bytes.count / 16)
        case .list(let list): try frame.countIterations(list.count)
        default: break
        }
        return sum
    }
}

final class ListCallNode: Node {
    typealias Body = @Sendable ([Value]) throws(EvaluationFailure) -> Value

    private let arguments: [any Node]
    private let body: Body

    init(arguments: [any Node], body: @escaping Body) {
        self.arguments = arguments
        self.body = body
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        try body(try arguments.evaluate(&frame))
    }
}

/// A function of the embedding program; of several, the first that takes the values' types.
final class HostCallNode: Node {
    private let functions: [FunctionDeclaration]
    private let arguments: [any Node]

    init(functions: [FunctionDeclaration], arguments: [any Node]) {
        self.functions = functions
        self.arguments = arguments
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        let values = try arguments.evaluate(&frame)
        for function in functions {
            guard let fitting = values.fitting(function.parameters) else { continue }
            return try function.implementation(fitting, frame.activation)
        }
        throw EvaluationFailure(.noMatchingOverload(functions[0].name))
    }
}

extension [any Node] {
    fileprivate func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        for node in self { values.append(try node.evaluate(&frame)) }
        return values
    }
}

extension [Value] {
    /// The values as the parameters' types have them; nil where one does not fit.
    fileprivate func fitting(_ parameters: [CELType]) -> [Value]? {
        var fitting = self
        for (index, type) in parameters.enumerated() {
            switch (type, self[index]) {
            case (.dyn, _), (.object, .object), (.object, .null), (.list, .list), (.map, .map): break
            case (.int, .double(let double)):
                guard let int = Int64(exactly: double) else { return nil }
                fitting[index] = .int(int)
            default: if self[index].type != type { return nil }
            }
        }
        return fitting
    }
}
