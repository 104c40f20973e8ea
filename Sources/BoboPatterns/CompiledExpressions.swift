import BoboEngine
import CEL

/// The expressions that have been compiled while files are loaded. Of thousands of patterns many have the same ones: a
/// program that they share is compiled once, and stays in the processor's caches when they are asked one after the other.
final class CompiledExpressions {
    private struct Expression: Hashable {
        let source: String
        /// What its names mean: the groups, in order.
        let groups: [String]
        let definitions: [ExpressionEnvironment.Definition]
        let givesSecrets: Bool
    }

    private struct Names: Hashable {
        let groups: [String]
        let otherGroups: [String]
        let definitions: [ExpressionEnvironment.Definition]
        let givesSecrets: Bool
    }

    private let paths: PathTable
    private var programs: [Expression: Program] = [:]
    private var environments: [Names: ExpressionEnvironment] = [:]

    /// - Parameter paths: the table that all expressions are compiled with.
    init(paths: PathTable) { self.paths = paths }

    /// Parameters as of `ExpressionEnvironment`.
    func environment(
        groups: [String], otherGroups: [String], definitions: [ExpressionEnvironment.Definition], givesSecrets: Bool
    ) -> ExpressionEnvironment {
        let names = Names(
            groups: groups, otherGroups: otherGroups, definitions: definitions, givesSecrets: givesSecrets)
        if let environment = environments[names] { return environment }
        let environment = ExpressionEnvironment(
            paths: paths, groups: groups, otherGroups: otherGroups, definitions: definitions,
            givesSecrets: givesSecrets)
        environments[names] = environment
        return environment
    }

    /// - Parameters:
    ///   - groups: of the environment, all but these and the definitions being equal.
    ///   - definitions: of the environment.
    ///   - givesSecrets: whether the environment does.
    /// - Throws: `CompilationError` with every problem of the expression.
    func compile(
        _ source: String, in environment: ExpressionEnvironment, groups: [String],
        definitions: [ExpressionEnvironment.Definition], givesSecrets: Bool
    ) throws(CompilationError) -> Program {
        let expression = Expression(
            source: source, groups: groups, definitions: definitions, givesSecrets: givesSecrets)
        if let program = programs[expression] { return program }
        let program = try environment.compile(source)
        programs[expression] = program
        return program
    }
}
