import CSimdjson

/// One line of an event file: a message and when it came, or a time alone.
package struct EventLine {
    /// Milliseconds since 1970.
    package let timestamp: Int64
    /// nil: the line only moves the clock.
    package let message: (topic: String, payload: [UInt8])?
    /// Whether the payload is given as JSON, so that one which is none is a fault of the line.
    package let isJSON: Bool
    package let isRetained: Bool
}

/// Why a line of an event file cannot be read.
package struct EventLineError: Error, CustomStringConvertible {
    package let description: String
}

/// Reads lines of event files. What the bytes of a payload are is for whoever takes them as a message.
package final class EventLineParser {
    /// Bytes that must be readable behind a line.
    package static let padding = Int(bobo_json_padding)

    private let parser = bobo_line_new()

    package init() {}

    deinit { bobo_line_free(parser) }

    /// - Parameter line: without its line break; `padding` more bytes are readable behind it.
    package func parse(_ line: UnsafeRawBufferPointer) throws(EventLineError) -> EventLine {
        var found = bobo_line()
        let bytes = line.baseAddress?.assumingMemoryBound(to: CChar.self)
        let capacity = line.count + EventLineParser.padding
        if let fault = bobo_line_parse(parser, bytes, line.count, capacity, &found) {
            throw EventLineError(description: String(cString: fault))
        }
        guard found.kind != bobo_line_none.rawValue else {
            return EventLine(timestamp: found.ts, message: nil, isJSON: false, isRetained: false)
        }
        let topic = String(
            decoding: UnsafeRawBufferPointer(start: found.topic, count: found.topic_length), as: UTF8.self)
        let content = UnsafeRawBufferPointer(start: found.content, count: found.content_length)
        let payload: [UInt8]
        if found.kind == bobo_line_base64.rawValue {
            guard let bytes = Base64.decode(String(decoding: content, as: UTF8.self)) else {
                throw EventLineError(description: "`base64` is no base64")
            }
            payload = bytes
        } else {
            payload = Array(content)
        }
        return EventLine(timestamp: found.ts, message: (topic, payload), isJSON: found.kind == bobo_line_payload.rawValue,
            isRetained: found.retained != 0)
    }
}
