/// `text.matches(expression)` with an expression compiled once. The length of the text counts as iterations, so that no
/// macro searches a long one for ever.
final class MatchNode: ConditionNode {
    private let text: any Node
    private let expression: RegularExpression

    init(text: any Node, expression: RegularExpression) {
        self.text = text
        self.expression = expression
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        guard case .string(let text) = try text.evaluate(&frame) else {
            throw EvaluationFailure(.noMatchingOverload(StandardLibrary.matchesName))
        }
        try frame.countIterations(text.utf8.count / 16)
        return expression.matches(text)
    }
}

/// The same with an expression that only the evaluation knows.
final class DynamicMatchNode: ConditionNode {
    private let text: any Node
    private let expression: any Node

    init(text: any Node, expression: any Node) {
        self.text = text
        self.expression = expression
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        let text = try text.evaluate(&frame)
        guard case (.string(let text), .string(let expression)) = (text, try expression.evaluate(&frame)) else {
            throw EvaluationFailure(.noMatchingOverload(StandardLibrary.matchesName))
        }
        // To compile an expression is dearer than most searches.
        try frame.countIterations(text.utf8.count / 16 + 1000)
        return try RegularExpressionCache.shared.expression(expression).matches(text)
    }
}
