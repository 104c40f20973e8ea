/// What a completed run comes to: the complex event as it is published.
public struct ComplexEvent: Sendable {
    public let phenomenon: String
    public let pattern: String
    public let identifier: RunIdentifier
    /// The key as JSON.
    public let key: String
    /// `emit`'s data as JSON.
    public let data: String
    /// The events that led to it, oldest first.
    public let history: [Event]
    /// Milliseconds since 1970: the `ts` of the event that completed the run, or the deadline of the timer.
    public let timestamp: Int64
    public let topic: String
    public let qos: Int
    public let isRetained: Bool
    /// A CloudEvents 1.0 JSON object in one line, without a line break at its end.
    public let json: [UInt8]
    /// Of how many complex events, each from the one before, this is the last.
    let depth: Int
}
