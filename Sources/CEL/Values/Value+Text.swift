extension Double {
    /// The shortest text that gives the number again; of a whole number, without a fraction.
    var text: String {
        if let whole = Int64(exactly: self), self != 0 || sign == .plus { return String(whole) }
        if isNaN { return "NaN" }
        if isInfinite { return self < 0 ? "-Infinity" : "Infinity" }
        let text = description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension Value: CustomStringConvertible {
    /// About as a CEL literal has it, for messages and logs.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .int(let value): String(value)
        case .uint(let value): "\(value)u"
        case .double(let value): value.text
        case .string(let value): value.debugDescription
        case .bytes(let value): "b\(String(decoding: value, as: UTF8.self).debugDescription)"
        case .timestamp(let value): "timestamp(\"\(value.rfc3339)\")"
        case .duration(let value): "duration(\"\(value.text)\")"
        case .list(let value): "[\(value.elements.map(\.description).joined(separator: ", "))]"
        case .map(let value): "{\(value.map { "\($0.0): \($0.1)" }.joined(separator: ", "))}"
        case .type(let value): value.runtimeName
        case .object(let value): value.objectType.name
        }
    }
}
