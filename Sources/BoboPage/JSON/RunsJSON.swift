import BoboEngine
import BoboGateway
import BoboTopics

/// Runs on their way.
enum RunsJSON {
    private static let maximumPayload = 1000

    static func list(_ runs: [RunSoFar]) -> [UInt8] {
        var json = JSONWriter()
        json.raw("[")
        for (index, run) in runs.enumerated() {
            json.raw(index > 0 ? ",{\"run\":" : "{\"run\":")
            json.write(run.identifier)
            json.raw(",\"key\":")
            json.write(run.key)
            json.raw(",\"block\":")
            json.write(Int64(run.block))
            json.raw(",\"begin\":")
            json.write(run.begin)
            json.raw(",\"is_cut\":\(run.isCut),\"events\":[")
            for (place, (group, event)) in run.events.enumerated() {
                json.raw(place > 0 ? ",{\"ts\":" : "{\"ts\":")
                json.write(event.timestamp)
                json.raw(",\"group\":")
                json.write(group)
                json.raw(",\"topic\":")
                json.write(event.topic.name.text)
                json.raw(",\"payload\":")
                json.write(payload(event))
                json.raw("}")
            }
            json.raw("]}")
        }
        json.raw("]")
        return json.bytes
    }

    /// As a text that is shown, not read.
    private static func payload(_ event: Event) -> String {
        let text = String(decoding: event.body.bytes.prefix(maximumPayload), as: UTF8.self)
        return event.body.bytes.count > maximumPayload ? text + "…" : text
    }
}
