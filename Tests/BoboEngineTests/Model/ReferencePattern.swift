/// A pattern of the model.
struct ReferencePattern {
    enum Role: Hashable {
        case plain(strict: Bool)
        case negated(strict: Bool)
        case loop(strict: Bool)
        case optional
        case absent(Int64)
    }

    struct Block {
        var role: Role
        var predicates: [ReferencePredicate]
        /// By predicate: a group of its own.
        var ownGroups: [String?]
        var group: String
        var unless: [ReferencePredicate]
    }

    let phenomenon: String
    let name: String
    /// nil: by the filters of its predicates, else all.
    var input: [ReferencePredicate]?
    var hasKey: Bool
    var within: Int64?
    var isSingleton: Bool
    var blocks: [Block]
    var preconditions: [ReferencePredicate]
    var haltconditions: [ReferencePredicate]
    var maximumRuns: Int
    var maximumHistory: Int

    var predicates: [ReferencePredicate] {
        preconditions + haltconditions + blocks.flatMap { $0.predicates + $0.unless }
    }

    func sees(_ event: ReferenceEvent) -> Bool {
        let scope = ReferenceScope(event: event, key: nil, history: [], now: event.timestamp)
        if let input { return input.contains { $0.outcome(scope) == true } }
        let filtered = predicates.filter { !$0.on.isEmpty }
        return filtered.isEmpty ? event.depth == 0 : filtered.contains { $0.passes(event.topic) }
    }
}

extension ReferencePattern: CustomStringConvertible {
    var description: String {
        var lines = ["\(phenomenon)/\(name)\(hasKey ? " key" : "")\(isSingleton ? " singleton" : "")"]
        if let within { lines[0] += " within \(within)" }
        if maximumRuns < 1000 { lines[0] += " max_runs \(maximumRuns)" }
        if maximumHistory < 1000 { lines[0] += " max_history \(maximumHistory)" }
        if let input { lines.append("  input \(input.map(\.text))") }
        if !preconditions.isEmpty { lines.append("  preconditions \(preconditions.map(\.text))") }
        if !haltconditions.isEmpty { lines.append("  haltconditions \(haltconditions.map(\.text))") }
        for block in blocks {
            let groups = block.ownGroups.contains { $0 != nil } ? "\(block.ownGroups.map { $0 ?? "-" })" : ""
            let unless = block.unless.isEmpty ? "" : " unless \(block.unless.map(\.text))"
            lines.append("  \(block.role) \(block.predicates.map(\.text)) \(block.group)\(groups)\(unless)")
        }
        return lines.joined(separator: "\n")
    }
}

extension ReferencePredicate {
    fileprivate var text: String { on.isEmpty ? cel : "\(on.joined(separator: "|")): \(cel)" }
}
