import BoboEngine
import BoboTopics
import BoboYAML
import CEL

/// Reads one pattern file.
struct PhenomenonReader {
    let problems: ProblemCollector
    let compiled: CompiledExpressions
    let needsTopics: Bool
    let secrets: KnownSecrets

    /// The name of the phenomenon, where it has a sound one, and the phenomenon, where it has a sound pattern, too; whatever
    /// is wrong has been reported.
    func phenomenon(_ root: YAMLNode) -> (name: (text: String, place: SourcePlace)?, phenomenon: Phenomenon?) {
        guard let reader = root.mapping(problems, expected: "a phenomenon: a mapping with phenomenon and patterns")
        else {
            return (nil, nil)
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
        let patterns = (nodes ?? []).compactMap { node in
            PatternReader(
                problems: problems, compiled: compiled, needsTopics: needsTopics, secrets: secrets,
                phenomenonGroups: groups
            )
            .pattern(node, emit: emit, actions: actions)
        }
        reportRepeatedNames(nodes ?? [])
        guard let name, let nameNode else { return (nil, nil) }
        let phenomenon =
            patterns.isEmpty ? nil : Phenomenon(name: name, description: description, patterns: patterns)
        return ((name, nameNode.place), phenomenon)
    }

    private func reportRepeatedNames(_ patterns: [YAMLNode]) {
        var names: [String: SourcePlace] = [:]
        for case let node? in patterns.map({ $0.value(of: "name") }) {
            guard let scalar = node.scalar, scalar.value == .text else { continue }
            if let first = names[scalar.text] {
                problems.error(
                    node.place, "found the name \"\(scalar.text)\" a second time, after \(first); expected another")
            } else {
                names[scalar.text] = node.place
            }
        }
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
