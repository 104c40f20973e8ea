/// The type of an expression or a value. `dyn` is a type that is known only when the expression is evaluated.
public indirect enum CELType: Hashable, Sendable {
    case dyn, null, bool, int, uint, double, string, bytes, timestamp, duration, type
    case list(CELType)
    case map(CELType, CELType)
    case object(String)
}

extension CELType: CustomStringConvertible {
    /// As error messages write it: `list(int)`.
    public var description: String {
        switch self {
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .null: "null"
        case .timestamp: "timestamp"
        case .duration: "duration"
        default: runtimeName
        }
    }

    /// As the specification names the type's value.
    var runtimeName: String {
        switch self {
        case .dyn: "dyn"
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .type: "type"
        case .list: "list"
        case .map: "map"
        case .object(let name): name
        }
    }
}
