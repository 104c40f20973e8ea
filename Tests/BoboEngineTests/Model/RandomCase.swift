/// Random patterns and events.
struct RandomCase {
    enum Reading: CaseIterable {
        /// The predicates read the event alone, so that runs move in groups.
        case event
        /// Some read the history.
        case history
        /// All conditions test one field, so that the index of equalities leads to the patterns.
        case equalities
    }

    static let topics = ["t/one", "t/two"]
    private static let types = ["A", "B", "C", "D"]
    private static let groups = ["a", "b", "c", ""]

    private var random: SeededGenerator
    private let reading: Reading
    /// Some fields are missing, so that predicates fail.
    private let isGappy: Bool
    /// Of the pattern at hand, whether its equalities test `v` rather than `type`.
    private var testsValue = false
    private let scale: Int64
    /// Whether the pattern at hand may ask for the event before, and for the last messages of topics.
    private var readsPrevious = false
    private var readsState = false
    private let allowsPrevious: Bool
    /// The topics of complex events that the pattern at hand may see: never so that two patterns set off each other.
    private var feedback: [String] = []
    private(set) var patterns: [ReferencePattern] = []
    private(set) var events: [ReferenceEvent] = []
    let maximumLateness: Int64
    let dropsLate: Bool
    /// After which events the clock moves on by itself, and to when.
    private(set) var ticks: [Int: Int64] = [:]

    /// - Parameter allowsPrevious: Whether patterns may ask for the event before, which differs from reader to reader.
    init(seed: UInt64, _ reading: Reading, allowsPrevious: Bool = true) {
        self.allowsPrevious = allowsPrevious
        random = SeededGenerator(seed: seed)
        self.reading = reading
        isGappy = random.chance(0.3)
        scale = random.chance(0.3) ? 3 : 1000
        maximumLateness = random.chance(0.2) ? Int64(random.int(1...5)) * scale : 0
        dropsLate = random.chance(0.3)
        let feedsBack = random.chance(0.3)
        for phenomenon in 0..<random.int(1...2) {
            let count = random.pick([1, 1, 2, 3])
            if feedsBack { feedback = phenomenon > 0 ? ["bobo/events/p0"] : count == 1 ? ["bobo/events/+"] : [] }
            for name in 0..<count { patterns.append(pattern("p\(phenomenon)", "q\(name)")) }
        }
        events = stream(random.chance(0.1) ? 200 : random.int(10...60))
        for event in events where random.chance(0.1) {
            ticks[event.seq] = event.timestamp + Int64(random.int(0...3)) * scale
        }
    }

    // MARK: Events

    private mutating func stream(_ count: Int) -> [ReferenceEvent] {
        var time = 1_764_000_000_000 as Int64
        let some =
            random.chance(0.5) ? RandomCase.types : [random.pick(RandomCase.types), random.pick(RandomCase.types)]
        let isLate = maximumLateness > 0 || random.chance(0.2)
        return (1...count).map { seq in
            time += random.pick([0, 1, 1, 1, 2, 5]) * scale
            let back = isLate && random.chance(0.3) ? Int64(random.int(0...8)) * scale : 0
            return ReferenceEvent(
                seq: seq, timestamp: time - back, topic: random.pick(RandomCase.topics),
                type: isGappy && random.chance(0.15) ? nil : isGappy && random.chance(0.1) ? "7" : random.pick(some),
                value: isGappy && random.chance(0.15) ? nil : random.int(0...9),
                key: random.chance(0.03) ? nil : random.pick(["x", "x", "x", "y", "1"]))
        }
    }

    // MARK: Patterns

