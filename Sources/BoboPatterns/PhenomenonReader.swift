import BoboEngine
import BoboTopics
import BoboYAML
import CEL

/// Reads one pattern file.
struct PhenomenonReader {
    let paths: PathTable
    let problems: ProblemCollector

    /// nil where the file has no sound name or pattern; whatever is wrong has been reported.
    func phenomenon(_ root: YAMLNode) -> (phenomenon: Phenomenon, place: SourcePlace)? {
        guard let reader = root.mapping(problems, expected: "a phenomenon: a mapping with phenomenon and patterns")
        else {
            return nil
        }
        let nameNode = reader.required("phenomenon")
        let name = nameNode?.name(problems, expected: "the name of the phenomenon")
        let description = reader.optional("description").flatMap { $0.text(problems) } ?? ""
        let emit = reader.optional("emit")
        let actions = reader.optional("actions")
        let nodes = reader.required("patterns").flatMap { $0.list(problems, expected: "a list of patterns") }
        reader.finish()
        if let nodes, nodes.isEmpty { problems.error(root.place, "found no pattern, expected at least one") }
        let groups = Pattern.groups(of: (nodes ?? []).flatMap(PhenomenonReader.groupNames))
        var patterns: [Pattern] = []
        var names: [String: SourcePlace] = [:]
        for node in nodes ?? [] {
            let pattern = PatternReader(paths: paths, problems: problems, phenomenonGroups: groups)
                .pattern(node, emit: emit, actions: actions)
            guard let pattern else { continue }
            if let first = names[pattern.name] {
                problems.error(
                    node.place, "found the name \"\(pattern.name)\" a second time, after \(first); expected another")
            }
            names[pattern.name] = node.place
            patterns.append(pattern)
        }
        guard let name, let nameNode, !patterns.isEmpty else { return nil }
        return (Phenomenon(name: name, description: description, patterns: patterns), nameNode.place)
    }

    /// The groups that a pattern names, in the order of its blocks; what is no name is reported when the block is read.
    static func groupNames(_ pattern: YAMLNode) -> [String] {
        guard case .list(let blocks) = pattern.value(of: "blocks")?.content else { return [] }
        return blocks.flatMap { block -> [String] in
            var names: [String] = []
            for key in ["followed_by_any", "all_of"] {
                guard case .list(let predicates) = block.value(of: key)?.content else { continue }
                names += predicates.compactMap { $0.value(of: "group")?.scalar?.text }
            }
            return names + [block.value(of: "group")?.scalar?.text].compactMap(\.self)
        }
    }
}
