import CEL

/// A message as it came, and how it is read.
public struct Body: Sendable {
    public enum Format: Sendable {
        case json, text, bytes
    }

    let event: Event

    public var format: Format { event.content.format }

    public var bytes: [UInt8] { Array(event.content.bytes) }

    /// How many bytes.
    public var count: Int { event.content.bytes.count }

    /// The message as a text; of bytes that are not UTF-8 there is none.
    var text: String? {
        format == .bytes ? nil : String(decoding: event.content.bytes, as: UTF8.self)
    }
}
