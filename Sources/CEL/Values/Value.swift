/// A value of the Common Expression Language.
///
/// Lists, maps and texts share their storage when copied.
public enum Value: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case timestamp(Timestamp)
    case duration(Value.Duration)
    case list(List)
    case map(Map)
    case type(CELType)
    case object(any HostObject)

    /// The type of this value, as `type()` gives it: of a list or map without its elements' types.
    public var type: CELType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .timestamp: .timestamp
        case .duration: .duration
        case .list: .list(.dyn)
        case .map: .map(.dyn, .dyn)
        case .type: .type
        case .object(let object): .object(object.objectType.name)
        }
    }

    /// The name of the value's type, as the specification writes it: `int`, `google.protobuf.Timestamp`.
    public var typeName: String { type.runtimeName }
}
