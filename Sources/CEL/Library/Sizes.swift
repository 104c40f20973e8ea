extension StandardLibrary {
    /// `size(value)` and `value.size()`: of a text its Unicode scalars, of bytes, lists and maps what they hold.
    static let sizes: [StandardFunction] = [false, true].map { isMember in
        .unary(
            "size", member: isMember,
            [(.string, .int), (.bytes, .int), (.list(.dyn), .int), (.map(.dyn, .dyn), .int)]
        ) { value throws(EvaluationFailure) in
            switch value {
            case .string(let text): return .int(Int64(text.unicodeScalars.count))
            case .bytes(let bytes): return .int(Int64(bytes.count))
            case .list(let list): return .int(Int64(list.count))
            case .map(let map): return .int(Int64(map.count))
            default: throw EvaluationFailure(.noMatchingOverload("size"))
            }
        }
    }
}
