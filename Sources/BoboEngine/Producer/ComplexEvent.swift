import CEL

/// What a completed run comes to: the complex event as it is published.
public struct ComplexEvent: Sendable {
    /// In one place, so that handing it on copies nothing.
    final class Content: Sendable {
        let phenomenon: String
        let pattern: String
        let identifier: RunIdentifier
        let timestamp: Int64
        let topic: String
        let qos: Int
        let isRetained: Bool
        let isFromPeer: Bool
        let json: [UInt8]
        let keyValue: Value
        let runHistory: RunHistory
        let dataRange: Range<Int>
        let depth: Int

        init(
            phenomenon: String, pattern: String, identifier: RunIdentifier, timestamp: Int64, topic: String, qos: Int,
            isRetained: Bool, isFromPeer: Bool, json: [UInt8], keyValue: Value, runHistory: RunHistory,
            dataRange: Range<Int>, depth: Int
        ) {
            self.phenomenon = phenomenon
            self.pattern = pattern
            self.identifier = identifier
            self.timestamp = timestamp
            self.topic = topic
            self.qos = qos
            self.isRetained = isRetained
            self.isFromPeer = isFromPeer
            self.json = json
            self.keyValue = keyValue
            self.runHistory = runHistory
            self.dataRange = dataRange
            self.depth = depth
        }
    }

    private let content: Content

    init(_ content: Content) { self.content = content }

    public var phenomenon: String { content.phenomenon }
    public var pattern: String { content.pattern }
    public var identifier: RunIdentifier { content.identifier }
    /// Milliseconds since 1970: the `ts` of the event that completed the run, or the deadline of the timer.
    public var timestamp: Int64 { content.timestamp }
    public var topic: String { content.topic }
    public var qos: Int { content.qos }
    public var isRetained: Bool { content.isRetained }
    /// Whether another gateway completed the run.
    public var isFromPeer: Bool { content.isFromPeer }
    /// A CloudEvents 1.0 JSON object in one line, without a line break at its end.
    public var json: [UInt8] { content.json }
    var keyValue: Value { content.keyValue }
    var runHistory: RunHistory { content.runHistory }
    /// Where `emit`'s data stands in `json`.
    var dataRange: Range<Int> { content.dataRange }
    /// Of how many complex events, each from the one before, this is the last.
    var depth: Int { content.depth }

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
