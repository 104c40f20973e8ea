extension Value {
    /// The value where an int is called for: an int, a uint that is small enough, or a whole double, since JSON has one
    /// kind of number.
    /// - Parameter purpose: the operator or function that calls for it.
    func asWholeNumber(_ purpose: @autoclosure () -> String) throws(EvaluationFailure) -> Int64 {
        switch self {
        case .int(let int): return int
        case .double(let double):
            guard let int = Int64(exactly: double) else { throw EvaluationFailure(.notWhole(double)) }
            return int
        case .uint(let uint):
            guard let int = Int64(exactly: uint) else { throw EvaluationFailure(.overflow) }
            return int
        default: throw EvaluationFailure(.noMatchingOverload(purpose()))
        }
    }

    /// The value as the key of a map: of a double that is whole, the int.
    func asMapKey() throws(EvaluationFailure) -> Value {
        switch self {
        case .bool, .int, .uint, .string: return self
        case .double(let double):
            guard let int = Int64(exactly: double) else { throw EvaluationFailure(.notWhole(double)) }
            return .int(int)
        default: throw EvaluationFailure(.unsupportedKey(typeName))
        }
    }

    /// The number as a double, rounded where it has to be; nil of anything but numbers.
    var asDouble: Double? {
        switch self {
        case .int(let int): Double(int)
        case .uint(let uint): Double(uint)
        case .double(let double): double
        default: nil
        }
    }
}

/// How two numbers stand to each other; NaN to nothing.
enum NumberOrder {
    case less, equal, greater, unordered

    init<Number: Comparable>(_ left: Number, _ right: Number) {
        self = left < right ? .less : left > right ? .greater : left == right ? .equal : .unordered
    }

    /// Exact also beyond 2^53, where doubles do not tell ints apart. Only 2^63, which no int reaches, counts as equal
    /// to the ints that round to it, as CEL's conformance cases have it.
    init(_ left: Int64, _ right: Double) {
        if right.isNaN {
            self = .unordered
        } else if right >= 0x1p63 {
            self = Double(left) == right ? .equal : .less
        } else if right < -0x1p63 {
            self = .greater
        } else {
            let whole = right.rounded(.down)
            let order = NumberOrder(left, Int64(whole))
            self = order == .equal && whole < right ? .less : order
        }
    }

    init(_ left: UInt64, _ right: Double) {
        if right.isNaN {
            self = .unordered
        } else if right >= 0x1p64 {
            self = Double(left) == right ? .equal : .less
        } else if right < 0 {
            self = .greater
        } else {
            let whole = right.rounded(.down)
            let order = NumberOrder(left, UInt64(whole))
            self = order == .equal && whole < right ? .less : order
        }
    }

    init(_ left: Int64, _ right: UInt64) {
        self = left < 0 ? .less : NumberOrder(UInt64(left), right)
    }

    var reversed: NumberOrder {
        switch self {
        case .less: .greater
        case .greater: .less
        case .equal, .unordered: self
        }
    }

    func satisfies(_ operation: OrderOperator) -> Bool {
        switch (self, operation) {
        case (.less, .less), (.less, .lessOrEqual), (.equal, .lessOrEqual): true
        case (.greater, .greater), (.greater, .greaterOrEqual), (.equal, .greaterOrEqual): true
        default: false
        }
    }
}

extension Value {
    /// How two numbers stand to each other, whatever their kinds; nil where one is no number.
    func numberOrder(to other: Value) -> NumberOrder? {
        switch (self, other) {
        case (.int(let left), .int(let right)): NumberOrder(left, right)
        case (.uint(let left), .uint(let right)): NumberOrder(left, right)
        case (.double(let left), .double(let right)): NumberOrder(left, right)
        case (.int(let left), .double(let right)): NumberOrder(left, right)
        case (.uint(let left), .double(let right)): NumberOrder(left, right)
        case (.double(let left), .int(let right)): NumberOrder(right, left).reversed
        case (.double(let left), .uint(let right)): NumberOrder(right, left).reversed
        case (.int(let left), .uint(let right)): NumberOrder(left, right)
        case (.uint(let left), .int(let right)): NumberOrder(right, left).reversed
        default: nil
        }
    }

    /// `<` and its like.
    /// - Throws: `noMatchingOverload` where the two have no order.
    func isOrdered(_ operation: OrderOperator, _ other: Value) throws(EvaluationFailure) -> Bool {
        switch (self, other) {
        case (.double(let left), .double(let right)): return operation.holds(left, right)
        case (.string(let left), .string(let right)):
            return NumberOrder(text: left, right).satisfies(operation)
        case (.timestamp(let left), .timestamp(let right)): return operation.holds(left, right)
        case (.duration(let left), .duration(let right)): return operation.holds(left, right)
        case (.bool(let left), .bool(let right)): return operation.holds(left ? 1 : 0, right ? 1 : 0)
        case (.bytes(let left), .bytes(let right)):
            let order: NumberOrder =
                left == right ? .equal : left.lexicographicallyPrecedes(right) ? .less : .greater
            return order.satisfies(operation)
        default:
            guard let order = numberOrder(to: other) else {
                throw EvaluationFailure(.noMatchingOverload(operation.rawValue))
            }
            return order.satisfies(operation)
        }
    }
}

extension NumberOrder {
    fileprivate init(text left: String, _ right: String) {
        self = left.isSameText(as: right) ? .equal : left.precedes(right) ? .less : .greater
    }
}
