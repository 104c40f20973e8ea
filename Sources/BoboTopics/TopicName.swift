/// The name of a topic, checked: one or more characters, at most 65,535 bytes in UTF-8, no wildcard and no null character
/// (MQTT 5.0, section 4.7).
public struct TopicName: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// - Throws: `TopicError` where the text is no topic name.
    public init(_ text: String) throws(TopicError) {
        try TopicError.check(text)
        guard !text.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) else {
            throw .wildcardInName(text)
        }
        self.text = text
    }

    public var description: String { text }

    /// The texts between the slashes, empty ones included.
    public var levels: [Substring] { text.split(separator: "/", omittingEmptySubsequences: false) }
}
