import CEL

/// What a completed run comes to: the complex event as it is published.
public struct ComplexEvent: Sendable {
    public let phenomenon: String
    public let pattern: String
    public let identifier: RunIdentifier
    /// Milliseconds since 1970: the `ts` of the event that completed the run, or the deadline of the timer.
    public let timestamp: Int64
    public let topic: String
    public let qos: Int
    public let isRetained: Bool
    /// Whether another gateway completed the run.
    public let isFromPeer: Bool
    /// A CloudEvents 1.0 JSON object in one line, without a line break at its end.
    public let json: [UInt8]
    let keyValue: Value
    let runHistory: RunHistory
    /// Where `emit`'s data stands in `json`.
    let dataRange: Range<Int>
    /// Of how many complex events, each from the one before, this is the last.
    let depth: Int

    /// The key as JSON.
    public var key: String {
        var json = JSONWriter()
        json.write(keyValue)
        return json.text
    }

    /// `emit`'s data as JSON.
    public var data: String { String(decoding: json[dataRange], as: UTF8.self) }

    /// The events that led to it, oldest first.
    public var history: [Event] {
        var events: [Event] = []
        events.reserveCapacity(runHistory.count)
        runHistory.forEach { events.append($0.event) }
        return events
    }
}
