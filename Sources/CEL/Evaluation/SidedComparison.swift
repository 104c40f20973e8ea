/// A comparison that must hold for the whole to be true, and of which each side reads other variables than the other: whoever
/// evaluates one side once need not do so again with each value of the other's variables.
package struct SidedComparison: Sendable {
    package let comparison: PathTest.Comparison
    package let left: Program
    package let right: Program
}

extension Compiler {
    /// - Parameter localCount: what macros bind in the whole.
    func sidedComparisons(of checked: Checked, source: String, localCount: Int) -> [SidedComparison] {
        switch checked.kind {
        case .all(let parts):
            return parts.flatMap { sidedComparisons(of: $0, source: source, localCount: localCount) }
        case .binary(let operation, let left, let right):
            guard let comparison = PathTest.Comparison(operation), comparison != .notEqual else { return [] }
            let first = program(of: left, source: source, localCount: localCount)
            guard !first.slots.isEmpty else { return [] }
            let second = program(of: right, source: source, localCount: localCount)
            guard !second.slots.isEmpty, first.slots.isDisjoint(with: second.slots) else { return [] }
            return [SidedComparison(comparison: comparison, left: first, right: second)]
        default: return []
        }
    }

    private func program(of checked: Checked, source: String, localCount: Int) -> Program {
        var compiler = Compiler(environment)
        let root = compiler.compile(checked)
        return Program(
            source: source, type: checked.type, slots: compiler.slots, objectPaths: compiler.objectPaths,
            necessaryEqualities: [], hints: [], hostCalls: compiler.hostCalls, root: root, localCount: localCount)
    }
}
