/// A mapping of a file: what the schema calls it, and files that hold one, where `KEY` stands for one more key of it.
struct SchemaPlace {
    let kind: String
    /// Of `$defs`; empty for the whole file.
    let name: String
    let templates: [String]

    static let unknown = "zzzzzzzzzzzzzzzz"

    static let all: [SchemaPlace] = [
        pattern("", "{phenomenon: p, KEY: 1}"),
        pattern("pattern", of: "KEY: 1"),
        pattern("input", of: "input: {on: t, KEY: 1}"),
        pattern("condition", block: "followed_by: {on: t, KEY: 1}"),
        pattern("groupedCondition", block: "followed_by_any: [{on: t, KEY: 1}]", "all_of: [{on: t, KEY: 1}]"),
        pattern("rest", of: "rest: {for: 1s, KEY: 1}"),
        pattern("times", block: "followed_by: payload > 1, times: {min: 1, KEY: 1}"),
        pattern(
            "block", block: "followed_by: payload > 1, KEY: 1", "absent: payload > 1, for: 1s, KEY: 1",
            "all_of: [payload > 1], KEY: 1"),
        pattern("emit", of: "emit: {KEY: 1}"),
        pattern("action", of: "actions: [{log: {message: m}, KEY: 1}]", "actions: [{sequence: [], KEY: 1}]"),
        pattern("publish", of: "actions: [{publish: {topic: t, KEY: 1}}]"),
        pattern("http", of: "actions: [{http: {url: 'http://localhost', KEY: 1}}]"),
        pattern("exec", of: "actions: [{exec: {command: [a], KEY: 1}}]"),
        pattern("log", of: "actions: [{log: {message: m, KEY: 1}}]"),
        configuration("", "KEY: 1"),
        configuration("broker", "broker: {KEY: 1}"),
        configuration("sensor", "sensors: [{filter: t, KEY: 1}]"),
        configuration("queue", "queue: {KEY: 1}"),
        configuration("peers", "peers: {KEY: 1}"),
        configuration("remember", "peers: {remember: {KEY: 1}}"),
        configuration("partitions", "partitions: {KEY: 1}"),
        configuration("home_assistant", "home_assistant: {KEY: 1}"),
        configuration("http", "http: {KEY: 1}"),
    ]

    func file(of template: String, key: String) -> SchemaTrial.File {
        SchemaTrial.File(kind: kind, name: name, text: template.replacing("KEY", with: key))
    }

    /// The keys that an error about an unknown key names.
    static func knownKeys(_ error: String) -> [String]? {
        error.firstMatch(of: #/unknown key "z+", expected (?:one of )?([a-z0-9_]+(?:, [a-z0-9_]+)*)/#)
            .map { $0.output.1.split(separator: ", ").map(String.init) }
    }

    private static func pattern(_ name: String, _ template: String) -> SchemaPlace {
        SchemaPlace(kind: "pattern", name: name, templates: [template])
    }

    private static func pattern(_ name: String, of parts: String...) -> SchemaPlace {
        SchemaPlace(
            kind: "pattern", name: name,
            templates: parts.map {
                "{phenomenon: p, patterns: [{name: q, blocks: [{next: payload > 1}], \($0)}]}"
            })
    }

    private static func pattern(_ name: String, block parts: String...) -> SchemaPlace {
        SchemaPlace(
            kind: "pattern", name: name,
            templates: parts.map {
                "{phenomenon: p, patterns: [{name: q, blocks: [{next: payload > 1}, {\($0)}, {next: payload > 2}]}]}"
            })
    }

    private static func configuration(_ name: String, _ template: String) -> SchemaPlace {
        SchemaPlace(kind: "configuration", name: name, templates: [template])
    }
}
