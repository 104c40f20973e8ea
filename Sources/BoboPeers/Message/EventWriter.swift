import BoboEngine
import BoboTopics

extension JSONWriter {
    /// An event as it stands in `events`.
    mutating func write(exchanged event: Event) {
        raw("{\"id\":")
        write(event.identifier)
        if event.kind != .simple {
            raw(",\"kind\":\"")
            raw(event.kind.rawValue)
            raw("\"")
        }
        raw(",\"ts\":")
        write(event.timestamp)
        raw(",\"topic\":")
        write(event.topic.name.text)
        switch event.body.format {
        case .json:
            raw(",\"payload\":")
            raw(message: event.body.bytes)
        case .text:
            raw(",\"text\":")
            write(String(decoding: event.body.bytes, as: UTF8.self))
        case .bytes:
            raw(",\"base64\":\"")
            raw(Base64.encode(event.body.bytes))
            raw("\"")
        }
        let depth = event.exchangedDepth
        if depth > 0 {
            raw(",\"depth\":")
            write(Int64(depth))
        }
        raw("}")
    }
}
