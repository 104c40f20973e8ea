/// The arithmetic operators. An int and a double give a double; anything else of two kinds has no meaning, and what
/// goes beyond 64 bits fails.
enum Arithmetic {
    @Sendable
    static func add(_ left: Value, _ right: Value) throws(EvaluationFailure) -> Value {
        switch (left, right) {
        case (.double(let left), .double(let right)): return .double(left + right)
        case (.int(let left), .int(let right)): return .int(try exact(left.addingReportingOverflow(right)))
        case (.uint(let left), .uint(let right)): return .uint(try exact(left.addingReportingOverflow(right)))
        case (.int(let left), .double(let right)): return .double(Double(left) + right)
        case (.double(let left), .int(let right)): return .double(left + Double(right))
        case (.string(let left), .string(let right)): return .string(left + right)
        case (.bytes(let left), .bytes(let right)): return .bytes(left + right)
        case (.list(let left), .list(let right)): return .list(List(left.elements + right.elements))
        case (.timestamp(let left), .duration(let right)): return .timestamp(try left.adding(right))
        case (.duration(let left), .timestamp(let right)): return .timestamp(try right.adding(left))
        case (.duration(let left), .duration(let right)): return .duration(try left.adding(right))
        default: throw EvaluationFailure(.noMatchingOverload("+"))
        }
    }

    @Sendable
    static func subtract(_ left: Value, _ right: Value) throws(EvaluationFailure) -> Value {
        switch (left, right) {
        case (.double(let left), .double(let right)): return .double(left - right)
        case (.int(let left), .int(let right)): return .int(try exact(left.subtractingReportingOverflow(right)))
        case (.uint(let left), .uint(let right)): return .uint(try exact(left.subtractingReportingOverflow(right)))
        case (.int(let left), .double(let right)): return .double(Double(left) - right)
        case (.double(let left), .int(let right)): return .double(left - Double(right))
        case (.timestamp(let left), .timestamp(let right)): return .duration(try left.since(right))
        case (.timestamp(let left), .duration(let right)): return .timestamp(try left.adding(right.negated))
        case (.duration(let left), .duration(let right)): return .duration(try left.adding(right.negated))
        default: throw EvaluationFailure(.noMatchingOverload("-"))
        }
    }

    @Sendable
    static func multiply(_ left: Value, _ right: Value) throws(EvaluationFailure) -> Value {
        switch (left, right) {
        case (.double(let left), .double(let right)): return .double(left * right)
        case (.int(let left), .int(let right)): return .int(try exact(left.multipliedReportingOverflow(by: right)))
        case (.uint(let left), .uint(let right)): return .uint(try exact(left.multipliedReportingOverflow(by: right)))
        case (.int(let left), .double(let right)): return .double(Double(left) * right)
        case (.double(let left), .int(let right)): return .double(left * Double(right))
        default: throw EvaluationFailure(.noMatchingOverload("*"))
        }
    }

    @Sendable
    static func divide(_ left: Value, _ right: Value) throws(EvaluationFailure) -> Value {
        switch (left, right) {
        case (.double(let left), .double(let right)): return .double(left / right)
        case (.int(let left), .int(let right)):
            guard right != 0 else { throw EvaluationFailure(.divisionByZero) }
            return .int(try exact(left.dividedReportingOverflow(by: right)))
        case (.uint(let left), .uint(let right)):
            guard right != 0 else { throw EvaluationFailure(.divisionByZero) }
            return .uint(left / right)
        case (.int(let left), .double(let right)): return .double(Double(left) / right)
        case (.double(let left), .int(let right)): return .double(left / Double(right))
        default: throw EvaluationFailure(.noMatchingOverload("/"))
        }
    }

    /// Of ints, uints and whole doubles; the sign is that of the left side.
    @Sendable
    static func modulo(_ left: Value, _ right: Value) throws(EvaluationFailure) -> Value {
        switch (left, right) {
        case (.uint(let left), .uint(let right)):
            guard right != 0 else { throw EvaluationFailure(.modulusByZero) }
            return .uint(left % right)
        case (.uint, _), (_, .uint): throw EvaluationFailure(.noMatchingOverload("%"))
        default:
            let (left, right) = (try left.asWholeNumber("%"), try right.asWholeNumber("%"))
            guard right != 0 else { throw EvaluationFailure(.modulusByZero) }
            return .int(try exact(left.remainderReportingOverflow(dividingBy: right)))
        }
    }

    static let negation = StandardFunction.unary("-", [(.int, .int), (.double, .double)]) {
        value throws(EvaluationFailure) in
        switch value {
        case .int(let number): return .int(try exact((0 as Int64).subtractingReportingOverflow(number)))
        case .double(let number): return .double(-number)
        default: throw EvaluationFailure(.noMatchingOverload("-"))
        }
    }

    private static func exact<Number>(_ result: (partialValue: Number, overflow: Bool)) throws(EvaluationFailure)
        -> Number
    {
        guard !result.overflow else { throw EvaluationFailure(.overflow) }
        return result.partialValue
    }
}
