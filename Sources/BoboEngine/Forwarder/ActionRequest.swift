/// An action of a completed run, ready to be carried out by whoever owns the engine.
public struct ActionRequest: Sendable {
    public indirect enum Work: Sendable {
        case publish(topic: String, payload: [UInt8], qos: Int, isRetained: Bool)
        case http(HTTPCall)
        case exec(ProgramCall)
        case log(message: String, level: Action.Level)
        /// One after the other; after one that fails, whether the rest is left out.
        case sequence([Step], stopsOnFailure: Bool)
        /// An expression of it failed, or made what cannot be sent, so that there is nothing to carry out.
        case failed(String)
    }

    /// An action of a sequence.
    public struct Step: Sendable {
        /// As pattern files call it.
        public let name: String
        public let work: Work
    }

    public let phenomenon: String
    public let pattern: String
    public let run: RunIdentifier
    /// The key as JSON.
    public let key: String
    /// The action's place in the list.
    public let index: Int
    /// As pattern files call it: `publish`, `log`.
    public let name: String
    public let work: Work
    let depth: Int
    let mask: SecretMask

    /// A text that came of the action, for a log, without the secrets that its texts were filled with.
    public func masked(_ text: String) -> String { mask.apply(to: text) }
}

/// A request over HTTP with its texts filled in: no line break in it, and an absolute `http` or `https` URL.
public struct HTTPCall: Sendable {
    public let url: String
    public let method: String
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]?
    /// Of each attempt.
    public let timeout: Duration
    public let retries: Int
}

/// A program's call with its texts filled in: none of them holds a zero byte.
public struct ProgramCall: Sendable {
    public let program: String
    public let arguments: [String]
    public let environment: [(name: String, value: String)]
    public let input: [UInt8]
    public let timeout: Duration
}

/// How an action ended.
public struct ActionOutcome: Sendable {
    /// Bytes of what came back that its event holds.
    public static let outputLimit = 4096

    public let isSuccess: Bool
    /// HTTP's status, or the program's.
    public let status: Int?
    /// What came back; what is beyond `outputLimit` is cut off in the action's event.
    public let output: String
    public let error: String?

    public init(isSuccess: Bool, status: Int? = nil, output: String = "", error: String? = nil) {
        self.isSuccess = isSuccess
        self.status = status
        self.output = output
        self.error = error
    }
}

/// What the end of an action comes to, as it is published.
public struct ActionEvent: Sendable {
    public let topic: String
    public let json: [UInt8]
}
