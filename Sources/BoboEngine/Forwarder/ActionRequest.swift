/// An action of a completed run, ready to be carried out by whoever owns the engine.
public struct ActionRequest: Sendable {
    public enum Work: Sendable {
        case publish(topic: String, payload: [UInt8], qos: Int, isRetained: Bool)
        case log(message: String, level: Action.Level)
        /// An expression of it failed, so that there is nothing to carry out.
        case failed(String)
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
}

/// How an action ended.
public struct ActionOutcome: Sendable {
    public let isSuccess: Bool
    /// What came back, cut at 4 KiB.
    public let output: String
    public let error: String?

    public init(isSuccess: Bool, output: String = "", error: String? = nil) {
        self.isSuccess = isSuccess
        self.output = output
        self.error = error
    }
}

/// What the end of an action comes to, as it is published.
public struct ActionEvent: Sendable {
    public let topic: String
    public let json: [UInt8]
}