    private mutating func pattern(_ phenomenon: String, _ name: String) -> ReferencePattern {
        testsValue = random.chance(0.3)
        readsPrevious = reading != .equalities && random.chance(0.3) && allowsPrevious
        readsState = reading != .equalities && random.chance(0.3)
        let length = random.pick([1, 2, 2, 3, 3, 4, 5, 6])
        var blocks: [ReferencePattern.Block] = []
        for index in 0..<length {
            blocks.append(block(isFirst: index == 0, isLast: index == length - 1, after: blocks.last))
        }
        let hasInput = random.chance(0.3)
        var pattern = ReferencePattern(
            phenomenon: phenomenon, name: name,
            input: hasInput ? (0...random.int(0...1)).map { _ in alone() } : nil,
            hasKey: random.chance(0.5),
            within: random.chance(0.4) ? Int64(random.int(0...12)) * scale : nil,
            isSingleton: random.chance(0.2), blocks: blocks,
            preconditions: random.chance(0.15) ? (0...random.int(0...1)).map { _ in rarelyFalse() } : [],
            haltconditions: random.chance(0.2) ? (0...random.int(0...1)).map { _ in rarelyTrue() } : [],
            maximumRuns: random.chance(0.2) ? random.int(1...5) : 100_000,
            maximumHistory: random.chance(0.2) ? random.int(1...6) : 100_000)
        pattern.skips = random.chance(0.15)
        if random.chance(0.2) {
            let wait = random.chance(0.7) ? Int64(random.int(1...12)) * scale : nil
            let until = wait == nil || random.chance(0.4) ? filtered(predicate(depth: 1)) : nil
            pattern.rest = ReferencePattern.Rest(wait: wait, until: until)
        }
        if readsState { pattern.state = (0...random.int(0...1)).map { _ in kept() } }
        return pattern
    }

    /// A predicate over the event alone, with a topic.
    private mutating func alone() -> ReferencePredicate {
        let (previous, state) = (readsPrevious, readsState)
        (readsPrevious, readsState) = (false, false)
        defer { (readsPrevious, readsState) = (previous, state) }
        return filtered(predicate(readsHistory: false), always: true)
    }

    private mutating func kept() -> ReferencePredicate {
        var kept = random.chance(0.5) ? ReferencePredicate(cel: "true") { _ in true } : ofType("==")
        kept.on = random.pick([["t/one"], ["t/two"], ["t/+"]])
        return kept
    }

    private mutating func block(
        isFirst: Bool, isLast: Bool, after: ReferencePattern.Block?
    ) -> ReferencePattern.Block {
        var roles: [ReferencePattern.Role] = [
            .plain(strict: false), .plain(strict: false), .plain(strict: true), .allOf,
        ]
        if !isFirst, !isLast {
            roles += [
                .negated(strict: false), .negated(strict: true), .loop(strict: false), .loop(strict: false),
                .loop(strict: true), .optional, .optional,
            ]
        }
        switch after?.role {
        case nil, .optional: break
        case .loop where after?.until == nil: break
        case .loop, .plain, .negated, .absent, .allOf:
            roles += Array(repeating: .absent(Int64(random.int(1...6)) * scale), count: 2)
        }
        let count = random.pick([1, 1, 1, 2, 3])
        // Blocks that read no history between those that do: their runs go in groups, then one by one.
        let readsHistory = random.chance(0.4)
        var block = ReferencePattern.Block(
            role: random.pick(roles),
            predicates: (0..<count).map { _ in filtered(predicate(readsHistory: readsHistory)) },
            ownGroups: (0..<count).map { _ in random.chance(0.2) ? random.pick(["a", "b", "c"]) : nil },
            group: random.pick(RandomCase.groups), unless: random.chance(0.15) ? [rarelyTrue()] : [])
        switch block.role {
        case .loop: if random.chance(0.5) { block.until = filtered(predicate(readsHistory: readsHistory)) }
        case .absent:
            block.restarts = random.chance(0.4)
            if random.chance(0.4) { block.onlyIf = condition() }
        case .plain, .negated, .optional, .allOf: break
        }
        return block
    }

