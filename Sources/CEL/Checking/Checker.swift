/// Resolves the names of an expression and finds the types of its parts.
struct Checker {
    let environment: Environment
    private(set) var problems: [(offset: Int, message: String)] = []
    private(set) var hints: [(offset: Int, message: String)] = []
    /// Variables that macros have bound, innermost last.
    private var scope: [(name: String, local: Int, type: CELType)] = []
    private var localsInUse = 0
    private(set) var localCount = 0
    /// Within an alias: where it was used, and how much of the scope is hidden from it.
    private(set) var alias: (offset: Int, hidden: Int)?
    private var depth = 0
    /// How many parts of aliases have been checked.
    private var aliased = 0
    /// More are a problem: aliases within aliases can make an expression much larger than it was written.
    private static let aliasedLimit = 200_000

    init(_ environment: Environment) { self.environment = environment }

    /// Notes a problem. What is returned stands for the part in question, so that checking goes on: unchecked, it fails
    /// when it is evaluated.
    mutating func problem(_ message: String, at offset: Int, failure: EvaluationFailure.Kind? = nil) -> Checked {
        problems.append((offset, message))
        return Checked(.failure(EvaluationFailure(failure ?? .other(message))), .dyn, at: offset)
    }

    /// Adds to what the last problem says.
    mutating func advise(_ advice: String) {
        guard let last = problems.popLast() else { return }
        problems.append((last.offset, last.message + advice))
    }

    mutating func hint(_ message: String, at offset: Int) { hints.append((offset, message)) }

    mutating func check(_ expression: Expression) -> Checked {
        depth += 1
        defer { depth -= 1 }
        let offset = place(expression)
        // Aliases can make an expression deeper than it was written.
        guard depth <= 2 * Expression.heightLimit else {
            return problem("the expression is nested too deep", at: offset)
        }
        if alias != nil {
            aliased += 1
            guard aliased <= Checker.aliasedLimit else {
                guard aliased == Checker.aliasedLimit + 1 else { return Checked(.constant(.null), .dyn, at: offset) }
                return problem("the expression is too large with all its names written out", at: offset)
            }
        }
        switch expression.kind {
        case .literal(let value): return Checked(.constant(value), value.type, at: offset)
        case .identifier, .select: return checkSelection(expression)
        case .index(let operand, let index): return checkIndex(check(operand), check(index), at: offset)
        case .call(let target, let name, let arguments):
            return checkCall(target: target, name: name, arguments: arguments, at: offset)
        case .list(let elements):
            let checked = elements.map { check($0) }
            return Checked(.list(checked), .list(.joined(checked.map(\.type))), at: offset)
        case .map(let entries): return checkMap(entries, at: offset)
        case .not(let operand): return Checked(.not(checkCondition(operand, of: "!")), .bool, at: offset)
        case .negate(let operand): return checkNegation(operand, at: offset)
        case .binary(.subtract, let left, let right): return checkDifference(left, right, at: offset)
        case .binary(let operation, let left, let right):
            return checkBinary(operation, check(left), check(right), at: offset)
        case .all(let parts): return Checked(.all(parts.map { checkCondition($0, of: "&&") }), .bool, at: offset)
        case .any(let parts): return Checked(.any(parts.map { checkCondition($0, of: "||") }), .bool, at: offset)
        case .conditional(let condition, let first, let second):
            let condition = checkCondition(condition, of: "? :")
            let (first, second) = (check(first), check(second))
            return Checked(.conditional(condition, first, second), first.type.joined(with: second.type), at: offset)
        }
    }

    /// Where a message about the expression points to: of what an alias stands for, to the alias.
    func place(_ expression: Expression) -> Int { alias?.offset ?? expression.offset }

    mutating func checkCondition(_ expression: Expression, of operation: String) -> Checked {
        let checked = check(expression)
        if checked.type != .bool && checked.type != .dyn {
            _ = problem("\(operation) takes bool, found \(checked.type)", at: checked.offset)
        }
        return checked
    }

    private mutating func checkMap(_ entries: [(key: Expression, value: Expression)], at offset: Int) -> Checked {
        let checked = entries.map { (key: check($0.key), value: check($0.value)) }
        for (key, _) in checked {
            switch key.type {
            case .dyn, .bool, .int, .uint, .string, .double: break
            default: _ = problem("a map has keys of type bool, int, uint or string, found \(key.type)", at: key.offset)
            }
        }
        let type = CELType.map(.joined(checked.map(\.key.type)), .joined(checked.map(\.value.type)))
        return Checked(.map(checked), type, at: offset)
    }
}

// MARK: - Scope

extension Checker {
    func local(named name: String) -> (local: Int, type: CELType)? {
        scope.dropFirst(alias?.hidden ?? 0).last { $0.name == name }.map { ($0.local, $0.type) }
    }

    /// Checks with variables bound; each gets a place in `Frame.locals` that nothing around it uses.
    mutating func binding<Result>(
        _ names: [(String, CELType)], _ body: (inout Checker, [Int]) -> Result
    ) -> Result {
        let places = names.indices.map { localsInUse + $0 }
        for (place, (name, type)) in zip(places, names) { scope.append((name, place, type)) }
        localsInUse += names.count
        localCount = max(localCount, localsInUse)
        defer {
            scope.removeLast(names.count)
            localsInUse -= names.count
        }
        return body(&self, places)
    }

    /// Checks what an alias stands for: the macro variables around the alias are not visible in it.
    mutating func checkAlias(_ expression: Expression, usedAt offset: Int) -> Checked {
        let outer = alias
        alias = (offset, scope.count)
        defer { alias = outer }
        return check(expression)
    }

    var visibleLocals: [String] { scope.dropFirst(alias?.hidden ?? 0).map(\.name) }
}
