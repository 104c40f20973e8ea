internal import Yams

/// The tag and anchor before a value, and where the value itself begins. libyaml's mark is that of the tag or anchor, and
/// it forgets the tag `!` alone, so they are read again from the text.
struct NodeProperties {
    private(set) var start: YAMLSource.Index
    private(set) var place: SourcePlace
    private(set) var hasAnchor = false
    /// Of the core schema: `str`, `int`, `float`, `bool`, `null`, `seq`, `map`.
    private(set) var tag: String?
    /// As written, where it is no tag of the core schema.
    private(set) var foreignTag: String?

    init(of node: Node, in source: YAMLSource) {
        let mark = node.mark
        place = SourcePlace(file: source.file, line: mark?.line ?? 1, column: mark?.column ?? 1)
        start = source.index(line: place.line, column: place.column) ?? source.text.endIndex
        let firstPlace = place
        var index = start
        while let scalar = source.scalar(at: index), scalar == "!" || scalar == "&" {
            var end = index
            while let next = source.scalar(at: end), !next.isBlank, !next.isLineBreak,
                !",[]{}".unicodeScalars.contains(next)
            {
                end = source.index(after: end)
            }
            if scalar == "&" {
                hasAnchor = true
            } else {
                read(tag: String(source.text[index..<end]), resolved: node)
            }
            index = source.skipBlanks(end, lines: true)
        }
        guard index != start, foreignTag == nil else { return }
        // A value that is nothing ends with its tag or anchor; what follows in the text is another's.
        if case .scalar(let scalar) = node, scalar.string.isEmpty, scalar.style == .plain || scalar.style == .any {
            place = firstPlace
        } else {
            start = index
            place = source.place(of: index)
        }
    }

    private mutating func read(tag written: String, resolved node: Node) {
        let core = "tag:yaml.org,2002:"
        let name = Self.tagName(node)
        guard written != "!", name.hasPrefix(core) else {
            foreignTag = written
            return
        }
        let kind = String(name.dropFirst(core.count))
        if ["str", "int", "float", "bool", "null", "seq", "map"].contains(kind) {
            tag = kind
        } else {
            foreignTag = written
        }
    }

    private static func tagName(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): scalar.tag.rawValue
        case .sequence(let sequence): sequence.tag.rawValue
        case .mapping(let mapping): mapping.tag.rawValue
        case .alias(let alias): alias.tag.rawValue
        }
    }
}