    /// What is asked when a wait is over.
    private mutating func condition() -> ReferencePredicate {
        let type = random.pick(RandomCase.types)
        let (number, span) = (random.int(1...4), Int64(random.int(1...8)) * scale)
        if readsState, random.chance(0.7) { return ofState() }
        guard reading == .history else {
            return random.chance(0.7)
                ? ReferencePredicate(cel: "now > timestamp('1970-01-01T00:00:00Z')") { _ in true }
                : ReferencePredicate(cel: "key == \"x\"") { $0.key == "x" }
        }
        return random.pick([
            ReferencePredicate(cel: "size(history) < \(number)") { $0.history.count < number },
            ReferencePredicate(cel: "now - first.ts < duration(\"\(span)ms\")") { scope in
                scope.history.first.map { scope.now - $0.event.timestamp < span }
            },
            ReferencePredicate(cel: "last.payload.type == \"\(type)\"") { scope in
                scope.history.last?.event.type.map { $0 == type }
            },
        ])
    }

    // MARK: Predicates

    private mutating func filtered(_ predicate: ReferencePredicate, always: Bool = false) -> ReferencePredicate {
        guard always || random.chance(feedback.isEmpty ? 0.15 : 0.4) else { return predicate }
        var result = predicate
        result.on = random.pick([["t/one"], ["t/two"], ["t/+"], ["t/two", "t/one"]])
        if !feedback.isEmpty, random.chance(0.6) { result.on = random.chance(0.5) ? feedback : result.on + feedback }
        return result
    }

    private mutating func predicate(readsHistory: Bool = true, depth: Int = 2) -> ReferencePredicate {
        if reading == .equalities {
            let equality = testsValue ? ofValue("==") : ofType("==")
            return random.chance(0.5) ? equality : conjunction(equality, ofEvent())
        }
        let history = readsHistory && reading == .history
        guard depth > 0, random.chance(0.4) else {
            return history && random.chance(0.4) ? ofHistory() : ofEvent()
        }
        let left = predicate(readsHistory: readsHistory, depth: depth - 1)
        let right = predicate(readsHistory: readsHistory, depth: depth - 1)
        switch random.int(0...3) {
        case 0: return conjunction(left, right)
        case 1, 2: return disjunction(left, right)
        default: return negation(left)
        }
    }

    private mutating func rarelyTrue() -> ReferencePredicate {
        let readsHistory = reading == .history && random.chance(0.4)
        return filtered(conjunction(ofType("=="), readsHistory ? predicate(depth: 1) : ofValue("<")))
    }

    private mutating func rarelyFalse() -> ReferencePredicate { negation(rarelyTrue()) }

    private func conjunction(_ left: ReferencePredicate, _ right: ReferencePredicate) -> ReferencePredicate {
        ReferencePredicate(cel: "(\(left.cel)) && (\(right.cel))") { scope in
            let (one, other) = (left.holds(scope), right.holds(scope))
            if one == false || other == false { return false }
            return one == nil || other == nil ? nil : true
        }
    }

    private func disjunction(_ left: ReferencePredicate, _ right: ReferencePredicate) -> ReferencePredicate {
        ReferencePredicate(cel: "(\(left.cel)) || (\(right.cel))") { scope in
            let (one, other) = (left.holds(scope), right.holds(scope))
            if one == true || other == true { return true }
            return one == nil || other == nil ? nil : false
        }
    }

    private func negation(_ predicate: ReferencePredicate) -> ReferencePredicate {
        var result = predicate
        result.cel = "!(\(predicate.cel))"
        result.holds = { predicate.holds($0).map { !$0 } }
        return result
    }

    private mutating func ofType(_ comparison: String) -> ReferencePredicate {
        let type = random.pick(RandomCase.types)
        return ReferencePredicate(cel: "payload.type \(comparison) \"\(type)\"") { scope in
            scope.event.type.map { comparison == "==" ? $0 == type : $0 != type }
        }
    }

    private mutating func ofValue(_ comparison: String) -> ReferencePredicate {
        let number = random.int(0...9)
        return ReferencePredicate(cel: "payload.v \(comparison) \(number)") { scope in
            scope.event.value.map { comparison == "<" ? $0 < number : comparison == "==" ? $0 == number : $0 >= number }
        }
    }

