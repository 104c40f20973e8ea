import BoboEngine
import CEL

/// A change of runs as a gateway published it (`RunChangeLine`), read back.
package struct RunChange {
    package let timestamp: Int64
    package let phenomenon: String
    package let pattern: String
    /// As JSON.
    package let key: String
    package let change: String
    package let reason: String?
    package let block: Int
    /// The topic and the payload, as JSON, of the event that made it.
    package let event: (topic: String, payload: String)?
    package let count: Int

    /// nil where the message is none.
    init?(_ message: Value) {
        guard case .map(let line) = message, case .string(let phenomenon)? = line["phenomenon"],
            case .string(let pattern)? = line["pattern"], case .string(let change)? = line["change"],
            let timestamp = RunChange.int(line["ts"])
        else { return nil }
        self.timestamp = timestamp
        self.phenomenon = phenomenon
        self.pattern = pattern
        self.change = change
        key = RunChange.json(line["key"])
        if case .string(let reason)? = line["reason"] { self.reason = reason } else { reason = nil }
        block = Int(RunChange.int(line["block"]) ?? 0)
        count = Int(RunChange.int(line["count"]) ?? 1)
        if case .map(let event)? = line["event"], case .string(let topic)? = event["topic"] {
            self.event = (topic, event["payload"].map { RunChange.json($0) } ?? "…")
        } else {
            event = nil
        }
    }

    private static func int(_ value: Value?) -> Int64? {
        switch value {
        case .int(let number)?: number
        case .double(let number)?: Int64(exactly: number)
        default: nil
        }
    }

    private static func json(_ value: Value?) -> String {
        var json = JSONWriter()
        json.write(value ?? .null)
        return json.text
    }
}
