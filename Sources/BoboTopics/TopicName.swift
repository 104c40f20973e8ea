/// The name of a topic, checked: one or more characters, at most 65,535 bytes in UTF-8, no wildcard and no null character
/// (MQTT 5.0, section 4.7).
public struct TopicName: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// - Throws: `TopicError` where the text is no topic name.
    public init(_ text: String) throws(TopicError) {
        try TopicError.check(text)
        guard !Self.hasWildcard(text.utf8) else {
            throw .wildcardInName(text)
        }
        self.text = text
    }

    public var description: String { text }

    /// The texts between the slashes, empty ones included.
    public var levels: [Substring] { Self.split(text) }

    /// By bytes, as a broker does: a slash is one even where the next character would combine with it.
    static func split(_ text: String) -> [Substring] {
        text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Substring($0) }
    }

    static func hasWildcard(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }
    }

    public static func == (left: TopicName, right: TopicName) -> Bool {
        TopicLevel(left.text[...]) == TopicLevel(right.text[...])
    }

    public func hash(into hasher: inout Hasher) { TopicLevel(text[...]).hash(into: &hasher) }
}
