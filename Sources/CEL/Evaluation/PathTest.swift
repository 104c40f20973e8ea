/// A condition on what stands at a path below the document of an object that a variable stands for: a comparison with a
/// constant, or a bool. An index of expressions can build on it, and whoever has the document at hand can ask it without the
/// expression.
package struct PathTest: Sendable {
    package enum Comparison: Sendable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    }

    /// The constant: numbers as doubles, of which neighbours stay apart.
    package enum Constant: Sendable {
        case text(String)
        case number(Double)
        case bool(Bool)
    }

    package let slot: Int
    package let path: Int
    package let comparison: Comparison
    package let constant: Constant
}

extension Compiler {
    /// What must hold, each of them, for the whole to be true; and whether that is all there is to it. What is tested and is
    /// not of the constant's type makes an order fail, and a bool by itself.
    func tests(of checked: Checked) -> (tests: [PathTest], areAll: Bool) {
        switch checked.kind {
        case .all(let parts):
            let all = parts.map { tests(of: $0) }
            return (all.flatMap(\.tests), all.allSatisfy(\.areAll))
        case .path: return result(path(checked, .equal, .bool(true)))
        case .not(let operand): return result(path(operand, .equal, .bool(false)))
        case .binary(let operation, let left, let right):
            guard let comparison = PathTest.Comparison(operation) else { return result(nil) }
            if let constant = constant(right) { return result(compare(left, comparison, constant)) }
            if let constant = constant(left) { return result(compare(right, comparison.mirrored, constant)) }
            return result(nil)
        default: return result(nil)
        }
    }

    private func result(_ test: PathTest?) -> (tests: [PathTest], areAll: Bool) {
        test.map { ([$0], true) } ?? ([], false)
    }

    private func compare(_ operand: Checked, _ comparison: PathTest.Comparison, _ constant: PathTest.Constant)
        -> PathTest?
    {
        switch (comparison, constant) {
        // Of a bool by itself another type fails; compared, it is unequal.
        case (_, .bool): nil
        case (.equal, _), (.notEqual, _), (_, .number): path(operand, comparison, constant)
        default: nil
        }
    }

    private func path(_ operand: Checked, _ comparison: PathTest.Comparison, _ constant: PathTest.Constant) -> PathTest?
    {
        guard case .path(let object, let names) = operand.kind, case .variable(let slot) = object.kind else {
            return nil
        }
        return PathTest(slot: slot, path: environment.paths.intern(names), comparison: comparison, constant: constant)
    }

    private func constant(_ operand: Checked) -> PathTest.Constant? {
        // What it comes to, without a trace in what the program reads.
        var copy = self
        switch (copy.compile(operand) as? ConstantNode)?.value {
        case .string(let text): return .text(text)
        case .double(let number): return number.isNaN ? nil : .number(number)
        case .int(let number): return number.magnitude <= 1 << 53 ? .number(Double(number)) : nil
        case .bool(let bool): return .bool(bool)
        default: return nil
        }
    }
}

extension PathTest.Comparison {
    init?(_ operation: BinaryOperator) {
        switch operation {
        case .equal: self = .equal
        case .notEqual: self = .notEqual
        case .less: self = .less
        case .lessOrEqual: self = .lessOrEqual
        case .greater: self = .greater
        case .greaterOrEqual: self = .greaterOrEqual
        default: return nil
        }
    }

    package var mirrored: PathTest.Comparison {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }
}
