package import BoboTopics
import CEL

/// A pattern as the decider reads it.
final class CompiledPattern {
    struct Step: ~Copyable {
        let role: Block.Role
        let group: Int32
        /// Whether runs that wait here may fare differently with one event, since something that decides reads the
        /// history.
        let readsHistory: Bool
        let restarts: Bool
        var predicates: PredicateList
        let seldom: Seldom?
    }

    /// What few blocks have.
    final class Seldom {
        @exclusivity(unchecked) var unless: PredicateList
        let until: CompiledPredicate?
        let onlyIf: CompiledPredicate?

        init?(unless: [CompiledPredicate], until: CompiledPredicate?, onlyIf: CompiledPredicate?) {
            guard !unless.isEmpty || until != nil || onlyIf != nil else { return nil }
            self.unless = PredicateList(unless)
            self.until = until
            self.onlyIf = onlyIf
        }

        var all: [CompiledPredicate] { unless.all + [until, onlyIf].compactMap(\.self) }
    }

    /// What few patterns have.
    final class Conditions {
        @exclusivity(unchecked) var preconditions: PredicateList
        @exclusivity(unchecked) var haltconditions: PredicateList

        init?(preconditions: [CompiledPredicate], haltconditions: [CompiledPredicate]) {
            guard !preconditions.isEmpty || !haltconditions.isEmpty else { return nil }
            self.preconditions = PredicateList(preconditions)
            self.haltconditions = PredicateList(haltconditions)
        }

        var all: [CompiledPredicate] { preconditions.all + haltconditions.all }
    }

    struct Rest {
        let milliseconds: Int64?
        let until: CompiledPredicate?
    }

    // What each event asks for stands first, together: with thousands of patterns each line of the processor's cache counts.
    let steps: FixedArray<Step>
    let conditions: Conditions?
    let within: Int64?
    /// Whether anything that is asked of runs reads the key.
    let readsKey: Bool
    /// Whether any of `isExclusive`, `readsPrevious` and `readsState` holds.
    let isSpecial: Bool
    /// Whether a run that completes halts the others of its key.
    let isExclusive: Bool
    let isSingleton: Bool
    /// Whether a complex event is made without an expression, and has no action.
    let isPlain: Bool
    /// The path of the field that is the key, where it is one.
    let keyPath: Int32?
    let maximumRuns: Int
    let maximumHistory: Int
    /// Its place in the order of output: by phenomenon, then in the order of the file.
    let order: Int
    // Safe: `frame` holds both.
    let unheldFrame: Unmanaged<ComplexEventFrame>
    let frameStart: UnsafeRawPointer
    /// What its complex events have in common.
    let frame: ComplexEventFrame
    /// The key, where it follows from the topic alone.
    let topicKey: Program?
    let phenomenon: Phenomenon
    let pattern: Pattern
    /// The `on` of those predicates that have one, by filter number.
    let filters: [[TopicFilter]]
    let guardian: Guard?
    let rest: Rest?
    let readsPrevious: Bool
    /// What `recent` reads; nil where nothing reads it.
    let recent: Pattern.Recent?
    let readsState: Bool
    /// Where a run waits at least: at an `all_of` that begins the pattern, otherwise behind the first block.
    let firstPlace: Int
    /// The hash of phenomenon and pattern, which the identifiers of all runs begin with.
    private let identity: Hash128

    init(_ pattern: Pattern, of phenomenon: Phenomenon, order: Int, _ shared: PhenomenonFrame) {
        let pool = EventTestPool(for: pattern.eventPredicates.compactMap(\.expression))
        var filters: [[TopicFilter]] = []
        func compile(_ predicates: [Predicate], group: String = "") -> [CompiledPredicate] {
            predicates.map { predicate in
                if !predicate.on.isEmpty, !filters.contains(predicate.on) { filters.append(predicate.on) }
                let filter = predicate.on.isEmpty ? nil : filters.firstIndex(of: predicate.on)
                let group = Self.number(predicate.group ?? group, pattern)
                return CompiledPredicate(predicate, filterNumber: filter, group: group, pool)
            }
        }
        let preconditions = compile(pattern.preconditions)
        let haltconditions = compile(pattern.haltconditions)
        let conditionsReadHistory = (preconditions + haltconditions).contains { $0.readsHistory }

        // From the end, since an event that a loop or an optional block passes on is decided by what follows.
        var following = false
        let readHistory = pattern.blocks.reversed().map { block in
            let own = (block.predicates + block.unless + [block.until].compactMap(\.self))
                .contains { $0.expression?.readsHistory == true }
            following = own || (block.role.mayPassOn && following)
            return conditionsReadHistory || following
        }
        let blocks = pattern.blocks
        steps = FixedArray(count: blocks.count) { number in
            let block = blocks[number]
            return Step(
                role: block.role, group: Self.number(block.group, pattern),
                readsHistory: readHistory[blocks.count - 1 - number], restarts: block.restarts,
                predicates: PredicateList(compile(block.predicates, group: block.group)),
                seldom: Seldom(
                    unless: compile(block.unless), until: block.until.map { compile([$0])[0] },
                    onlyIf: block.onlyIf.map { compile([$0])[0] }))
        }
        rest = pattern.rest.map { rest in
            Rest(milliseconds: rest.milliseconds, until: rest.until.map { compile([$0])[0] })
        }
        isSingleton = pattern.isSingleton
        maximumRuns = pattern.maximumRuns
        maximumHistory = pattern.maximumHistory
        within = pattern.within
        isExclusive = pattern.rest != nil || pattern.afterMatch == .skipPastLastEvent
        let programs = pattern.programs
        readsPrevious = programs.contains { $0.readsPrevious }
        recent = programs.contains { $0.readsRecent } ? pattern.recent : nil
        readsState = programs.contains { $0.readsState }
        keyPath = pattern.key?.path(of: ExpressionEnvironment.Slot.event.rawValue).map { Int32($0) }
        topicKey = pattern.key.flatMap { $0.readsTopicAlone ? $0 : nil }
        readsKey = programs.contains { $0.slots.contains(ExpressionEnvironment.Slot.key.rawValue) }
        isSpecial = isExclusive || readsPrevious || readsState
        if case .allOf? = pattern.blocks.first?.role { firstPlace = 0 } else { firstPlace = 1 }
        isPlain = pattern.emit.data == nil && pattern.emit.topic == nil && pattern.actions.isEmpty
        frame = ComplexEventFrame(pattern, shared)
        unheldFrame = .passUnretained(frame)
        frameStart = frame.start
        self.phenomenon = phenomenon
        self.pattern = pattern
        self.order = order
        conditions = Conditions(preconditions: preconditions, haltconditions: haltconditions)
        self.filters = filters
        guardian = Guard(pattern)
        var identity = Hash128()
        identity.combine(phenomenon.name)
        identity.combine(pattern.name)
        self.identity = identity
    }

