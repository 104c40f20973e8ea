extension StandardLibrary {
    /// The bit functions of the math extension. A whole double serves as an int.
    static let bits: [StandardFunction] = [
        .bitwise("math.bitAnd", { $0 & $1 }, { $0 & $1 }),
        .bitwise("math.bitOr", { $0 | $1 }, { $0 | $1 }),
        .bitwise("math.bitXor", { $0 ^ $1 }, { $0 ^ $1 }),
        .unary("math.bitNot", [(.int, .int), (.uint, .uint)]) { value throws(EvaluationFailure) in
            if case .uint(let number) = value { return .uint(~number) }
            return .int(~(try value.asWholeNumber("math.bitNot")))
        },
        .shift("math.bitShiftLeft") { $0 << $1 },
        // Of ints too the free bits are filled with 0.
        .shift("math.bitShiftRight") { $0 >> $1 },
    ]
}

extension StandardFunction {
    fileprivate static func bitwise(
        _ name: String, _ ofInts: @escaping @Sendable (Int64, Int64) -> Int64,
        _ ofUInts: @escaping @Sendable (UInt64, UInt64) -> UInt64
    ) -> StandardFunction {
        .binary(name, [(.int, .int, .int), (.uint, .uint, .uint)]) { left, right throws(EvaluationFailure) in
            switch (left, right) {
            case (.uint(let left), .uint(let right)): return .uint(ofUInts(left, right))
            case (.uint, _), (_, .uint): throw EvaluationFailure(.noMatchingOverload(name))
            default: return .int(ofInts(try left.asWholeNumber(name), try right.asWholeNumber(name)))
            }
        }
    }

    fileprivate static func shift(
        _ name: String, _ body: @escaping @Sendable (UInt64, Int64) -> UInt64
    ) -> StandardFunction {
        .binary(name, [(.int, .int, .int), (.uint, .int, .uint)]) { value, distance throws(EvaluationFailure) in
            let places = try distance.asWholeNumber(name)
            guard places >= 0 else {
                throw EvaluationFailure(.invalidArgument("\(name) by \(places), expected 0 or more"))
            }
            if case .uint(let number) = value { return .uint(body(number, places)) }
            let bits = UInt64(bitPattern: try value.asWholeNumber(name))
            return .int(Int64(bitPattern: body(bits, places)))
        }
    }
}
