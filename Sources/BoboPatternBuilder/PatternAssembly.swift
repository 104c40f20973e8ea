import BoboEngine
import BoboTopics
import CEL

/// Makes a pattern of what was written, and gathers what is wrong with it.
struct PatternAssembly {
    static let maximumBlocks = 1000

    private(set) var problems: [String] = []
    private let steps: [StepDescription]
    private let hasState: Bool
    let groups: [String]
    private let places: [String: Int]

    init(_ steps: [StepDescription], hasState: Bool) {
        self.steps = steps
        self.hasState = hasState
        groups = Pattern.groups(of: steps.flatMap(\.groups))
        places = Dictionary(uniqueKeysWithValues: groups.enumerated().map { ($1, $0) })
        checkSteps()
        checkOrder()
        for group in groups where !PatternAssembly.isGroupName(group) {
            problems.append("\(group) is no name of a group: letters, digits and _, and nothing that expressions use")
        }
    }

    mutating func blocks() -> [Block] {
        guard problems.isEmpty else { return [] }
        var blocks: [Block] = []
        for step in steps {
            let own = step.group
            let conditions = step.conditions.map { predicate($0, default: own) }
            let unless = step.unless.map { predicate($0) }
            let until = step.until.map { predicate($0) }
            let onlyIf = step.onlyIf.map { holds in
                Predicate(
                    expression: program("only_if at \(step.place)", .run) { _, run in try holds(run) },
                    place: "\(step.place) only_if")
            }
            // Of conditions that agree on a group, that is the block's.
            let group = own.isEmpty && step.conditions.count == 1 ? step.conditions[0].group : own
            for role in step.roles {
                var isLoop = false
                if case .loop = role { isLoop = true }
                blocks.append(
                    Block(
                        role: role, predicates: conditions, group: group, unless: unless,
                        until: isLoop ? until : nil, restarts: step.restarts, onlyIf: onlyIf))
            }
        }
        return blocks
    }

    mutating func predicate(_ condition: When, default group: String = "") -> Predicate {
        let reach: NativeProgram.Reach = condition.reach == .event ? .event : hasState ? .runAndState : .run
        let expression = condition.holds.map { holds in
            program("condition at \(condition.place)", reach) { event, run in
                guard let event else { return false }
                return try holds(event, run)
            }
        }
        return Predicate(
            on: filters(condition.topics), expression: expression,
            group: group.isEmpty && !condition.group.isEmpty ? condition.group : nil, place: condition.place)
    }

    private func program(
        _ name: String, _ reach: NativeProgram.Reach, _ holds: @escaping @Sendable (Event?, Run) throws -> Bool
    ) -> Program {
        let places = places
        return NativeProgram.condition(name, reach) { scope in
            try holds(scope.event, Run(scope: scope, groups: places))
        }
    }

    /// What `emit` and `actions` make of a completed run.
    func value(_ name: String, _ make: @escaping @Sendable (Run) throws -> any Encodable) -> Program {
        let places = places
        return NativeProgram.value(name, hasState ? .runAndState : .run) { scope in
            try EncodedValue.value(try make(Run(scope: scope, groups: places)))
        }
    }

    mutating func action(_ action: RunAction) -> Action {
        switch action.work {
        case .publish(let topic, let payload, let qos, let isRetained):
            if !(0...2 ~= qos) { report("the qos of what is published is 0, 1 or 2") }
            return .publish(
                topic: Template([.expression(value("topic in Swift", topic))]),
                payload: .text(Template([.expression(value("payload in Swift", payload))])), qos: qos,
                isRetained: isRetained)
        case .log(let message, let level):
            return .log(message: Template([.expression(value("message in Swift", message))]), level: level)
        }
    }

    mutating func filters(_ topics: [String]) -> [TopicFilter] {
        topics.compactMap { topic in
            do throws(TopicError) {
                return try TopicFilter(topic)
            } catch {
                problems.append("\(error)")
                return nil
            }
        }
    }

    mutating func report(_ problem: String) { problems.append(problem) }

    // MARK: Rules of pattern files

    private mutating func checkSteps() {
        if steps.isEmpty { problems.append("a pattern has at least one block") }
        problems += steps.flatMap(\.faults)
        if steps.reduce(0, { $0 + min($1.count, PatternAssembly.maximumBlocks + 1) }) > PatternAssembly.maximumBlocks {
            problems.append("a pattern has at most \(PatternAssembly.maximumBlocks) blocks with times written out")
        }
        for step in steps where step.until != nil {
            let loops = step.roles.contains { if case .loop = $0 { true } else { false } }
            if !loops { problems.append("\(step.place): until closes a loop, and this block does not loop") }
        }
    }

    private mutating func checkOrder() {
        if let role = steps.first?.roles.first { checkEnd(role, steps[0].place, "first") }
        if steps.count > 1 || steps.first.map({ $0.roles.count > 1 }) == true, let last = steps.last,
            let role = last.roles.last
        {
            checkEnd(role, last.place, "last")
        }
        for (before, step) in zip(steps, steps.dropFirst()) {
            guard case .absent = step.role else { continue }
            switch before.roles.last {
            case .loop? where before.until == nil, .optional?:
                problems.append(
                    "\(step.place): directly before Absent stands no optional block, and no loop without until")
            default: break
            }
        }
    }

    private mutating func checkEnd(_ role: Block.Role, _ place: String, _ end: String) {
        switch role {
        case .negated: problems.append("\(place): the \(end) block is not negated")
        case .optional: problems.append("\(place): the \(end) block is not optional")
        case .loop: problems.append("\(place): the \(end) block does not loop")
        case .absent: if end == "first" { problems.append("\(place): the first block is no Absent") }
        case .plain, .allOf: break
        }
    }

    private static func isGroupName(_ name: String) -> Bool {
        name.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_]{0,199}/#) != nil
            && !ExpressionEnvironment.reservedNames.contains(name)
    }
}
