import CSimdjson

/// One line of an event file: a message and when it came, or a time alone.
package struct EventLine {
    /// Milliseconds since 1970.
    package let timestamp: Int64
    /// nil: the line only moves the clock.
    package let message: (topic: String, payload: [UInt8])?
    package let isRetained: Bool

    /// Those of the years 1 to 9999, which a CloudEvent's `time` can say.
    package static let timestamps: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999
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
        guard EventLine.timestamps.contains(found.ts) else {
            throw EventLineError(description: "`ts` is not between the years 1 and 9999")
        }
        guard found.kind != bobo_line_none.rawValue else {
            return EventLine(timestamp: found.ts, message: nil, isRetained: false)
        }
        let name = UnsafeRawBufferPointer(start: found.topic, count: found.topic_length)
        let topic = String(decoding: name, as: UTF8.self)
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
        return EventLine(timestamp: found.ts, message: (topic, payload), isRetained: found.retained != 0)
    }
}
