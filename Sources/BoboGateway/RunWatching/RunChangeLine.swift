package import BoboEngine
import BoboTopics
import CEL

/// A change of runs as it is published for those who watch, and written by `bobo watch --runs`: a JSON object in one line.
///
/// ```
/// {"ts": 1764000000123, "gateway": "gw-a", "phenomenon": "fire", "pattern": "heat-then-smoke", "key": "kitchen",
///  "change": "advanced", "reason": null, "block": 1, "group": "heat", "event": {…}, "count": 1, "runs": ["…"]}
/// ```
/// `change` is `started`, `advanced`, `completed` or `halted`, and `reason` says of the last why. `block` is where the runs
/// now wait, counted from 0 with `times` written out, as in the peer protocol. `event` is null where time alone made the
/// change, and has no payload where that is long. Of a group that moved together `runs` has the first ones only; `count`
/// says how many they are.
package struct RunChangeLine {
    /// Bytes of the longest payload that is carried.
    static let maximumPayload = 4096
    static let maximumRuns = 20

    package let json: [UInt8]

    package init(_ change: Change, gateway: String) {
        var json = JSONWriter(capacity: 512)
        json.raw(#"{"ts":"#)
        json.write(change.timestamp)
        json.raw(#","gateway":"#)
        json.write(gateway)
        json.raw(#","phenomenon":"#)
        json.write(change.phenomenon)
        json.raw(#","pattern":"#)
        json.write(change.pattern)
        json.raw(#","key":"#)
        json.write(change.key)
        let (name, reason) = RunChangeLine.words(change.kind)
        json.raw(#","change":""# + name + #"","reason":"#)
        if let reason { json.write(reason) } else { json.raw("null") }
        json.raw(#","block":"#)
        json.write(Int64(change.block))
        json.raw(#","group":"#)
        json.write(change.group)
        json.raw(#","event":"#)
        if let event = change.accepted { RunChangeLine.write(event, to: &json) } else { json.raw("null") }
        json.raw(#","count":"#)
        json.write(Int64(change.runs.count))
        json.raw(#","runs":["#)
        for (index, run) in change.runs.prefix(RunChangeLine.maximumRuns).enumerated() {
            if index > 0 { json.raw(",") }
            json.write(run.identifier)
        }
        json.raw("]}")
        self.json = json.bytes
    }

    private static func words(_ kind: Change.Kind) -> (name: String, reason: String?) {
        switch kind {
        case .started: ("started", nil)
        case .advanced: ("advanced", nil)
        case .completed: ("completed", nil)
        case .halted(let reason): ("halted", reason.rawValue)
        }
    }

    private static func write(_ event: Event, to json: inout JSONWriter) {
        guard event.body.count > maximumPayload else {
            json.write(event)
            return
        }
        json.raw(#"{"id":"#)
        json.write(event.identifier)
        json.raw(#","kind":""# + event.kind.rawValue + #"","ts":"#)
        json.write(event.timestamp)
        json.raw(#","topic":"#)
        json.write(event.topic.name.text)
        json.raw("}")
    }
}
