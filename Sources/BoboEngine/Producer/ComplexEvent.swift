import CEL

/// What a completed run comes to: the complex event as it is published.
///
/// It is written when somebody asks for it (`json`), each time; what the events of a group of runs have in common is kept.
public struct ComplexEvent: Sendable {
    /// What expressions have given for one.
    final class Emitted: Sendable {
        /// JSON.
        let data: [UInt8]
        /// nil: the default.
        let topic: String?

        init(data: [UInt8], topic: String?) {
            self.data = data
            self.topic = topic
        }
    }

    let completion: Completion
    /// nil where no expression is asked.
    let emitted: Emitted?

    private var group: CompletionGroup { completion.group }
    private var frame: ComplexEventFrame { completion.group.frame }

    public var phenomenon: String { frame.shared.phenomenon }
    public var pattern: String { frame.pattern }
    public var identifier: RunIdentifier {
        var buffer = ByteBuffer(capacity: 64)
        return group.keyHash.run(of: completion.first.event, &buffer)
    }
    /// Milliseconds since 1970: the `ts` of the event that completed the run, or the deadline of the timer.
    public var timestamp: Int64 { group.timestamp }
    public var topic: String { emitted?.topic ?? frame.shared.topic }
    public var qos: Int { frame.qos }
    public var isRetained: Bool { frame.isRetained }
    /// Whether another gateway completed the run.
    public var isFromPeer: Bool { group.isFromPeer }
    /// A CloudEvents 1.0 JSON object in one line, without a line break at its end.
    public var json: [UInt8] {
        var buffer = ByteBuffer(capacity: 1024)
        buffer.append(self)
        return buffer.array
    }
    var keyValue: Value { group.key }
    var runHistory: RunHistory { completion.history }
    /// Of how many complex events, each from the one before, this is the last.
    var depth: Int { completion.depth + 1 }

    /// The key as JSON.
    public var key: String {
        var json = JSONWriter()
        json.write(keyValue)
        return json.text
    }

    /// `emit`'s data as JSON.
    public var data: String { emitted.map { String(decoding: $0.data, as: UTF8.self) } ?? "null" }

    /// The events that led to it, oldest first.
    public var history: [Event] {
        var events: [Event] = []
        let history = runHistory
        events.reserveCapacity(history.count)
        history.forEach { events.append($0.event) }
        return events
    }
}
