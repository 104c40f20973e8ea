extension BinaryOperator {
    /// What the operator takes and gives, where its operands need no closer look (`Checker+Operators.swift`).
    ///
    /// Against CEL's own table an int and a double make a double, and `%` takes doubles, which must be whole:
    /// JSON has one kind of number.
    var signatures: [StandardFunction.Signature] {
        switch self {
        case .add:
            BinaryOperator.numbers + [
                .init(parameters: [.string, .string], result: .string),
                .init(parameters: [.bytes, .bytes], result: .bytes),
                .init(parameters: [.list(.dyn), .list(.dyn)], result: .list(.dyn)),
                .init(parameters: [.timestamp, .duration], result: .timestamp),
                .init(parameters: [.duration, .timestamp], result: .timestamp),
                .init(parameters: [.duration, .duration], result: .duration),
            ]
        case .subtract:
            BinaryOperator.numbers + [
                .init(parameters: [.timestamp, .timestamp], result: .duration),
                .init(parameters: [.timestamp, .duration], result: .timestamp),
                .init(parameters: [.duration, .duration], result: .duration),
            ]
        case .multiply, .divide: BinaryOperator.numbers
        case .modulo:
            [
                .init(parameters: [.int, .int], result: .int),
                .init(parameters: [.uint, .uint], result: .uint),
            ]
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            ([.string, .bool, .bytes, .timestamp, .duration] as [CELType])
                .map { .init(parameters: [$0, $0], result: .bool) }
                + BinaryOperator.pairsOfNumbers.map { .init(parameters: $0, result: .bool) }
        case .equal, .notEqual, .in: []
        }
    }

    private static let pairsOfNumbers: [[CELType]] = [.int, .uint, .double].flatMap { left in
        ([.int, .uint, .double] as [CELType]).map { [left, $0] }
    }

    private static let numbers: [StandardFunction.Signature] = [
        .init(parameters: [.int, .int], result: .int),
        .init(parameters: [.uint, .uint], result: .uint),
        .init(parameters: [.double, .double], result: .double),
        .init(parameters: [.int, .double], result: .double),
        .init(parameters: [.double, .int], result: .double),
    ]
}
