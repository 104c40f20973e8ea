enum EqualityNode {
    /// The node for `left == right` that fits its operands best.
    static func make(_ left: any Node, _ right: any Node, isNegated: Bool) -> any Node {
        for (operand, constant) in [(left, right), (right, left)] {
            switch (constant as? ConstantNode)?.value {
            case .string(let text): return EqualTextNode(operand: operand, text: text, isNegated: isNegated)
            case .double(let number): return EqualNumberNode(operand: operand, number: number, isNegated: isNegated)
            case .int(let number):
                // Beyond that, a double does not tell neighbours apart.
                guard let double = Double(exactly: number), abs(double) <= 0x1p53 else { continue }
                return EqualNumberNode(operand: operand, number: double, isNegated: isNegated)
            default: continue
            }
        }
        return EqualNode(left: left, right: right, isNegated: isNegated)
    }
}

final class EqualNode: ConditionNode {
    private let left: any Node
    private let right: any Node
    private let isNegated: Bool

    init(left: any Node, right: any Node, isNegated: Bool) {
        self.left = left
        self.right = right
        self.isNegated = isNegated
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        let left = try left.evaluate(&frame)
        return left.isEqual(to: try right.evaluate(&frame)) != isNegated
    }
}

final class EqualTextNode: ConditionNode {
    private let operand: any Node
    private let text: String
    private let isNegated: Bool

    init(operand: any Node, text: String, isNegated: Bool) {
        self.operand = operand
        self.text = text
        self.isNegated = isNegated
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        guard case .string(let found) = try operand.evaluate(&frame) else { return isNegated }
        return found.isSameText(as: text) != isNegated
    }
}

final class EqualNumberNode: ConditionNode {
    private let operand: any Node
    private let number: Double
    private let isNegated: Bool

    init(operand: any Node, number: Double, isNegated: Bool) {
        self.operand = operand
        self.number = number
        self.isNegated = isNegated
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        let value = try operand.evaluate(&frame)
        if case .double(let found) = value { return (found == number) != isNegated }
        return value.isEqual(to: .double(number)) != isNegated
    }
}

enum OrderOperator: String, Sendable {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    var mirrored: OrderOperator {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }

    @inline(__always)
    func holds<Operand: Comparable>(_ left: Operand, _ right: Operand) -> Bool {
        switch self {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }
}

final class OrderNode: ConditionNode {
    private let left: any Node
    private let right: any Node
    private let operation: OrderOperator

    private init(left: any Node, right: any Node, operation: OrderOperator) {
        self.left = left
        self.right = right
        self.operation = operation
    }

    /// The node for `left < right` and its like that fits its operands best.
    static func make(_ left: any Node, _ right: any Node, _ operation: OrderOperator) -> any Node {
        if let number = (right as? ConstantNode)?.value.asExactDouble {
            return OrderNumberNode(operand: left, number: number, operation: operation)
        }
        if let number = (left as? ConstantNode)?.value.asExactDouble {
            return OrderNumberNode(operand: right, number: number, operation: operation.mirrored)
        }
        return OrderNode(left: left, right: right, operation: operation)
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        let left = try left.evaluate(&frame)
        return try left.isOrdered(operation, try right.evaluate(&frame))
    }
}

/// A comparison with a constant number.
final class OrderNumberNode: ConditionNode {
    private let operand: any Node
    private let number: Double
    private let operation: OrderOperator

    init(operand: any Node, number: Double, operation: OrderOperator) {
        self.operand = operand
        self.number = number
        self.operation = operation
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        let value = try operand.evaluate(&frame)
        if case .double(let found) = value { return operation.holds(found, number) }
        return try value.isOrdered(operation, .double(number))
    }
}

extension Value {
    /// The number as a double, where that is exactly the same number and neighbours stay apart.
    fileprivate var asExactDouble: Double? {
        switch self {
        case .double(let number): number
        case .int(let number): abs(number.clamped) <= 1 << 53 ? Double(number) : nil
        default: nil
        }
    }
}

extension Int64 {
    /// The least int has no magnitude.
    fileprivate var clamped: Int64 { Swift.max(self, -Int64.max) }
}

/// `element in collection`
final class MembershipNode: ConditionNode {
    private let element: any Node
    private let collection: any Node

    init(element: any Node, collection: any Node) {
        self.element = element
        self.collection = collection
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        let element = try element.evaluate(&frame)
        switch try collection.evaluate(&frame) {
        case .list(let list): return list.elements.contains { $0.isEqual(to: element) }
        case .map(let map): return map[element] != nil
        default: throw EvaluationFailure(.noMatchingOverload("in"))
        }
    }
}