    private mutating func ofPrevious() -> ReferencePredicate {
        let type = random.pick(RandomCase.types)
        switch random.int(0...2) {
        case 0: return ReferencePredicate(cel: "previous == null") { $0.previous == nil }
        case 1:
            return ReferencePredicate(cel: "previous.payload.type == \"\(type)\"") { scope in
                scope.previous?.type.map { $0 == type }
            }
        default:
            return ReferencePredicate(cel: "previous != null && previous.payload.v < payload.v") { scope in
                guard let previous = scope.previous else { return false }
                guard let one = previous.value, let other = scope.event.value else { return nil }
                return one < other
            }
        }
    }

    private mutating func ofState() -> ReferencePredicate {
        let topic = random.pick(RandomCase.topics)
        let type = random.pick(RandomCase.types)
        let number = random.int(0...2)
        switch random.int(0...3) {
        case 0: return ReferencePredicate(cel: "latest(\"\(topic)\") == null") { $0.state[topic] == nil }
        case 1:
            return ReferencePredicate(cel: "latest(\"\(topic)\").payload.type == \"\(type)\"") { scope in
                scope.state[topic]?.type.map { $0 == type }
            }
        case 2:
            return ReferencePredicate(cel: "size(latest_of(\"t/+\")) == \(number)") { $0.state.count == number }
        default:
            return ReferencePredicate(cel: "latest_of(\"\(topic)\").all(e, e.payload.v > 3)") { scope in
                guard let kept = scope.state[topic] else { return true }
                return kept.value.map { $0 > 3 }
            }
        }
    }

    private mutating func ofEvent() -> ReferencePredicate {
        if readsPrevious, random.chance(0.25) { return ofPrevious() }
        if readsState, random.chance(0.25) { return ofState() }
        switch random.int(0...9) {
        case 0...4: return ofType("==")
        case 5: return ofType("!=")
        case 6: return ofValue("<")
        case 7: return ofValue(">=")
        case 8:
            let topic = random.pick(RandomCase.topics)
            return ReferencePredicate(cel: "topic == \"\(topic)\"") { $0.event.topic == topic }
        default:
            return ReferencePredicate(cel: "has(payload.v) && payload.v > 3") { ($0.event.value ?? 0) > 3 }
        }
    }

    private mutating func ofHistory() -> ReferencePredicate {
        let number = random.int(1...5)
        let group = random.pick(["a", "b", "c"])
        let type = random.pick(RandomCase.types)
        let span = Int64(number) * scale
        let choices: [ReferencePredicate] = [
            ReferencePredicate(cel: "size(history) < \(number)") { $0.history.count < number },
            ReferencePredicate(cel: "payload.v > last.payload.v") { scope in
                guard let one = scope.event.value, let other = scope.history.last?.event.value else { return nil }
                return one > other
            },
            ReferencePredicate(cel: "payload.type == first.payload.type") { scope in
                guard let one = scope.event.type, let other = scope.history.first?.event.type else { return nil }
                return one == other
            },
            ReferencePredicate(cel: "size(\(group)) > 0 && payload.v >= \(group)[0].payload.v") { scope in
                guard let first = scope.group(group).first else { return false }
                guard let one = scope.event.value, let other = first.value else { return nil }
                return one >= other
            },
            ReferencePredicate(cel: "size(\(group)) < \(number)") { $0.group(group).count < number },
            ReferencePredicate(cel: "ts - first.ts < duration(\"\(span)ms\")") { scope in
                scope.history.first.map { scope.event.timestamp - $0.event.timestamp < span }
            },
            ReferencePredicate(cel: "history.exists(e, e.payload.type == \"\(type)\")") { scope in
                let outcomes = scope.history.map { $0.event.type.map { $0 == type } }
                return outcomes.contains(true) ? true : outcomes.contains(nil) ? nil : false
            },
        ]
        return random.pick(choices)
    }
}
