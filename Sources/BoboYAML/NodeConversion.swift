internal import Yams

/// Turns Yams' nodes into ours, expanding aliases within bounds.
struct NodeConversion {
    private let source: YAMLSource
    private let problems: ProblemCollector
    private var nodes = 0
    private var bytes = 0

    init(source: YAMLSource, problems: ProblemCollector) {
        self.source = source
        self.problems = problems
    }

    private struct TooMuch: Error { let place: SourcePlace }

    mutating func document(_ root: Node) -> YAMLNode? {
        do {
            return try convert(root, depth: 0)
        } catch {
            problems.error(
                error.place,
                "with its aliases expanded the file has more than \(YAMLDocument.nodeLimit) values or "
                    + "\(ByteSize.text(Int64(YAMLDocument.expandedSizeLimit))) of text")
            return nil
        }
    }

    private mutating func convert(_ node: Node, depth: Int) throws(TooMuch) -> YAMLNode {
        let properties = NodeProperties(of: node, in: source)
        func result(_ content: YAMLNode.Content) -> YAMLNode {
            YAMLNode(
                content: content, place: properties.place, source: source, start: properties.start,
                hasAnchor: properties.hasAnchor)
        }
        try count(1, bytes: 0, at: properties.place)
        guard depth <= YAMLDocument.depthLimit else {
            problems.error(properties.place, "nested deeper than \(YAMLDocument.depthLimit) levels")
            return result(.invalid)
        }
        if let tag = properties.foreignTag {
            problems.error(
                properties.place,
                "found \(mayShow(properties) ? "the tag \(shortenedForMessage(tag))" : "a tag"), expected none; an expression or a text that begins with ! "
                    + "stands in quotes")
            return result(.invalid)
        }
        switch node {
        case .scalar(let scalar):
            try count(0, bytes: scalar.string.utf8.count, at: properties.place)
            guard let converted = self.scalar(scalar, tag: properties.tag) else {
                problems.error(
                    properties.place,
                    "found \(mayShow(properties) ? "\"\(shortenedForMessage(scalar.string))\"" : "a text"), "
                        + "expected what the tag \(properties.tag ?? "") says"
                )
                return result(.invalid)
            }
            return result(.scalar(converted))
        case .sequence(let sequence):
            guard check(properties, isOf: "seq", "a list") else { return result(.invalid) }
            var list: [YAMLNode] = []
            for element in sequence { list.append(try convert(element, depth: depth + 1)) }
            return result(.list(list))
        case .mapping(let mapping):
            guard check(properties, isOf: "map", "a mapping") else { return result(.invalid) }
            return result(.mapping(try entries(mapping, depth: depth)))
        case .alias:
            // Yams resolves aliases while it composes; one that is left has no value.
            problems.error(properties.place, "found an alias without a value")
            return result(.invalid)
        }
    }

    private mutating func entries(_ mapping: Node.Mapping, depth: Int) throws(TooMuch) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        for (keyNode, valueNode) in mapping {
            let value = try convert(valueNode, depth: depth + 1)
            let properties = NodeProperties(of: keyNode, in: source)
            guard case .scalar(let key) = keyNode, properties.foreignTag == nil else {
                let opener = source.scalar(at: properties.start)
                let hint =
                    opener == "{" || opener == "[" ? "; a text that begins with \(opener ?? " ") stands in quotes" : ""
                problems.error(properties.place, "expected a text as key\(hint)")
                continue
            }
            try count(1, bytes: key.string.utf8.count, at: properties.place)
            entries.append(YAMLNode.Entry(key: key.string, keyPlace: properties.place, value: value))
        }
        return entries
    }

    private mutating func count(_ nodes: Int, bytes: Int, at place: SourcePlace) throws(TooMuch) {
        self.nodes += nodes
        self.bytes += bytes
        guard self.nodes <= YAMLDocument.nodeLimit, self.bytes <= YAMLDocument.expandedSizeLimit else {
            throw TooMuch(place: place)
        }
    }

    private func mayShow(_ properties: NodeProperties) -> Bool { source.mayShow(line: properties.place.line) }

    private func check(_ properties: NodeProperties, isOf kind: String, _ found: String) -> Bool {
        guard let tag = properties.tag, tag != kind else { return true }
        problems.error(properties.place, "found \(found), expected what the tag \(tag) says")
        return false
    }

    /// Nil where the text is not what its tag says.
    private func scalar(_ scalar: Node.Scalar, tag: String?) -> YAMLScalar? {
        let style: YAMLScalar.Style =
            switch scalar.style {
            case .any, .plain: .plain
            case .singleQuoted: .singleQuoted
            case .doubleQuoted: .doubleQuoted
            case .literal: .literal
            case .folded: .folded
            }
        let text = scalar.string
        var value = style == .plain ? CoreSchema.value(of: text) : .text
        if let tag {
            let resolved = CoreSchema.value(of: text)
            switch (tag, resolved) {
            case ("str", _): value = .text
            case ("null", .null), ("bool", .boolean), ("int", .integer), ("float", .number): value = resolved
            case ("float", .integer(let whole)): value = .number(Double(whole))
            default: return nil
            }
        }
        return YAMLScalar(text: text, style: style, value: value)
    }
}
