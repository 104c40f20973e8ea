import BoboEngine

/// A block as it was written, options and all.
public struct StepDescription: Step {
    enum Times: Sendable {
        case exactly(Int)
        case between(Int, Int)
        case atLeast(Int)
    }

    let role: Block.Role
    let conditions: [When]
    var group = ""
    var times = Times.exactly(1)
    var isLoop = false
    var isOptional = false
    var unless: [When] = []
    var until: When?
    var restarts = false
    var onlyIf: (@Sendable (Run) throws -> Bool)?

    init(_ role: Block.Role, _ conditions: [When]) {
        self.role = role
        self.conditions = conditions
    }

    public var description: StepDescription { self }

    var place: String { conditions.first?.place ?? "" }

    /// The groups that it names, in order.
    var groups: [String] { conditions.map(\.group) + [group] }

    private var isStrict: Bool {
        switch role {
        case .plain(.strict), .negated(.strict), .loop(.strict): true
        case .plain(.relaxed), .negated(.relaxed), .loop(.relaxed), .optional, .absent, .allOf: false
        }
    }

    private var isPlain: Bool { if case .plain = role { true } else { false } }

    /// What of its options does not go together.
    var faults: [String] {
        var faults: [String] = []
        if conditions.isEmpty { faults.append("a block without a condition") }
        if case .allOf = role, conditions.count > Block.maximumOfAll {
            faults.append("an AllOf of more than \(Block.maximumOfAll) conditions")
        }
        if case .absent(let wait) = role, wait < 1 { faults.append("an Absent for less than a millisecond") }
        if isLoop || isOptional || hasRange, !isPlain {
            faults.append("loop, optional and a range of times are for blocks that wait for an event")
        }
        if isOptional || hasRange, isStrict {
            faults.append("a strict block is not optional, and has no range of times")
        }
        if [isLoop, isOptional, hasRange].count(where: \.self) > 1 {
            faults.append("loop, optional and a range of times do not go together")
        }
        switch times {
        case .exactly(let count):
            if count < 1 { faults.append("times is at least 1") }
            switch role {
            case .absent, .allOf: if count != 1 { faults.append("Absent and AllOf stand once") }
            case .plain, .negated, .loop, .optional: break
            }
        case .between(let least, let most): if least < 0 || most < 1 { faults.append("times is 0 or more") }
        case .atLeast(let least): if least < 0 { faults.append("times is 0 or more") }
        }
        return faults.map { "\(place): \($0)" }
    }

    private var hasRange: Bool { if case .exactly = times { false } else { true } }

    /// So many blocks when written out.
    var count: Int {
        switch times {
        case .exactly(let count): max(count, 0)
        case .between(_, let most): max(most, 0)
        case .atLeast(let least): max(least, 0) + 1
        }
    }

    /// The roles of its copies, in order.
    var roles: [Block.Role] {
        let contiguity: Block.Contiguity = isStrict ? .strict : .relaxed
        switch times {
        case .exactly(let count):
            let role: Block.Role = isLoop ? .loop(contiguity) : isOptional ? .optional : role
            return Array(repeating: role, count: max(count, 0))
        case .between(let least, let most):
            return Array(repeating: role, count: max(least, 0))
                + Array(repeating: .optional, count: max(most - max(least, 0), 0))
        case .atLeast(let least): return Array(repeating: role, count: max(least, 0)) + [.loop(contiguity)]
        }
    }
}
