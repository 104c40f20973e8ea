import BoboEngine
import BoboTopics
import BoboYAML
import CEL

/// Reads predicates: an expression, or `{on, where}`.
struct PredicateReader {
    let expressions: ExpressionReader
    /// The filters of the pattern's `input`; nil where it has none, or none that is sound.
    let input: [TopicFilter]?

    private var problems: ProblemCollector { expressions.problems }

    func predicate(_ node: YAMLNode, allowsGroup: Bool = false) -> Predicate? {
        if node.isMapping { return mapping(node, allowsGroup) }
        guard !node.isList else {
            node.reportUnexpected("an expression, or {on: …, where: …}", problems)
            return nil
        }
        return expressions.condition(node).map { Predicate(expression: $0, place: node.place.description) }
    }

    /// A list of predicates; one that stands alone is an error that says so.
    func predicates(_ node: YAMLNode, allowsGroup: Bool = false, mayBeEmpty: Bool = false) -> [Predicate] {
        guard let nodes = node.list(problems, expected: "a list of predicates") else { return [] }
        if nodes.isEmpty, !mayBeEmpty { problems.error(node.place, "found an empty list, expected predicates") }
        return nodes.compactMap { predicate($0, allowsGroup: allowsGroup) }
    }

    private func mapping(_ node: YAMLNode, _ allowsGroup: Bool) -> Predicate? {
        guard let reader = node.mapping(problems) else { return nil }
        let on = reader.optional("on").map { TopicFilters.read($0, problems, check: checkReach) }
        let condition = reader.optional("where")
        let expression = condition.map { expressions.condition($0) }
        let group = allowsGroup ? reader.optional("group").flatMap { GroupName.read($0, problems) } : nil
        if on == nil, condition == nil {
            problems.error(node.place, "found neither \"on\" nor \"where\", expected at least one of them")
        }
        reader.finish()
        if let on, on == nil { return nil }
        if let expression, expression == nil { return nil }
        return Predicate(
            on: (on ?? nil) ?? [], expression: expression ?? nil, group: group,
            place: (condition ?? node).place.description)
    }

    /// An `on` that no filter of `input` can meet would never match.
    private func checkReach(_ filter: TopicFilter, _ place: SourcePlace) {
        guard let input, !input.contains(where: { $0.overlaps(filter) }) else { return }
        problems.error(
            place,
            "found \(filter), which no filter of this pattern's \"input\" (\(input.map(\.text).joined(separator: ", "))) can meet"
        )
    }
}

/// Topic filters in files.
enum TopicFilters {
    /// One filter, or a list of them; nil where one is wrong.
    /// - Parameter check: is told each sound filter and where it stands.
    static func read(
        _ node: YAMLNode, _ problems: ProblemCollector, check: (TopicFilter, SourcePlace) -> Void = { _, _ in }
    ) -> [TopicFilter]? {
        func one(_ node: YAMLNode) -> TopicFilter? {
            let filter = TopicFilters.one(node, problems)
            if let filter { check(filter, node.place) }
            return filter
        }
        guard node.isList else { return one(node).map { [$0] } }
        guard let nodes = node.list(problems) else { return nil }
        if nodes.isEmpty { problems.error(node.place, "found an empty list, expected topic filters") }
        let filters = nodes.compactMap(one)
        return filters.count == nodes.count && !filters.isEmpty ? filters : nil
    }

    static func one(_ node: YAMLNode, _ problems: ProblemCollector) -> TopicFilter? {
        guard let source = node.sourceText(problems, expected: "a topic filter such as home/+/temperature") else {
            return nil
        }
        do {
            return try TopicFilter(source.text)
        } catch {
            problems.error(source.place, "expected a topic filter: \(error)")
            return nil
        }
    }
}

/// The names of groups: identifiers of CEL that mean nothing else.
enum GroupName {
    static func read(_ node: YAMLNode, _ problems: ProblemCollector) -> String? {
        let expected = "the name of a group: letters, digits and _, no digit first"
        guard let source = node.sourceText(problems, expected: expected) else { return nil }
        return check(source.text, source.place, of: "group", problems)
    }

    /// The name, where expressions can bear it.
    static func check(_ name: String, _ place: SourcePlace, of kind: String, _ problems: ProblemCollector) -> String? {
        guard isIdentifier(name) else {
            problems.error(
                place,
                "found \"\(shortenedForMessage(name))\", expected the name of a \(kind): letters, digits and _, no digit first"
            )
            return nil
        }
        guard !ExpressionEnvironment.reservedNames.contains(name) else {
            problems.error(
                place, "found \"\(name)\", which means something else in expressions, expected another name")
            return nil
        }
        return name
    }

    private static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 200 else { return false }
        func isLetter(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        return isLetter(first)
            && text.utf8.allSatisfy { isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
