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

    /// With its namespace, where it has one: `math.least`.
    let name: String
    let isMember: Bool
    let signatures: [Signature]
    let body: Body
    /// Of a constant it is computed when the expression is compiled, and where that fails, the expression is refused.
    let isConversion: Bool

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
            isConversion: conversion, isVariadic: false)
    }

    static func binary(
        _ name: String, member: Bool = false, _ signatures: [(CELType, CELType, CELType)],
        _ body: @escaping @Sendable (Value, Value) throws(EvaluationFailure) -> Value
    ) -> StandardFunction {
        StandardFunction(
            name: name, isMember: member,
            signatures: signatures.map { Signature(parameters: [$0.0, $0.1], result: $0.2) }, body: .binary(body),
            isConversion: false, isVariadic: false)
    }

    static func list(
        _ name: String, member: Bool = false, variadic: Bool = false, _ parameters: [CELType], _ result: CELType,
        _ body: @escaping @Sendable ([Value]) throws(EvaluationFailure) -> Value
    ) -> StandardFunction {
        StandardFunction(
            name: name, isMember: member, signatures: [Signature(parameters: parameters, result: result)],
            body: .list(body), isConversion: false, isVariadic: variadic)
    }

    func call(_ values: [Value]) throws(EvaluationFailure) -> Value {
        switch body {
        case .unary(let body): try body(values[0])
        case .binary(let body): try body(values[0], values[1])
        case .list(let body): try body(values)
        }
    }
}
