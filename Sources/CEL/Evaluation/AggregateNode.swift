/// `avg(list.map(e, …))` and its like over a list that a variable stands for: where that list only grows, the aggregate is
/// kept with it.
final class AggregateNode: Node {
    enum Kind: String {
        case sum, avg, stddev
        case least = "math.least"
        case greatest = "math.greatest"
    }

    private let kind: Kind
    private let slot: Int
    private let local: Int
    private let body: any Node
    /// The same, calculated from the start.
    private let whole: any Node

    init(kind: Kind, slot: Int, local: Int, body: any Node, whole: any Node) {
        self.kind = kind
        self.slot = slot
        self.local = local
        self.body = body
        self.whole = whole
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        guard let list = frame.activation.growingList(slot) else { return try whole.evaluate(&frame) }
        let running = list.aggregate(of: self)
        if !running.isStuck, running.failure == nil { take(list.elements, into: running, &frame) }
        if let failure = running.failure { throw failure }
        guard !running.isStuck, running.count > 0 else { return try whole.evaluate(&frame) }
        try frame.countIterations(running.count)
        switch kind {
        case .sum, .least, .greatest:
            if let value = running.value { return value }
            return try whole.evaluate(&frame)
        case .avg: return .double(running.total / Double(running.count))
        case .stddev: return .double(running.deviation.value)
        }
    }

    private func take(_ elements: [Value], into running: RunningAggregate, _ frame: inout Frame) {
        while running.count < elements.count {
            frame.locals[local] = elements[running.count]
            let value: Value
            do throws(EvaluationFailure) {
                value = try body.evaluate(&frame)
            } catch {
                running.failure = error
                return
            }
            guard let number = value.asDouble, let next = next(running.value, value) else {
                running.isStuck = true
                return
            }
            running.value = next
            if kind == .avg { running.total += number }
            if kind == .stddev { running.deviation.add(number) }
            running.count += 1
        }
    }

    /// nil where the two do not go together.
    private func next(_ former: Value?, _ value: Value) -> Value? {
        guard let former else { return value }
        switch kind {
        case .sum: return try? Arithmetic.add(former, value)
        case .least, .greatest:
            guard case .double(let best) = former, case .double(let number) = value, !best.isNaN, !number.isNaN else {
                return nil
            }
            return (kind == .least ? number < best : number > best) ? value : former
        case .avg, .stddev: return value
        }
    }
}

extension Compiler {
    /// The node for an aggregate over a list that a variable stands for; nil where the call is none.
    mutating func aggregate(_ function: StandardFunction, _ arguments: [Checked], whole: any Node) -> (any Node)? {
        guard let kind = AggregateNode.Kind(rawValue: function.name), arguments.count == 1,
            case .comprehension(let comprehension) = arguments[0].kind, case .map = comprehension.kind,
            comprehension.keyLocal == nil, comprehension.filter == nil,
            case .variable(let slot) = comprehension.range.kind,
            comprehension.body.dependsOnly(on: comprehension.local)
        else { return nil }
        return AggregateNode(
            kind: kind, slot: slot, local: comprehension.local, body: compile(comprehension.body), whole: whole)
    }
}

extension Checked {
    /// Whether its value follows from that of one variable that a macro binds.
    fileprivate func dependsOnly(on known: Int) -> Bool {
        switch kind {
        case .constant: true
        case .local(let local): local == known
        case .path(let object, _), .hasPath(let object, _), .field(let object, _): object.dependsOnly(on: known)
        case .select(let operand, _), .has(let operand, _), .not(let operand): operand.dependsOnly(on: known)
        case .index(let operand, let index): operand.dependsOnly(on: known) && index.dependsOnly(on: known)
        case .conditional(let condition, let first, let second):
            [condition, first, second].allSatisfy { $0.dependsOnly(on: known) }
        case .binary(_, let left, let right): left.dependsOnly(on: known) && right.dependsOnly(on: known)
        case .all(let parts), .any(let parts): parts.allSatisfy { $0.dependsOnly(on: known) }
        case .call(_, let arguments): arguments.allSatisfy { $0.dependsOnly(on: known) }
        case .variable, .list, .map, .hostCall, .comprehension, .bind, .failure: false
        }
    }
}