    private static func number(_ group: String, _ pattern: Pattern) -> Int32 {
        pattern.groups.firstIndex(of: group).map(Int32.init) ?? Accepted.noGroup
    }

    var predicates: [CompiledPredicate] {
        let own = steps.indices.flatMap { steps[$0].predicates.all + (steps[$0].seldom?.all ?? []) }
        return (conditions?.all ?? []) + own + [rest?.until].compactMap(\.self)
    }

    /// There is an event that none of its predicates fails on.
    func acquit() {
        for step in steps.indices {
            steps[step].predicates.acquit()
            steps[step].seldom?.all.forEach { $0.acquit() }
        }
        conditions?.all.forEach { $0.acquit() }
        rest?.until?.acquit()
    }

    var name: PatternName { PatternName(phenomenon: phenomenon.name, pattern: pattern.name) }

    /// A hash of phenomenon, pattern, key (as JSON) and the first event's identifier.
    func identifier(key: Value, first: Event) -> RunIdentifier {
        var buffer = ByteBuffer(capacity: 64)
        return keyHash(key).run(of: first, &buffer)
    }

    /// What the identifiers of all runs of a key begin with.
    func keyHash(_ key: Value) -> Hash128 {
        var hash = identity
        if case .null = key {
            hash.combine("null")
            return hash
        }
        if case .string(var text) = key {
            var json = ByteBuffer(capacity: 64)
            json.append(UInt8(ascii: "\""))
            text.withUTF8 { json.append(escaped: UnsafeRawBufferPointer($0)) }  // read only within the closure
            json.append(UInt8(ascii: "\""))
            hash.combine(bytes: json.bytes)
            hash.combine(byte: 0xFF)
            return hash
        }
        var json = JSONWriter()
        json.write(key)
        hash.combine(text: json.bytes)
        return hash
    }

    /// The filters of the events that the pattern sees.
    func inputs(default topics: [TopicFilter]) -> [Pattern.Input] {
        pattern.input ?? pattern.inputFilters(default: topics).map { Pattern.Input(on: $0) }
    }
}

extension Hash128 {
    /// Of a pattern and key: the identifier of the run that began with that event.
    /// - Parameter buffer: what is hashed stands there meanwhile, behind what it holds.
    func run(of first: Event, _ buffer: inout ByteBuffer) -> RunIdentifier {
        var hash = self
        let start = buffer.count
        buffer.append(first.identifier)
        hash.combine(bytes: UnsafeRawBufferPointer(rebasing: buffer.bytes[start...]))
        buffer.removeLast(buffer.count - start)
        hash.combine(byte: 0xFF)
        return hash
    }
}

extension Block.Role {
    /// Whether an event that does not match may be offered to the next block.
    var mayPassOn: Bool {
        switch self {
        case .loop, .optional: true
        case .plain, .negated, .absent, .allOf: false
        }
    }
}

extension Pattern {
    /// The filters of the events that it sees.
    /// - Parameter topics: for a pattern that names none.
    package func inputFilters(default topics: [TopicFilter]) -> [TopicFilter] {
        if let input { return input.map(\.on) }
        let own = Pattern.filters(of: self)
        return own.isEmpty ? topics : own
    }

    /// The filters of the topics whose last messages it keeps: every gateway reads them itself, also what is retained,
    /// whoever reads the events of these topics (`Message.isStateOnly`).
    package var stateFilters: [TopicFilter] { state.map(\.on) }

    /// The different filters of all its predicates' `on`.
    static func filters(of pattern: Pattern) -> [TopicFilter] {
        var seen: Set<TopicFilter> = []
        return pattern.eventPredicates.flatMap(\.on).filter { seen.insert($0).inserted }
    }
}
