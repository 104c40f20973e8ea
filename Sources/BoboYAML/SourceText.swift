/// A text and where each of its characters stands in the file, so that an error within an expression points into it.
package struct SourceText: Sendable {
    package let text: String
    /// Of the first character.
    package let place: SourcePlace
    private let origin: Origin?

    private struct Origin {
        let source: YAMLSource
        let start: YAMLSource.Index
        let style: YAMLScalar.Style
        let followedByComment: Bool
    }

    /// A text of no file, such as an environment variable's.
    package init(text: String, place: SourcePlace) {
        self.text = text
        self.place = place
        origin = nil
    }

    init(_ scalar: YAMLScalar, of node: YAMLNode) {
        // An environment variable or a flag has no lines.
        guard node.place.line > 0 else {
            (text, place, origin) = (scalar.text, node.place, nil)
            return
        }
        text = scalar.text
        let source = node.source
        var start = node.start
        var followedByComment = false
        switch scalar.style {
        case .singleQuoted, .doubleQuoted:
            if source.scalar(at: start) != nil { start = source.index(after: start) }
        case .literal, .folded:
            // Past the header, `|` or `>` with its indicators and perhaps a comment.
            while let scalar = source.scalar(at: start), !scalar.isLineBreak { start = source.index(after: start) }
            if source.scalar(at: start) != nil { start = source.skipBreak(start) }
        case .plain:
            let rest = source.text.unicodeScalars[start...]
            let isOnOneLine = rest.starts(with: scalar.text.unicodeScalars)
            let behind = rest.dropFirst(isOnOneLine ? scalar.text.unicodeScalars.count : 0)
            followedByComment = isOnOneLine && behind.first(where: { !$0.isBlank }) == "#"
        }
        origin = Origin(source: source, start: start, style: scalar.style, followedByComment: followedByComment)
        var alignment = Alignment(text: scalar.text, source: source, start: start, style: scalar.style)
        place = source.place(of: alignment.advance(to: 0))
    }

    /// A plain text that a comment follows on its line: perhaps one that holds ` #` and lacks its quotes.
    package var isFollowedByComment: Bool { origin?.followedByComment ?? false }

    /// - Parameter offset: in Unicode scalars of `text`; beyond its end counts as its end.
    package func place(atScalar offset: Int) -> SourcePlace {
        guard let origin else { return place }
        var alignment = Alignment(text: text, source: origin.source, start: origin.start, style: origin.style)
        return origin.source.place(of: alignment.advance(to: offset))
    }

    /// - Parameter offset: in bytes of the UTF-8 of `text`.
    package func place(atUTF8 offset: Int) -> SourcePlace {
        let utf8 = text.utf8
        let index = utf8.index(utf8.startIndex, offsetBy: max(0, offset), limitedBy: utf8.endIndex) ?? utf8.endIndex
        return place(atScalar: text.unicodeScalars.distance(from: text.startIndex, to: index))
    }
}

extension SourceText: Hashable {
    package static func == (one: SourceText, two: SourceText) -> Bool { one.text == two.text && one.place == two.place }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(text)
        hasher.combine(place)
    }
}
