/// Why a text is no topic name or no topic filter.
public enum TopicError: Error, Hashable, Sendable, CustomStringConvertible {
    case empty
    case tooLong(bytes: Int)
    case nullCharacter(String)
    case wildcardInName(String)
    case wildcardWithinLevel(String)
    case multiLevelWildcardNotLast(String)

    public var description: String {
        switch self {
        case .empty: "a topic has at least one character"
        case .tooLong(let bytes): "a topic has at most 65535 bytes, this one \(bytes)"
        case .nullCharacter(let text): "a topic holds no null character: \(text.debugDescription)"
        case .wildcardInName(let text): "+ and # stand in filters only, not in the topic of a message: \(text)"
        case .wildcardWithinLevel(let text): "+ and # stand alone between slashes: \(text)"
        case .multiLevelWildcardNotLast(let text): "# stands only at the end: \(text)"
        }
    }

    static func check(_ text: String) throws(TopicError) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.count <= 65535 else { throw .tooLong(bytes: text.utf8.count) }
        guard !text.utf8.contains(0) else { throw .nullCharacter(text) }
    }
}
