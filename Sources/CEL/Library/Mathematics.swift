extension StandardLibrary {
    static let mathematics: [StandardFunction] =
        StandardFunction.extreme("math.least") { $0 == .less }
        + StandardFunction.extreme("math.greatest") { $0 == .greater } + ofDoubles + ofNumbers

    private static let ofDoubles: [StandardFunction] = [
        .ofDouble("math.ceil") { $0.rounded(.up) },
        .ofDouble("math.floor") { $0.rounded(.down) },
        .ofDouble("math.round") { $0.rounded(.toNearestOrAwayFromZero) },
        .ofDouble("math.trunc") { $0.rounded(.towardZero) },
        .testOfDouble("math.isNaN") { $0.isNaN },
        .testOfDouble("math.isInf") { $0.isInfinite },
        .testOfDouble("math.isFinite") { $0.isFinite },
    ]

    private static let ofNumbers: [StandardFunction] = [
        .unary("math.sqrt", [(.int, .double), (.uint, .double), (.double, .double)]) {
            value throws(EvaluationFailure) in
            guard let number = value.asDouble else { throw EvaluationFailure(.noMatchingOverload("math.sqrt")) }
            return .double(number.squareRoot())
        },
        .unary("math.abs", [(.int, .int), (.uint, .uint), (.double, .double)]) { value throws(EvaluationFailure) in
            switch value {
            case .int(let number):
                guard number > .min else { throw EvaluationFailure(.overflow) }
                return .int(abs(number))
            case .uint: return value
            case .double(let number): return .double(abs(number))
            default: throw EvaluationFailure(.noMatchingOverload("math.abs"))
            }
        },
        .unary("math.sign", [(.int, .int), (.uint, .uint), (.double, .double)]) { value throws(EvaluationFailure) in
            switch value {
            case .int(let number): return .int(number.signum())
            case .uint(let number): return .uint(number == 0 ? 0 : 1)
            case .double(let number): return .double(number > 0 ? 1 : number < 0 ? -1 : number)
            default: throw EvaluationFailure(.noMatchingOverload("math.sign"))
            }
        },
    ]
}

extension StandardFunction {
    /// The least or greatest of the arguments, or of one list.
    fileprivate static func extreme(
        _ name: String, _ isBetter: @escaping @Sendable (NumberOrder) -> Bool
    ) -> [StandardFunction] {
        let signatures: [Signature] = [
            .init(parameters: [.int], result: .int),
            .init(parameters: [.uint], result: .uint),
            .init(parameters: [.double], result: .double),
            .init(parameters: [.int, .uint, .double], result: .dyn),
        ]
        let body: @Sendable ([Value]) throws(EvaluationFailure) -> Value = { values throws(EvaluationFailure) in
            if values.count == 1, case .list(let list) = values[0] {
                return try extreme(of: list.elements, name, isBetter)
            }
            return try extreme(of: values, name, isBetter)
        }
        let ofList = StandardFunction(
            name: name, isMember: false,
            signatures: [
                .init(parameters: [.list(.int)], result: .int), .init(parameters: [.list(.uint)], result: .uint),
                .init(parameters: [.list(.double)], result: .double),
            ], body: .list(body), constantRule: .none, isVariadic: false)
        let ofArguments = StandardFunction(
            name: name, isMember: false, signatures: signatures, body: .list(body), constantRule: .none,
            isVariadic: true)
        return [ofList, ofArguments]
    }

    private static func extreme(
        of values: [Value], _ name: String, _ isBetter: (NumberOrder) -> Bool
    ) throws(EvaluationFailure) -> Value {
        guard var best = values.first else { throw EvaluationFailure(.emptyList(name)) }
        for value in values {
            guard let order = value.numberOrder(to: best) else { throw EvaluationFailure(.noMatchingOverload(name)) }
            if isBetter(order) { best = value }
        }
        return best
    }

    fileprivate static func ofDouble(_ name: String, _ body: @escaping @Sendable (Double) -> Double) -> StandardFunction
    {
        .unary(name, [(.double, .double)]) { value throws(EvaluationFailure) in
            guard case .double(let number) = value else { throw EvaluationFailure(.noMatchingOverload(name)) }
            return .double(body(number))
        }
    }

    fileprivate static func testOfDouble(_ name: String, _ body: @escaping @Sendable (Double) -> Bool)
        -> StandardFunction
    {
        .unary(name, [(.double, .bool)]) { value throws(EvaluationFailure) in
            guard case .double(let number) = value else { throw EvaluationFailure(.noMatchingOverload(name)) }
            return .bool(body(number))
        }
    }
}
