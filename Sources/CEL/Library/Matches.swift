extension StandardLibrary {
    static let matchesName = "matches"

    /// `matches(text, expression)` and `text.matches(expression)`. Where the expression is a constant, `MatchNode` takes
    /// its place.
    static let matches: [StandardFunction] = [false, true].map { isMember in
        .binary(matchesName, member: isMember, constantRule: .regularExpression, [(.string, .string, .bool)]) {
            text, expression throws(EvaluationFailure) in
            guard case (.string(let text), .string(let expression)) = (text, expression) else {
                throw EvaluationFailure(.noMatchingOverload(matchesName))
            }
            return .bool(try RegularExpressionCache.shared.expression(expression).matches(text))
        }
    }
}
