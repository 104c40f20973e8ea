import BoboEngine

/// A block as it stands in the file, `times` not written out.
package struct DiagramStep: Sendable {
    /// How a run may go on from the block before.
    package enum Transition: Sendable {
        /// The very next event decides.
        case strict
        /// Others may come between.
        case relaxed
        /// Nothing but time.
        case time
    }

    package enum Shape: Sendable {
        case plain, negated, loop, optional, absent, all
    }

    /// From 1, as one counts in the file.
    package let number: Int
    /// The blocks of the pattern that it stands for.
    package let places: Range<Int>
    /// As pattern files name it: `followed_by`.
    package let name: String
    package let transition: Transition
    package let shape: Shape
    /// Whether it can accept again and again, as a loop does, and `times` without an end.
    package let loops: Bool
    package let conditions: [DiagramCondition]
    /// Whether each condition is to be met, by an event of its own, where otherwise any of them is enough.
    package let wantsAll: Bool
    package let group: String
    /// What stands beside the operator: `times 3`, `for 5m`.
    package let options: [String]
    package let facts: [PatternDiagram.Fact]

    /// Blocks that stand one after the other and came of one entry of the file are one step.
    static func steps(_ blocks: [Block]) -> [DiagramStep] {
        var steps: [DiagramStep] = []
        var start = 0
        while start < blocks.count {
            var end = start + 1
            while end < blocks.count, blocks[start].isCopied(by: blocks[end]) { end += 1 }
            steps.append(DiagramStep(number: steps.count + 1, blocks[start..<end]))
            start = end
        }
        return steps
    }

    /// - Parameter copies: what one entry of the file came to.
    private init(number: Int, _ copies: ArraySlice<Block>) {
        let block = copies[copies.startIndex]
        let form = Form(copies)
        self.number = number
        places = copies.startIndex..<copies.endIndex
        name = form.name
        transition = form.transition
        shape = form.shape
        loops = copies.contains { if case .loop = $0.role { true } else { false } }
        conditions = block.predicates.map(DiagramCondition.init)
        group = block.group
        options = form.options
        wantsAll = form.shape == .all
        var facts = block.unless.map { PatternDiagram.Fact("unless", DiagramCondition($0).text, halts: true) }
        // Of copies, it is the last that loops.
        if let until = copies.compactMap(\.until).last {
            facts.append(PatternDiagram.Fact("until", DiagramCondition(until).text))
        }
        if let onlyIf = block.onlyIf { facts.append(PatternDiagram.Fact("only_if", DiagramCondition(onlyIf).text)) }
        self.facts = facts
    }

    /// What the roles of the copies come to.
    private struct Form {
        let name: String
        let transition: Transition
        let shape: Shape
        var options: [String] = []

        init(_ copies: ArraySlice<Block>) {
            let block = copies[copies.startIndex]
            let any = block.predicates.count > 1 ? "_any" : ""
            switch block.role {
            case .plain(.strict): (name, transition, shape) = ("next", .strict, .plain)
            case .plain(.relaxed): (name, transition, shape) = ("followed_by\(any)", .relaxed, .plain)
            case .negated(.strict): (name, transition, shape) = ("not_next", .strict, .negated)
            case .negated(.relaxed): (name, transition, shape) = ("not_followed_by\(any)", .relaxed, .negated)
            case .loop(.strict): (name, transition, shape) = ("next", .strict, .loop)
            case .loop(.relaxed): (name, transition, shape) = ("followed_by\(any)", .relaxed, .loop)
            case .optional: (name, transition, shape) = ("followed_by\(any)", .relaxed, .optional)
            case .absent(let wait):
                (name, transition, shape) = ("absent", .time, .absent)
                options.append("for \(milliseconds(wait))")
                if block.restarts { options.append("restart") }
            case .allOf: (name, transition, shape) = ("all_of", .relaxed, .all)
            }
            options += Form.repetition(copies)
        }

        private static func repetition(_ copies: ArraySlice<Block>) -> [String] {
            let fixed = copies.count { $0.isFixed }
            let optional = copies.count { if case .optional = $0.role { true } else { false } }
            let loops = copies.count - fixed - optional
            if fixed == copies.count { return fixed > 1 ? ["\(fixed) times"] : [] }
            if fixed == 0, loops > 0 { return ["loop: any number"] }
            if fixed == 0 { return optional > 1 ? ["optional, up to \(optional) times"] : ["optional"] }
            return loops > 0
                ? [fixed == 1 ? "once or more" : "\(fixed) times or more"] : ["\(fixed) to \(fixed + optional) times"]
        }
    }
}

extension Block {
    /// Whether it is passed exactly once.
    fileprivate var isFixed: Bool {
        switch role {
        case .plain, .negated, .absent, .allOf: true
        case .loop, .optional: false
        }
    }

    fileprivate func isCopied(by other: Block) -> Bool {
        guard let place = predicates.first?.place, !place.isEmpty else { return false }
        return other.predicates.first?.place == place
    }
}
