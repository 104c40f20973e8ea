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

    let predicates: PredicateReader

    private var problems: ProblemCollector { predicates.expressions.problems }

    func blocks(_ node: YAMLNode) -> [Block] {
        guard let nodes = node.list(problems, expected: "a list of blocks") else { return [] }
        guard !nodes.isEmpty else {
            problems.error(node.place, "found no block, expected at least one")
            return []
        }
        var blocks: [Block] = []
        var places: [SourcePlace] = []
        for node in nodes {
            let copies = block(node)
            guard blocks.count + copies.count <= BlockReader.maximumBlocks else {
                problems.error(
                    node.place, "found more than \(BlockReader.maximumBlocks) blocks with \"times\" written out")
                return blocks
            }
            blocks += copies
            places += copies.map { _ in node.place }
        }
        checkOrder(blocks, places)
        return blocks
    }

    /// As many copies as `times` says; none where something is wrong, which has been reported.
    private func block(_ node: YAMLNode) -> [Block] {
        guard let reader = node.mapping(problems, expected: "a block such as {followed_by: …, group: …}") else {
            return []
        }
        reader.notBuiltYet("all_of", "until", "restart", "only_if")
        let names = Operator.allCases.map(\.rawValue)
        let given = Operator.allCases.filter { reader.optional($0.rawValue) != nil }
        reader.atMostOne(of: names)
        guard let kind = given.first, let value = reader.optional(kind.rawValue) else {
            for key in ["group", "times", "loop", "optional", "unless", "for", "all_of", "until", "restart", "only_if"]
            {
                _ = reader.optional(key)
            }
            if reader.place(of: "all_of") == nil {
                problems.error(node.place, "found no operator, expected one of \(names.joined(separator: ", "))")
            }
            reader.finish()
            return []
        }
        let conditions =
            kind.takesList
            ? predicates.predicates(value, allowsGroup: kind == .followedByAny)
            : predicates.predicate(value).map { [$0] } ?? []
        let options = options(reader, kind)
        let wait = wait(reader, kind)
        reader.finish()
        guard !conditions.isEmpty, let options, let role = role(kind, options, wait) else { return [] }
        let block = Block(role: role, predicates: conditions, group: options.group, unless: options.unless)
        return Array(repeating: block, count: options.times)
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

    /// nil where an option is wrong.
    private func options(_ reader: MappingReader, _ kind: Operator) -> Options? {
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
        return isSound ? options : nil
    }

    private func role(_ kind: Operator, _ options: Options, _ wait: Int64?) -> Block.Role? {
        let contiguity: Block.Contiguity = kind.isStrict ? .strict : .relaxed
        if kind == .absent { return wait.map { .absent(milliseconds: $0) } }
        if kind.isNegated { return .negated(contiguity) }
        if options.isLoop { return .loop(contiguity) }
        if options.isOptional { return .optional }
        return .plain(contiguity)
    }

    private func checkOrder(_ blocks: [Block], _ places: [SourcePlace]) {
        guard let first = blocks.first, let last = blocks.last else { return }
        func refuse(_ block: Block, _ place: SourcePlace, _ position: String) {
            switch block.role {
            case .negated: problems.error(place, "the \(position) block cannot be negated")
            case .optional: problems.error(place, "the \(position) block cannot be optional")
            case .loop: problems.error(place, "the \(position) block cannot loop")
            case .absent where position == "first": problems.error(place, "the first block cannot be \"absent\"")
            case .absent, .plain: break
            }
        }
        refuse(first, places[0], "first")
        if blocks.count > 1 { refuse(last, places[blocks.count - 1], "last") }
        for (index, block) in blocks.enumerated().dropFirst() {
            guard case .absent = block.role else { continue }
            switch blocks[index - 1].role {
            case .loop:
                problems.error(
                    places[index], "directly before \"absent\" stands no loop: nothing would move the run on")
            case .optional:
                problems.error(
                    places[index], "directly before \"absent\" stands no optional block: nothing would move the run on")
            default: break
            }
        }
    }
}
