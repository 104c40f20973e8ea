import BoboEngine
import CEL
import Foundation

/// A complex event as it was published, read back.
package struct PublishedEvent {
    package let source: String
    package let id: String
    package let phenomenon: String
    package let pattern: String
    /// Milliseconds since 1970.
    package let timestamp: Int64
    /// Who published it; empty where it does not say.
    package let gateway: String
    /// As JSON.
    package let key: String
    package let data: String
    /// The events that led to it, oldest first: topic, and payload as JSON.
    package let history: [(topic: String, payload: String)]

    /// nil where the message is no complex event.
    init?(_ message: Value) {
        guard case .map(let event) = message, case .string(let source)? = event["source"],
            case .string(let id)? = event["id"], case .string(let type)? = event["type"],
            type.hasPrefix("bobo.complex."), case .map(let data)? = event["data"],
            case .string(let phenomenon)? = data["phenomenon"], case .string(let pattern)? = data["pattern"],
            case .string(let time)? = event["time"],
            let date = try? Date(time, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        else { return nil }
        self.source = source
        self.id = id
        self.phenomenon = phenomenon
        self.pattern = pattern
        timestamp = Int64((date.timeIntervalSince1970 * 1000).rounded())
        if case .string(let gateway)? = event["gateway"] { self.gateway = gateway } else { gateway = "" }
        key = PublishedEvent.json(data["key"])
        self.data = PublishedEvent.json(data["data"])
        history = PublishedEvent.history(data["history"])
    }

    private static func json(_ value: Value?) -> String {
        var json = JSONWriter()
        json.write(value ?? .null)
        return json.text
    }

    private static func history(_ value: Value?) -> [(topic: String, payload: String)] {
        guard case .map(let groups)? = value else { return [] }
        var events: [(ts: Double, topic: String, payload: String)] = []
        for case .list(let list) in groups.values {
            for case .map(let event) in list.elements {
                guard case .string(let topic)? = event["topic"] else { continue }
                let ts: Double =
                    switch event["ts"] {
                    case .int(let ts)?: Double(ts)
                    case .double(let ts)?: ts
                    default: 0
                    }
                events.append((ts, topic, json(event["payload"])))
            }
        }
        // Those of one time as they stood.
        let ordered = events.enumerated().sorted { ($0.element.ts, $0.offset) < ($1.element.ts, $1.offset) }
        return ordered.map { ($0.element.topic, $0.element.payload) }
    }
}
