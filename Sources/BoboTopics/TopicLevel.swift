/// What stands between two slashes of a topic. Equal means the same bytes (MQTT 5.0, section 4.7.3): an é of one character and
/// one of two are different topics, which Swift's own comparison takes for the same text.
struct TopicLevel: Hashable, Sendable, ExpressibleByStringLiteral {
    let text: Substring

    init(_ text: Substring) { self.text = text }

    init(stringLiteral text: String) { self.text = text[...] }

    /// Whether a topic that begins with it is none that wildcards match (MQTT 5.0, section 4.7.2).
    var isOfSystem: Bool { text.utf8.first == UInt8(ascii: "$") }

    static func == (left: TopicLevel, right: TopicLevel) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        let count: Int? = text.utf8.withContiguousStorageIfAvailable { bytes in
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
            return bytes.count
        }
        // The bytes of a text that another library holds.
        if count == nil { for byte in text.utf8 { hasher.combine(byte) } }
    }
}
