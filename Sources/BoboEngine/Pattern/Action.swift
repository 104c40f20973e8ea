/// What is done when a run completes.
public indirect enum Action: Sendable {
    public enum Level: String, Sendable, CaseIterable {
        case trace, debug, info, warning, error
    }

    case publish(topic: Template, payload: PayloadTemplate, qos: Int, isRetained: Bool)
    case http(HTTPTemplate)
    case exec(ProgramTemplate)
    case log(message: Template, level: Level)
    /// One after the other; after one that fails, whether the rest is left out.
    case sequence([Action], stopsOnFailure: Bool)
}

/// A request over HTTP.
public struct HTTPTemplate: Sendable {
    public let url: Template
    public let method: String
    public let headers: [(name: String, value: Template)]
    public let body: PayloadTemplate?
    /// Of each attempt.
    public let timeout: Duration
    /// How often it is tried again.
    public let retries: Int

    public init(
        url: Template, method: String = "POST", headers: [(name: String, value: Template)] = [],
        body: PayloadTemplate? = nil, timeout: Duration = .seconds(10), retries: Int = 2
    ) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.retries = retries
    }
}

/// A program with its arguments, which no shell sees.
public struct ProgramTemplate: Sendable {
    /// A path, or a name that is looked for in `PATH`.
    public let program: String
    public let arguments: [Template]
    /// Besides what it inherits.
    public let environment: [(name: String, value: Template)]
    /// What it reads from its standard input.
    public let input: PayloadTemplate?
    public let timeout: Duration

    public init(
        program: String, arguments: [Template] = [], environment: [(name: String, value: Template)] = [],
        input: PayloadTemplate? = nil, timeout: Duration = .seconds(30)
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.input = input
        self.timeout = timeout
    }
}
