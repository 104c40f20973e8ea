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
        let filters = predicates.flatMap(\.on)
        return filters.isEmpty || filters.contains { $0 == event.topic || $0 == "t/+" }
    }
}
