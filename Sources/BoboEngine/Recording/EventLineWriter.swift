import CEL

/// Writes lines of event files. What a payload is, is found as a gateway's receiver finds it, so that a recording reads
/// as the messages did. Belongs to one thread.
package final class EventLineWriter {
    private let parser = PayloadParser(paths: Paths(PathTable(), read: []))

    package init() {}

    /// A message, without a line break at the end. A payload that is JSON stands as it was written, less the line breaks
    /// between its tokens; other text as `text`; what is no UTF-8 as `base64`.
    ///
    /// - Parameter timestamp: Milliseconds since 1970.
    package func line(
        timestamp: Int64, topic: String, payload: UnsafeRawBufferPointer, isRetained: Bool
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: 64 + topic.utf8.count + payload.count)
        writer.raw("{\"ts\":")
        writer.write(timestamp)
        writer.raw(",\"topic\":")
        writer.write(topic)
        let bytes = Array(payload)
        if parser.content(of: payload) != nil {
            writer.raw(",\"payload\":")
            writer.raw(message: bytes)
        } else if let text = String(validating: bytes, as: UTF8.self) {
            writer.raw(",\"text\":")
            writer.write(text)
        } else {
            writer.raw(",\"base64\":\"")
            writer.raw(Base64.encode(bytes))
            writer.raw("\"")
        }
        if isRetained { writer.raw(",\"retained\":true") }
        writer.raw("}")
        return writer.bytes
    }

    /// A line that only moves the clock.
    package func line(timestamp: Int64) -> [UInt8] {
        var writer = JSONWriter(capacity: 32)
        writer.raw("{\"ts\":")
        writer.write(timestamp)
        writer.raw("}")
        return writer.bytes
    }
}
