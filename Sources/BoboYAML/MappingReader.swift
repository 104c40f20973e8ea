/// Reads a mapping key by key. The keys asked for are the ones known; `finish` reports all others.
package final class MappingReader {
    package let node: YAMLNode
    private let entries: [YAMLNode.Entry]
    private let problems: ProblemCollector
    private var known: [String] = []

    fileprivate init(node: YAMLNode, entries: [YAMLNode.Entry], problems: ProblemCollector) {
        self.node = node
        self.entries = entries
        self.problems = problems
    }

    package var place: SourcePlace { node.place }

    /// All keys that are there, with their places.
    package var keys: [(key: String, place: SourcePlace)] { entries.map { ($0.key, $0.keyPlace) } }

    /// The key's value, nil where it is absent.
    package func optional(_ key: String) -> YAMLNode? { entry(key)?.value }

    /// The key's value; nil where it is absent, which is reported.
    package func required(_ key: String) -> YAMLNode? {
        if let entry = entry(key) { return entry.value }
        problems.error(place, "the key \"\(key)\" is missing")
        return nil
    }

    /// Of several keys of which one at most may stand, reports any but the first that is given.
    package func atMostOne(of keys: [String]) {
        let given = entries.filter { keys.contains($0.key) }
        for entry in given.dropFirst() {
            problems.error(
                entry.keyPlace, "found \"\(entry.key)\" beside \"\(given[0].key)\", expected only one of them")
        }
    }

    /// Where the key stands, nil where it is absent.
    package func place(of key: String) -> SourcePlace? { entries.first { $0.key == key }?.keyPlace }

    /// Reports the keys that have not been asked for, each with the known ones and the nearest of them.
    package func finish() {
        for entry in entries where !known.contains(entry.key) {
            // The nearest name costs time; a file of nothing but unknown keys is not worth it.
            problems.error(entry.keyPlace, problems.isFull ? "unknown key" : unknownKey(entry))
        }
    }

    private func entry(_ key: String) -> YAMLNode.Entry? {
        if !known.contains(key) { known.append(key) }
        return entries.first { $0.key == key }
    }

    private func unknownKey(_ entry: YAMLNode.Entry) -> String {
        if entry.key == "<<" { return "found <<, which YAML 1.2 does not have; an alias stands for a whole value only" }
        var message = "unknown key \"\(shortenedForMessage(entry.key))\", expected "
        message += known.isEmpty ? "none" : (known.count == 1 ? "" : "one of ") + known.joined(separator: ", ")
        // `{where: f(a, b)}`, where YAML takes `b)` for a key.
        if node.isFlow, entry.value.scalar?.text == "", entry.value.scalar?.style == .plain {
            message += "; between { } an expression or a text that holds , [ ] { or } stands in quotes"
        } else if let nearest = nearestName(to: entry.key, among: known) {
            message += "; did you mean \"\(nearest)\"?"
        }
        return message
    }
}

extension YAMLNode {
    /// Nil where the value is no mapping, which is reported.
    package func mapping(_ problems: ProblemCollector, expected: String = "a mapping") -> MappingReader? {
        guard case .mapping(let entries) = content else {
            reportUnexpected(expected, problems)
            return nil
        }
        return MappingReader(node: self, entries: entries, problems: problems)
    }
}
