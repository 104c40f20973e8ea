import BoboTopics
public import CEL

/// The names that expressions of patterns may use, compiled to the slots that `Scope` fills.
public struct ExpressionEnvironment: Sendable {
    /// The order in which the names are declared.
    enum Slot: Int, CaseIterable {
        case event, key, history, first, last, now, timezone, previous, recent

        static let groups = allCases.count
    }

    package static let eventType = ObjectType(
        name: "Event",
        fields: [
            ObjectType.Field(name: "payload", type: .dyn, isDocument: true),
            ObjectType.Field(name: "text", type: .string), ObjectType.Field(name: "topic", type: .string),
            ObjectType.Field(name: "levels", type: .list(.string)), ObjectType.Field(name: "ts", type: .timestamp),
            ObjectType.Field(name: "kind", type: .string), ObjectType.Field(name: "id", type: .string),
            ObjectType.Field(name: "retained", type: .bool),
        ])

    enum EventField: Int {
        case payload, text, topic, levels, ts, kind, id, retained
    }

    private static let aliases = ["payload", "text", "topic", "levels", "ts", "kind"]

    /// Names of the language that no group may bear.
    public static let reservedNames: Set<String> = [
        "event", "payload", "text", "topic", "levels", "ts", "kind", "key", "previous", "history", "first", "last",
        "now",
        "timezone", "sum", "avg", "stddev", "size", "topic_matches", "latest", "latest_of", "unix_seconds",
        "unix_millis",
        "recent", "secret", "url_encode", "has", "all", "exists", "exists_one", "map", "filter", "true", "false",
        "null", "in", "as",
        "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace",
        "return", "var", "void", "while", "int", "uint", "double", "bool", "string", "bytes", "list", "type", "dyn",
        "duration", "timestamp", "math", "strings", "cel", "base64", "matches",
    ]

    /// A name that a pattern gives to an expression.
    public struct Definition: Sendable, Hashable {
        public let name: String
        public let expression: String

        public init(name: String, expression: String) {
            self.name = name
            self.expression = expression
        }
    }

    private var environment: Environment

    /// What all patterns may use: thousands of patterns have an environment each.
    private static let common: Environment = {
        let event = CELType.object(ExpressionEnvironment.eventType.name)
        var environment = Environment(paths: PathTable())
        environment.declare(ExpressionEnvironment.eventType)
        environment.declare(variable: "event", type: event)
        environment.declare(variable: "key", type: .dyn)
        environment.declare(variable: "history", type: .list(event))
        environment.declare(variable: "first", type: event)
        environment.declare(variable: "last", type: event)
        environment.declare(variable: "now", type: .timestamp)
        environment.declare(variable: "timezone", type: .string)
        environment.declare(variable: "previous", type: event)
        environment.declare(variable: "recent", type: .list(event))
        for name in ExpressionEnvironment.aliases {
            // The text is the language's own, so that it always parses.
            try? environment.declare(alias: name, expression: "event." + name)
        }
        environment.declare(TopicMatching.declaration)
        environment.declare(URLEncoding.declaration)
        for function in StateFunctions.declarations { environment.declare(function) }
        return environment
    }()

    /// The environment of a pattern with these groups.
    /// - Parameters:
    ///   - otherGroups: those of the phenomenon's other patterns, empty lists here; for `emit` and `actions` alone.
    ///   - definitions: names that stand for expressions; one that cannot be parsed is none.
    ///   - givesSecrets: whether there is `secret("name")`, as in the texts of actions.
    public init(
        paths: PathTable, groups: [String], otherGroups: [String] = [], definitions: [Definition] = [],
        givesSecrets: Bool = false
    ) {
        environment = ExpressionEnvironment.common
        environment.paths = paths
        if givesSecrets {
            environment.declare(SecretFunction.declaration)
        } else {
            environment.declare(
                reserved: SecretFunction.name, reason: "`secret` is for the texts of \"actions\" alone")
        }
        let event = CELType.object(ExpressionEnvironment.eventType.name)
        for name in groups + otherGroups { environment.declare(variable: name, type: .list(event)) }
        for definition in definitions {
            try? environment.declare(alias: definition.name, expression: definition.expression)
        }
    }

    /// - Throws: `CompilationError` with every problem of the expression.
    public func compile(_ source: String) throws(CompilationError) -> Program {
        try environment.compile(source)
    }
}

extension Program {
    /// Whether it reads neither the run's key nor its history, nor what came before.
    package var readsEventAlone: Bool {
        !readsHistory && !readsPrevious && !readsState && !slots.contains(ExpressionEnvironment.Slot.key.rawValue)
    }

    /// Whether its value may differ between runs of one pattern and key.
    package var readsHistory: Bool {
        slots.contains { slot in
            guard let known = ExpressionEnvironment.Slot(rawValue: slot) else { return true }
            return switch known {
            case .history, .first, .last: true
            case .event, .key, .now, .timezone, .previous, .recent: false
            }
        }
    }

    /// Whether it reads the event under check.
    package var readsEvent: Bool { slots.contains(ExpressionEnvironment.Slot.event.rawValue) }

    /// Whether it reads the events that came before: `previous` or `recent`.
    package var readsPrevious: Bool { slots.contains(ExpressionEnvironment.Slot.previous.rawValue) || readsRecent }

    package var readsRecent: Bool { slots.contains(ExpressionEnvironment.Slot.recent.rawValue) }

    /// Whether it reads the last messages of topics.
    package var readsState: Bool { hostCalls.contains { StateFunctions.names.contains($0.name) } }
}
