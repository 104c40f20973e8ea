/// A value of a YAML document, aliases resolved, with the place where it stands. Read it with `text`, `integer`, `mapping`
/// and so on, each of which reports what it found where that is not what it expected.
package struct YAMLNode: Sendable {
    package enum Content: Sendable {
        case scalar(YAMLScalar)
        case list([YAMLNode])
        case mapping([Entry])
        /// Reported already, as a foreign tag is; readers say nothing more of it.
        case invalid
    }

    package struct Entry: Sendable {
        package let key: String
        package let keyPlace: SourcePlace
        package let value: YAMLNode
    }

    package let content: Content
    package let place: SourcePlace
    let source: YAMLSource
    /// Where the value begins, behind its tag and anchor.
    let start: YAMLSource.Index
    /// The value has an anchor: `&x`, where perhaps an expression was meant.
    let hasAnchor: Bool

    /// Whether it is written between `{ }` or `[ ]`.
    var isFlow: Bool {
        switch content {
        case .list: source.scalar(at: start) == "["
        case .mapping: source.scalar(at: start) == "{"
        case .scalar, .invalid: false
        }
    }

    package var isMapping: Bool { if case .mapping = content { true } else { false } }
    package var isList: Bool { if case .list = content { true } else { false } }

    package var scalar: YAMLScalar? { if case .scalar(let scalar) = content { scalar } else { nil } }

    /// `null`, `~`, or nothing at all.
    package var isNull: Bool { scalar?.value == .null }

    /// The value of a key, without a word where it is absent; for peeking before reading in earnest.
    package func value(of key: String) -> YAMLNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// For messages: what was found, in a few words.
    package var found: String {
        switch content {
        case .list: return "a list"
        case .mapping: return "a mapping"
        case .invalid: return "what can't be read"
        case .scalar(let scalar):
            let shortened = shortenedForMessage(scalar.text)
            switch scalar.value {
            case .null: return scalar.text.isEmpty ? "nothing" : scalar.text
            case .boolean: return scalar.text
            case .integer, .number: return "the number \(shortened)"
            case .text: return "the text \"\(shortened)\""
            }
        }
    }
}

/// For messages: at most 60 characters of it, in one line, and no control characters that could upset a terminal.
package func shortenedForMessage(_ text: String) -> String {
    var result = ""
    for (count, scalar) in text.unicodeScalars.enumerated() {
        guard count < 60 else { return result + "…" }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: result += scalar.isLineBreak ? "\\n" : "\u{FFFD}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

extension YAMLNode {
    /// The value of an environment variable or a flag, read by the same rules as one of a file.
    ///
    /// - Parameter isText: true where a text is wanted, so that `12345` is one without quotes.
    package init(text: String, place: SourcePlace, isText: Bool) {
        let value = isText ? .text : CoreSchema.value(of: text)
        let source = YAMLSource(file: place.file, text: "")
        self.init(
            content: .scalar(YAMLScalar(text: text, style: .plain, value: value)), place: place, source: source,
            start: source.text.startIndex, hasAnchor: false)
    }

    /// A list that an environment variable or a flag gives, of texts.
    package init(texts: [String], place: SourcePlace) {
        let source = YAMLSource(file: place.file, text: "")
        self.init(
            content: .list(texts.map { YAMLNode(text: $0, place: place, isText: true) }), place: place, source: source,
            start: source.text.startIndex, hasAnchor: false)
    }
}
