/// A pattern of the model.
struct ReferencePattern {
    enum Role: Hashable {
        case plain(strict: Bool)
        case negated(strict: Bool)
        case loop(strict: Bool)
        case optional
        case absent(Int64)
        case allOf
    }

    struct Block {
        var role: Role
        var predicates: [ReferencePredicate]
        /// By predicate: a group of its own.
        var ownGroups: [String?]
        var group: String
        var unless: [ReferencePredicate]
        var until: ReferencePredicate?
        var restarts = false
        var onlyIf: ReferencePredicate?
    }

    struct Rest {
        var wait: Int64?
        var until: ReferencePredicate?
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
    var skips = false
    var rest: Rest?
    /// Each with a topic that it is of.
    var state: [ReferencePredicate] = []

    var isExclusive: Bool { skips || rest != nil }

    var predicates: [ReferencePredicate] {
        preconditions + haltconditions
            + blocks.flatMap { $0.predicates + $0.unless + [$0.until].compactMap(\.self) }
            + [rest?.until].compactMap(\.self)
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
        if skips { lines[0] += " skips" }
        if let rest { lines[0] += " rest \(rest.wait ?? -1) until \(rest.until?.text ?? "-")" }
        if !state.isEmpty { lines[0] += " state \(state.map(\.text))" }
        if let within { lines[0] += " within \(within)" }
        if maximumRuns < 1000 { lines[0] += " max_runs \(maximumRuns)" }
        if maximumHistory < 1000 { lines[0] += " max_history \(maximumHistory)" }
        if let input { lines.append("  input \(input.map(\.text))") }
        if !preconditions.isEmpty { lines.append("  preconditions \(preconditions.map(\.text))") }
        if !haltconditions.isEmpty { lines.append("  haltconditions \(haltconditions.map(\.text))") }
        for block in blocks {
            let groups = block.ownGroups.contains { $0 != nil } ? "\(block.ownGroups.map { $0 ?? "-" })" : ""
            let unless = block.unless.isEmpty ? "" : " unless \(block.unless.map(\.text))"
            let options =
                (block.until.map { " until \($0.text)" } ?? "") + (block.restarts ? " restarts" : "")
                + (block.onlyIf.map { " only if \($0.text)" } ?? "")
            lines.append("  \(block.role) \(block.predicates.map(\.text)) \(block.group)\(groups)\(unless)\(options)")
        }
        return lines.joined(separator: "\n")
    }
}

extension ReferencePredicate {
    fileprivate var text: String { on.isEmpty ? cel : "\(on.joined(separator: "|")): \(cel)" }
}
