final class NotNode: ConditionNode {
    private let operand: any Node

    init(operand: any Node) { self.operand = operand }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool { try !operand.holds(&frame) }
}

/// `left && right`: a side that is false decides, whether or not the other fails.
final class AndNode: ConditionNode {
    private let left: any Node
    private let right: any Node

    init(left: any Node, right: any Node) {
        self.left = left
        self.right = right
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        do throws(EvaluationFailure) {
            guard try left.holds(&frame) else { return false }
        } catch {
            guard try right.holds(&frame) else { return false }
            throw error
        }
        return try right.holds(&frame)
    }
}

/// `left || right`: a side that is true decides, whether or not the other fails.
final class OrNode: ConditionNode {
    private let left: any Node
    private let right: any Node

    init(left: any Node, right: any Node) {
        self.left = left
        self.right = right
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        do throws(EvaluationFailure) {
            guard try !left.holds(&frame) else { return true }
        } catch {
            guard try !right.holds(&frame) else { return true }
            throw error
        }
        return try right.holds(&frame)
    }
}

/// `&&` of more than two.
final class AllOfNode: ConditionNode {
    private let parts: [any Node]

    init(parts: [any Node]) { self.parts = parts }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        var failure: EvaluationFailure?
        for part in parts {
            do throws(EvaluationFailure) {
                guard try part.holds(&frame) else { return false }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return true
    }
}

/// `||` of more than two.
final class AnyOfNode: ConditionNode {
    private let parts: [any Node]

    init(parts: [any Node]) { self.parts = parts }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        var failure: EvaluationFailure?
        for part in parts {
            do throws(EvaluationFailure) {
                guard try !part.holds(&frame) else { return true }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return false
    }
}

final class ConditionalNode: Node {
    private let condition: any Node
    private let first: any Node
    private let second: any Node

    init(condition: any Node, first: any Node, second: any Node) {
        self.condition = condition
        self.first = first
        self.second = second
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        try condition.holds(&frame) ? try first.evaluate(&frame) : try second.evaluate(&frame)
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        try condition.holds(&frame) ? try first.holds(&frame) : try second.holds(&frame)
    }
}
