import CEL

/// A message as it came, and how it is read.
public struct Body: Sendable {
    public enum Format: Sendable {
        case json, text, bytes
    }

    public let bytes: [UInt8]
    public let format: Format

    init(bytes: [UInt8], format: Format) {
        self.bytes = bytes
        self.format = format
    }

    /// The message as a text; of bytes that are not UTF-8 there is none.
    var text: String? {
        format == .bytes ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
