import BoboEngine
import BoboYAML
import CEL

/// Reads the blocks of one pattern, `times` written out.
struct BlockReader {
    static let maximumBlocks = 1000

    private enum Operator: String, CaseIterable {
        case next, notNext = "not_next", followedBy = "followed_by", notFollowedBy = "not_followed_by"
        case followedByAny = "followed_by_any", notFollowedByAny = "not_followed_by_any", absent

        var isStrict: Bool { self == .next || self == .notNext }
        var isNegated: Bool { self == .notNext || self == .notFollowedBy || self == .notFollowedByAny }
        var takesList: Bool { self == .followedByAny || self == .notFollowedByAny }
    }

    private struct Options {
        var group = ""
        var times = 1
        var isLoop = false
        var isOptional = false
        var unless: [Predicate] = []
    }

    /// What one entry of the list comes to.
    private struct Entry {
        let place: SourcePlace
        /// nil where there is no operator.
        var role: Block.Role?
        var copies = 1
        /// nil where something is wrong, which has been reported.
        var block: Block?
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
        return entries.flatMap { entry in entry.block.map { Array(repeating: $0, count: entry.copies) } ?? [] }
    }

    private func entry(_ node: YAMLNode) -> Entry {
        guard let reader = node.mapping(problems, expected: "a block such as {followed_by: …, group: …}") else {
            return Entry(place: node.place)
        }
        reader.notBuiltYet("all_of", "until", "restart", "only_if")
        let names = Operator.allCases.map(\.rawValue)
        let given = Operator.allCases.filter { reader.optional($0.rawValue) != nil }
        reader.atMostOne(of: names)
        guard let kind = given.first, let value = reader.optional(kind.rawValue) else {
            for key in ["group", "times", "loop", "optional", "unless", "for"] { _ = reader.optional(key) }
            if reader.place(of: "all_of") == nil {
                problems.error(node.place, "found no operator, expected one of \(names.joined(separator: ", "))")
            }
            reader.finish()
            return Entry(place: node.place)
        }
        let conditions =
            kind.takesList
            ? predicates.predicates(value, allowsGroup: kind == .followedByAny)
            : predicates.predicate(value).map { [$0] } ?? []
        let (options, isSound) = options(reader, kind)
        let wait = wait(reader, kind)
        reader.finish()
        let role = role(kind, options, wait ?? 1)
        guard !conditions.isEmpty, isSound, wait != nil || kind != .absent else {
            return Entry(place: node.place, role: role)
        }
        return Entry(
            place: node.place, role: role, copies: options.times,
            block: Block(role: role, predicates: conditions, group: options.group, unless: options.unless))
    }

    private func wait(_ reader: MappingReader, _ kind: Operator) -> Int64? {
        guard kind == .absent else {
            if reader.optional("for") != nil, let place = reader.place(of: "for") {
                problems.error(place, "found \"for\", which stands beside \"absent\" alone")
            }
            return nil
        }
        return reader.required("for")?.duration(in: 1...(366 * 86_400_000), problems)
    }

    private func options(_ reader: MappingReader, _ kind: Operator) -> (options: Options, isSound: Bool) {
        var options = Options()
        var isSound = true
        func flag(_ key: String) -> Bool {
            guard let node = reader.optional(key) else { return false }
            let value = node.bool(problems)
            if value == nil { isSound = false }
            return value ?? false
        }
        func refuse(_ key: String, _ why: String) {
            guard let place = reader.place(of: key) else { return }
            problems.error(place, why)
            isSound = false
        }
        if let node = reader.optional("group") {
            if let name = GroupName.read(node, problems) { options.group = name } else { isSound = false }
        }
        if let node = reader.optional("unless") { options.unless = predicates.predicates(node) }
        options.isLoop = flag("loop")
        options.isOptional = flag("optional")
        if let node = reader.optional("times") {
            if node.isMapping {
                refuse("times", "\"times\" with min and max is not built yet")
            } else if let times = node.integer(in: 1...Int64(BlockReader.maximumBlocks), problems) {
                options.times = Int(times)
            } else {
                isSound = false
            }
        }
        if kind == .absent {
            for key in ["times", "loop", "optional"] { refuse(key, "\"absent\" takes no \"\(key)\"") }
        }
        if options.isLoop, kind.isNegated { refuse("loop", "a negated block (\(kind.rawValue)) cannot loop") }
        if options.isLoop, options.isOptional {
            refuse("optional", "a loop cannot be optional: it may accept nothing anyway")
        }
        if options.isOptional, kind.isStrict {
            refuse("optional", "a strict block (\(kind.rawValue)) cannot be optional")
        }
        if options.isOptional, kind.isNegated {
            refuse("optional", "a negated block (\(kind.rawValue)) cannot be optional")
        }
        if options.isLoop, options.times > 1, let place = reader.place(of: "times") {
            problems.hint(place, "\"times\" with \"loop\" is the same as one loop")
        }
        if options.isLoop, kind.isStrict, let place = reader.place(of: "loop") {
            problems.hint(
                place, "the first event that does not match halts a strict loop, so that its run never completes")
        }
        if kind == .notFollowedBy || kind == .notFollowedByAny, let place = reader.place(of: kind.rawValue) {
            problems.hint(
                place,
                "\"\(kind.rawValue)\" takes the first event that is not the one named, and goes on; to forbid an event while waiting, use \"unless\", for silence \"absent\""
            )
        }
        return (options, isSound)
    }

    private func role(_ kind: Operator, _ options: Options, _ wait: Int64) -> Block.Role {
        let contiguity: Block.Contiguity = kind.isStrict ? .strict : .relaxed
        if kind == .absent { return .absent(milliseconds: wait) }
        if kind.isNegated { return .negated(contiguity) }
        if options.isLoop { return .loop(contiguity) }
        if options.isOptional { return .optional }
        return .plain(contiguity)
    }

    private func checkOrder(_ entries: [Entry]) {
        func refuse(_ entry: Entry, _ position: String) {
            switch entry.role {
            case .negated: problems.error(entry.place, "the \(position) block cannot be negated")
            case .optional: problems.error(entry.place, "the \(position) block cannot be optional")
            case .loop: problems.error(entry.place, "the \(position) block cannot loop")
            case .absent where position == "first":
                problems.error(entry.place, "the first block cannot be \"absent\"")
            case .absent, .plain, nil: break
            }
        }
        if let first = entries.first { refuse(first, "first") }
        if let last = entries.dropFirst().last { refuse(last, "last") }
        for (before, entry) in zip(entries, entries.dropFirst()) {
            if case .loop = before.role, let loop = before.block, let next = entry.block, loop.accepts(allOf: next) {
                problems.hint(before.place, "the loop accepts all that the next block would, so that no run goes on")
            }
            guard case .absent = entry.role else { continue }
            switch before.role {
            case .loop:
                problems.error(
                    entry.place, "directly before \"absent\" stands no loop: nothing would move the run on")
            case .optional:
                problems.error(
                    entry.place, "directly before \"absent\" stands no optional block: nothing would move the run on")
            default: break
            }
        }
    }
}

extension Block {
    /// Whether each event that the other matches is one that this matches, as far as their texts show it.
    fileprivate func accepts(allOf other: Block) -> Bool {
        switch other.role {
        case .plain, .loop, .optional: break
        case .negated, .absent: return false
        }
        return other.predicates.allSatisfy { wanted in
            predicates.contains { own in
                let sameTopics = own.on.isEmpty || Set(wanted.on).isSubset(of: own.on) && !wanted.on.isEmpty
                return sameTopics && (own.expression == nil || own.expression?.source == wanted.expression?.source)
            }
        }
    }
}
