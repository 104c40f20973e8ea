/// Reads an expression from its tokens, by the grammar of the CEL language definition.
struct Parser {
    /// Longer sources are refused.
    static let sourceLimit = 100_000

    /// Words that are no names, though they mean nothing yet.
    static let reservedWords: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    private let tokens: [Token]
    private var position = 0
    private var depth = 0

    private init(_ tokens: [Token]) { self.tokens = tokens }

    static func parse(_ source: String) throws(SyntaxError) -> Expression {
        guard source.utf8.count <= sourceLimit else {
            throw SyntaxError(
                offset: 0, message: "the expression has \(source.utf8.count) bytes, at most \(sourceLimit) are allowed")
        }
        var parser = Parser(try Lexer.tokens(of: source))
        let expression = try parser.expression()
        guard parser.current.kind == .end else {
            let advice = operatorsInWords[parser.current.text.lowercased()].map { "; in CEL that is \($0)" } ?? ""
            throw parser.unexpected("an operator or the end of the expression" + advice)
        }
        return expression
    }

    /// Of other languages.
    private static let operatorsInWords = [
        "and": "&&", "or": "||", "not": "!", "is": "==", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "mod": "%",
        "contains": "text.contains(part), or element in list", "then": "condition ? value : other",
    ]

    var current: Token { tokens[min(position, tokens.count - 1)] }

    mutating func advance() -> Token {
        let token = current
        position += 1
        return token
    }

    mutating func take(_ symbol: Token.Symbol) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ symbol: Token.Symbol, _ purpose: String) throws(SyntaxError) {
        guard take(symbol) else { throw unexpected("\(symbol.rawValue) \(purpose)") }
    }

    func unexpected(_ expected: String) -> SyntaxError {
        SyntaxError(offset: current.offset, message: "found \(current.text), expected \(expected)")
    }

    func node(_ kind: Expression.Kind, at offset: Int) throws(SyntaxError) -> Expression {
        let expression = Expression(kind, offset: offset)
        guard expression.height <= Expression.heightLimit else { throw tooDeep(at: offset) }
        return expression
    }

    private func tooDeep(at offset: Int) -> SyntaxError {
        SyntaxError(offset: offset, message: "the expression is nested more than \(Expression.heightLimit) deep")
    }

    mutating func expression() throws(SyntaxError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Expression.heightLimit else { throw tooDeep(at: current.offset) }
        let condition = try disjunction()
        let offset = current.offset
        guard take(.question) else { return condition }
        let first = try disjunction()
        try expect(.colon, "of the conditional")
        let second = try expression()
        return try node(.conditional(condition, first, second), at: offset)
    }

    private mutating func disjunction() throws(SyntaxError) -> Expression {
        let first = try conjunction()
        let offset = current.offset
        var parts = [first]
        while take(.or) { parts.append(try conjunction()) }
        return parts.count == 1 ? first : try node(.any(parts), at: offset)
    }

    private mutating func conjunction() throws(SyntaxError) -> Expression {
        let first = try binary(minimum: 1)
        let offset = current.offset
        var parts = [first]
        while take(.and) { parts.append(try binary(minimum: 1)) }
        return parts.count == 1 ? first : try node(.all(parts), at: offset)
    }

    /// Relations bind least, then sums, then products; all of them to the left.
    private mutating func binary(minimum: Int) throws(SyntaxError) -> Expression {
        var left = try unary()
        while let (operation, precedence) = binaryOperator, precedence >= minimum {
            let offset = advance().offset
            let right = try binary(minimum: precedence + 1)
            left = try node(.binary(operation, left, right), at: offset)
        }
        return left
    }

    private var binaryOperator: (BinaryOperator, Int)? {
        switch current.kind {
        case .identifier("in"): (.in, 1)
        case .symbol(let symbol):
            switch symbol {
            case .equal: (.equal, 1)
            case .notEqual: (.notEqual, 1)
            case .less: (.less, 1)
            case .lessOrEqual: (.lessOrEqual, 1)
            case .greater: (.greater, 1)
            case .greaterOrEqual: (.greaterOrEqual, 1)
            case .plus: (.add, 2)
            case .minus: (.subtract, 2)
            case .star: (.multiply, 3)
            case .slash: (.divide, 3)
            case .percent: (.modulo, 3)
            default: nil
            }
        default: nil
        }
    }

    private mutating func unary() throws(SyntaxError) -> Expression {
        let offset = current.offset
        if take(.not) { return try node(.not(try operand()), at: offset) }
        if take(.minus) {
            // The least int has no positive counterpart, so the sign belongs to the literal.
            switch current.kind {
            case .int(let number):
                _ = advance()
                return try members(of: try node(.literal(.int(Int64(truncatingIfNeeded: 0 &- number))), at: offset))
            case .double(let number):
                _ = advance()
                return try members(of: try node(.literal(.double(-number)), at: offset))
            default: return try node(.negate(try operand()), at: offset)
            }
        }
        return try members(of: try primary())
    }

    private mutating func operand() throws(SyntaxError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Expression.heightLimit else { throw tooDeep(at: current.offset) }
        return try unary()
    }
}
