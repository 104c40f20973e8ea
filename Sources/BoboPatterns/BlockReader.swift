import BoboEngine
import BoboYAML
import CEL

/// Reads the blocks of one pattern, `times` written out.
struct BlockReader {
    static let maximumBlocks = 1000

    enum Operator: String, CaseIterable {
        case next, notNext = "not_next", followedBy = "followed_by", notFollowedBy = "not_followed_by"
        case followedByAny = "followed_by_any", notFollowedByAny = "not_followed_by_any", absent, allOf = "all_of"

        var isStrict: Bool { self == .next || self == .notNext }
        var isNegated: Bool { self == .notNext || self == .notFollowedBy || self == .notFollowedByAny }
        var takesList: Bool { self == .followedByAny || self == .notFollowedByAny || self == .allOf }
        var takesGroups: Bool { self == .followedByAny || self == .allOf }
    }

    /// What one entry of the list comes to.
    private struct Entry {
        let place: SourcePlace
        /// The roles of its first and last copies; nil where there is no operator.
        var roles: (first: Block.Role, last: Block.Role)?
        var copies = 1
        /// `times` with `min`.
        var hasRange = false
        var isClosed = false
        /// Empty where something is wrong, which has been reported.
        var blocks: [Block] = []
    }

    let predicates: PredicateReader

    private var problems: ProblemCollector { predicates.expressions.problems }

    func blocks(_ node: YAMLNode) -> [Block] {
        guard let nodes = node.list(problems, expected: "a list of blocks") else { return [] }
        guard !nodes.isEmpty else {
            problems.error(node.place, "found no block, expected at least one")
            return []
        }
        var entries: [Entry] = []
        var count = 0
        for node in nodes {
            let entry = entry(node)
            count += entry.copies
            guard count <= BlockReader.maximumBlocks else {
                problems.error(
                    node.place, "found more than \(BlockReader.maximumBlocks) blocks with \"times\" written out")
                break
            }
            entries.append(entry)
        }
        checkOrder(entries)
        return entries.flatMap(\.blocks)
    }

    private func entry(_ node: YAMLNode) -> Entry {
        guard let reader = node.mapping(problems, expected: "a block such as {followed_by: …, group: …}") else {
            return Entry(place: node.place)
        }
        let names = Operator.allCases.map(\.rawValue)
        let given = Operator.allCases.filter { reader.optional($0.rawValue) != nil }
        reader.atMostOne(of: names)
        guard let kind = given.first, let value = reader.optional(kind.rawValue) else {
            for key in BlockOptions.keys { _ = reader.optional(key) }
            problems.error(node.place, "found no operator, expected one of \(names.joined(separator: ", "))")
            reader.finish()
            return Entry(place: node.place)
        }
        let conditions =
            kind.takesList
            ? predicates.predicates(value, allowsGroup: kind.takesGroups)
            : predicates.predicate(value).map { [$0] } ?? []
        if kind == .allOf, conditions.count > Block.maximumOfAll {
            problems.error(
                value.place,
                "found \(conditions.count) predicates, expected at most \(Block.maximumOfAll) in \"all_of\"")
        }
        let options = BlockOptions(reader, kind, predicates)
        reader.finish()
        var entry = Entry(place: node.place, copies: options.count, hasRange: options.hasRange)
        let roles = options.roles
        entry.roles = (roles.first ?? .optional, roles.last ?? .optional)
        entry.isClosed = options.until != nil
        guard !conditions.isEmpty, options.isSound else { return entry }
        entry.blocks = roles.map { role in
            var isLoop = false
            if case .loop = role { isLoop = true }
            return Block(
                role: role, predicates: conditions, group: options.group, unless: options.unless,
                until: isLoop ? options.until : nil, restarts: options.restarts, onlyIf: options.onlyIf)
        }
        return entry
    }

    private func checkOrder(_ entries: [Entry]) {
        func refuse(_ entry: Entry, _ role: Block.Role?, _ position: String) {
            switch role {
            case .negated: problems.error(entry.place, "the \(position) block cannot be negated")
            case .optional where entry.hasRange && position == "first":
                problems.error(entry.place, "the first block cannot be passed over: \"min\" is at least 1 there")
            case .optional where entry.hasRange, .loop where entry.hasRange:
                problems.error(
                    entry.place,
                    "the \(position) block takes no \"times\" with \"min\", whose last copies may be passed over"
                )
            case .optional: problems.error(entry.place, "the \(position) block cannot be optional")
            case .loop: problems.error(entry.place, "the \(position) block cannot loop")
            case .absent where position == "first":
                problems.error(entry.place, "the first block cannot be \"absent\"")
            case .absent, .plain, .allOf, nil: break
            }
        }
        if let first = entries.first { refuse(first, first.roles?.first, "first") }
        if entries.count == 1, let only = entries.first, only.hasRange, case .plain? = only.roles?.first {
            refuse(only, only.roles?.last, "last")
        }
        if let last = entries.dropFirst().last { refuse(last, last.roles?.last, "last") }
        for (before, entry) in zip(entries, entries.dropFirst()) { check(before, entry) }
    }

    private func check(_ before: Entry, _ entry: Entry) {
        if case .loop? = before.roles?.last, !before.isClosed, let loop = before.blocks.last,
            let next = entry.blocks.first, loop.accepts(allOf: next)
        {
            problems.hint(before.place, "the loop accepts all that the next block would, so that no run goes on")
        }
        guard case .absent? = entry.roles?.first else { return }
        switch before.roles?.last {
        case .loop where !before.isClosed:
            problems.error(
                entry.place,
                "directly before \"absent\" stands no loop without \"until\": nothing would move the run on")
        case .optional:
            problems.error(
                entry.place, "directly before \"absent\" stands no optional block: nothing would move the run on")
        default: break
        }
    }
}

extension Block {
    /// Whether each event that the other matches is one that this matches, as far as their texts show it.
    fileprivate func accepts(allOf other: Block) -> Bool {
        switch other.role {
        case .plain, .loop, .optional: break
        case .negated, .absent, .allOf: return false
        }
        return other.predicates.allSatisfy { wanted in
            predicates.contains { own in
                let sameTopics = own.on.isEmpty || Set(wanted.on).isSubset(of: own.on) && !wanted.on.isEmpty
                return sameTopics && (own.expression == nil || own.expression?.source == wanted.expression?.source)
            }
        }
    }
}
