/// A function of the standard library or one of its extensions: what it takes, and what it does.
struct StandardFunction: Sendable {
    struct Signature: Sendable {
        let parameters: [CELType]
        let result: CELType
    }

    /// Looks at the kinds of its values itself, since types may be known only at evaluation.
    enum Body: Sendable {
        case unary(@Sendable (Value) throws(EvaluationFailure) -> Value)
        case binary(@Sendable (Value, Value) throws(EvaluationFailure) -> Value)
        case list(@Sendable ([Value]) throws(EvaluationFailure) -> Value)
    }

    /// What is looked at when the expression is compiled, where an argument is a constant.
    enum ConstantRule: Sendable {
        case none
        /// The result: `duration("1d")` has none, so it is refused.
        case result
        /// The last argument, whether it is a time zone.
        case timeZone
        /// The last argument, whether it is a regular expression.
        case regularExpression
    }

    /// With its namespace, where it has one: `math.least`.
    let name: String
    let isMember: Bool
    let signatures: [Signature]
    let body: Body
    let constantRule: ConstantRule

    /// All with as many parameters.
    var parameterCount: Int? { isVariadic ? nil : signatures.first?.parameters.count }
    let isVariadic: Bool

    static func unary(
        _ name: String, member: Bool = false, conversion: Bool = false, _ signatures: [(CELType, CELType)],
        _ body: @escaping @Sendable (Value) throws(EvaluationFailure) -> Value
    ) -> StandardFunction {
        StandardFunction(
            name: name, isMember: member,
            signatures: signatures.map { Signature(parameters: [$0.0], result: $0.1) }, body: .unary(body),
            constantRule: conversion ? .result : .none, isVariadic: false)
    }

    static func binary(
        _ name: String, member: Bool = false, constantRule: ConstantRule = .none,
        _ signatures: [(CELType, CELType, CELType)],
        _ body: @escaping @Sendable (Value, Value) throws(EvaluationFailure) -> Value
    ) -> StandardFunction {
        StandardFunction(
            name: name, isMember: member,
            signatures: signatures.map { Signature(parameters: [$0.0, $0.1], result: $0.2) }, body: .binary(body),
            constantRule: constantRule, isVariadic: false)
    }

    static func list(
        _ name: String, member: Bool = false, variadic: Bool = false, _ parameters: [CELType], _ result: CELType,
        _ body: @escaping @Sendable ([Value]) throws(EvaluationFailure) -> Value
    ) -> StandardFunction {
        StandardFunction(
            name: name, isMember: member, signatures: [Signature(parameters: parameters, result: result)],
            body: .list(body), constantRule: .none, isVariadic: variadic)
    }

    func call(_ values: [Value]) throws(EvaluationFailure) -> Value {
        switch body {
        case .unary(let body): try body(values[0])
        case .binary(let body): try body(values[0], values[1])
        case .list(let body): try body(values)
        }
    }
}
