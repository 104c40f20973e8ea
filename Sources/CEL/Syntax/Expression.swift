/// An expression as it was written.
struct Expression: Sendable {
    indirect enum Kind: Sendable {
        case literal(Value)
        /// With a leading dot, `isAbsolute`: neither container nor macro variables are looked at.
        case identifier(String, isAbsolute: Bool)
        case select(Expression, name: String)
        case index(Expression, Expression)
        case call(target: Expression?, name: String, arguments: [Expression])
        case list([Expression])
        case map([(key: Expression, value: Expression)])
        case not(Expression)
        case negate(Expression)
        case binary(BinaryOperator, Expression, Expression)
        /// `a && b && c`: flat, so that a long chain is not deep.
        case all([Expression])
        /// `a || b || c`
        case any([Expression])
        case conditional(Expression, Expression, Expression)
    }

    /// Deeper than this an expression is refused, so that no recursion over it can exhaust a thread's stack.
    static let heightLimit = 250

    let kind: Kind
    /// The place that a message about it points to, in Unicode scalars.
    let offset: Int
    let height: Int

    init(_ kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
        height = 1 + (kind.parts.map(\.height).max() ?? 0)
    }
}

extension Expression.Kind {
    var parts: [Expression] {
        switch self {
        case .literal, .identifier: []
        case .select(let operand, _), .not(let operand), .negate(let operand): [operand]
        case .index(let left, let right), .binary(_, let left, let right): [left, right]
        case .call(let target, _, let arguments): (target.map { [$0] } ?? []) + arguments
        case .list(let elements), .all(let elements), .any(let elements): elements
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .conditional(let condition, let first, let second): [condition, first, second]
        }
    }
}

enum BinaryOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case `in` = "in"
}
