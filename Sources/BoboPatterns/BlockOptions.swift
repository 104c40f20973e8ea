import BoboEngine
import BoboYAML

/// What stands beside a block's operator, and what of it goes together.
struct BlockOptions {
    static let keys = ["group", "times", "loop", "optional", "until", "unless", "for", "restart", "only_if"]

    private(set) var group = ""
    private(set) var unless: [Predicate] = []
    private(set) var until: Predicate?
    private(set) var restarts = false
    private(set) var onlyIf: Predicate?
    private(set) var hasRange = false
    private(set) var isSound = true
    private var isLoop = false
    private var isOptional = false
    /// So many copies, and then the optional ones or the loop of `times` with `min`.
    private var minimum = 1
    private var maximum: Int? = 1
    private var wait: Int64 = 1

    private let reader: MappingReader
    private let kind: BlockReader.Operator
    private let problems: ProblemCollector

    init(_ reader: MappingReader, _ kind: BlockReader.Operator, _ predicates: PredicateReader) {
        self.reader = reader
        self.kind = kind
        problems = predicates.expressions.problems
        if let node = reader.optional("group") {
            if let name = GroupName.read(node, problems) { group = name } else { isSound = false }
        }
        if let node = reader.optional("unless") { unless = predicates.predicates(node) }
        isLoop = flag("loop")
        isOptional = flag("optional")
        if let node = reader.optional("times") { readTimes(node) }
        if let node = reader.optional("until") {
            until = predicates.predicate(node)
            if until == nil { isSound = false }
        }
        readAbsent(predicates)
        checkKind()
        checkLoop()
        hint()
    }

    private mutating func flag(_ key: String) -> Bool {
        guard let node = reader.optional(key) else { return false }
        let value = node.bool(problems)
        if value == nil { isSound = false }
        return value ?? false
    }

    private mutating func refuse(_ key: String, _ why: String) {
        guard let place = reader.place(of: key) else { return }
        problems.error(place, why)
        isSound = false
    }

    // MARK: times

    private mutating func readTimes(_ node: YAMLNode) {
        let counts: ClosedRange<Int64> = 1...Int64(BlockReader.maximumBlocks)
        guard node.isMapping else {
            if let times = node.integer(in: counts, problems) {
                minimum = Int(times)
                maximum = minimum
            } else {
                isSound = false
            }
            return
        }
        guard let range = node.mapping(problems) else { return }
        let least = range.required("min")?.integer(in: 0...Int64(BlockReader.maximumBlocks), problems)
        let most = range.optional("max").map { $0.integer(in: counts, problems) }
        range.finish()
        hasRange = true
        guard let least, most == nil || most != .some(nil) else {
            isSound = false
            return
        }
        minimum = Int(least)
        maximum = (most ?? nil).map(Int.init)
        if let maximum, maximum < minimum {
            problems.error(node.place, "found a \"max\" of \(maximum), expected at least the \"min\" of \(minimum)")
            isSound = false
        }
        if kind.isStrict { refuse("times", "\"times\" with \"min\" takes a relaxed block, not \"\(kind.rawValue)\"") }
        if kind.isNegated, !kind.isStrict {
            refuse("times", "\"times\" with \"min\" takes no negated block (\(kind.rawValue))")
        }
        if isLoop { refuse("loop", "\"times\" with \"min\" takes no \"loop\"; without \"max\" it loops itself") }
        if isOptional {
            refuse(
                "optional", "\"times\" with \"min\" takes no \"optional\"; with a \"min\" of 0 all may be passed over")
        }
    }

    // MARK: absent

    private mutating func readAbsent(_ predicates: PredicateReader) {
        for key in ["for", "restart", "only_if"] where kind != .absent {
            if reader.optional(key) != nil { refuse(key, "found \"\(key)\", which stands beside \"absent\" alone") }
        }
        guard kind == .absent else { return }
        if let wait = reader.required("for")?.duration(in: 1...(366 * 86_400_000), problems) {
            self.wait = wait
        } else {
            isSound = false
        }
        restarts = flag("restart")
        guard let node = reader.optional("only_if") else { return }
        if let condition = predicates.expressions.condition(node, .silence) {
            onlyIf = Predicate(expression: condition, place: node.place.description)
        } else {
            isSound = false
        }
    }

    // MARK: What goes together

    private mutating func checkKind() {
        if kind == .absent || kind == .allOf {
            for key in ["times", "loop", "optional", "until"] {
                refuse(key, "\"\(kind.rawValue)\" takes no \"\(key)\"")
            }
            return
        }
        if isLoop, kind.isNegated { refuse("loop", "a negated block (\(kind.rawValue)) cannot loop") }
        if isLoop, isOptional { refuse("optional", "a loop cannot be optional: it may accept nothing anyway") }
        if isOptional, kind.isStrict {
            refuse("optional", "a strict block (\(kind.rawValue)) cannot be optional")
        }
        if isOptional, kind.isNegated {
            refuse("optional", "a negated block (\(kind.rawValue)) cannot be optional")
        }
    }

    private mutating func checkLoop() {
        guard until != nil, kind != .absent, kind != .allOf, !isLoop, !(hasRange && maximum == nil) else { return }
        refuse(
            "until",
            "\"until\" closes a loop, and this block does not loop: expected \"loop: true\", or \"times\" without \"max\""
        )
    }

    private func hint() {
        if isLoop, !hasRange, minimum > 1, let place = reader.place(of: "times") {
            problems.hint(place, "\"times\" with \"loop\" is the same as one loop")
        }
        if isLoop, kind.isStrict, until == nil, let place = reader.place(of: "loop") {
            problems.hint(
                place, "the first event that does not match halts a strict loop, so that its run never completes")
        }
        if kind == .notFollowedBy || kind == .notFollowedByAny, let place = reader.place(of: kind.rawValue) {
            problems.hint(
                place,
                "\"\(kind.rawValue)\" takes the first event that is not the one named, and goes on; to forbid an event while waiting, use \"unless\", for silence \"absent\""
            )
        }
        if kind == .absent, !restarts, let place = reader.place(of: "group") {
            problems.hint(place, "without \"restart\" an \"absent\" accepts no event, so that its group stays empty")
        }
    }

    // MARK: What it comes to

    /// So many blocks when written out.
    var count: Int { maximum ?? minimum + 1 }

    /// Of each copy, in order.
    var roles: [Block.Role] {
        let contiguity: Block.Contiguity = kind.isStrict ? .strict : .relaxed
        if kind == .absent { return [.absent(milliseconds: wait)] }
        if kind == .allOf { return [.allOf] }
        if kind.isNegated { return Array(repeating: .negated(contiguity), count: minimum) }
        if isLoop { return Array(repeating: .loop(contiguity), count: minimum) }
        if isOptional { return Array(repeating: .optional, count: minimum) }
        let copies = Array(repeating: Block.Role.plain(contiguity), count: minimum)
        guard hasRange else { return copies }
        guard let maximum else { return copies + [.loop(contiguity)] }
        return copies + Array(repeating: .optional, count: max(0, maximum - minimum))
    }
}
