/// What an environment offers without being told.
enum StandardLibrary {
    struct Key: Hashable {
        let name: String
        let isMember: Bool
    }

    /// By name; several of one name differ in the number of their parameters.
    static let functions: [Key: [StandardFunction]] = {
        let parts: [[StandardFunction]] = [
            conversions, sizes, texts, matches, textExtensions, timestamps, mathematics, bits, aggregates, encoders,
        ]
        return Dictionary(grouping: parts.joined(), by: { Key(name: $0.name, isMember: $0.isMember) })
    }()

    /// Names that are values of type `type`.
    static let types: [String: CELType] = [
        "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string, "bytes": .bytes,
        "list": .list(.dyn), "map": .map(.dyn, .dyn), "null_type": .null, "type": .type,
        "google.protobuf.Timestamp": .timestamp, "google.protobuf.Duration": .duration,
    ]

    /// Macros, with the words that say how each is used.
    static let macros: [String: String] = [
        "has": "has(value.field)", "all": "list.all(name, condition)", "exists": "list.exists(name, condition)",
        "exists_one": "list.exists_one(name, condition)", "existsOne": "list.existsOne(name, condition)",
        "filter": "list.filter(name, condition)", "map": "list.map(name, value) or list.map(name, condition, value)",
        "transformList": "list.transformList(index, name, value) or list.transformList(index, name, condition, value)",
        "transformMap": "map.transformMap(key, name, value) or map.transformMap(key, name, condition, value)",
        "transformMapEntry":
            "map.transformMapEntry(key, name, entry) or map.transformMapEntry(key, name, condition, entry)",
        "bind": "cel.bind(name, value, expression)",
    ]
}
