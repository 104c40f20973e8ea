import BoboEngine
import BoboYAML
import CEL

/// Compiles the expressions of one pattern, and says of each that is wrong where and why.
struct ExpressionReader {
    /// What an expression may read.
    enum Reach {
        /// The event under check, the clock and the time zone.
        case event
        /// The run's key and history besides.
        case run
    }

    let problems: ProblemCollector
    private let environment: ExpressionEnvironment
    private let groups: [String]
    private let compiled: CompiledExpressions

    /// - Parameter otherGroups: those of the file's other patterns, for `emit` and `actions` alone.
    init(
        paths: PathTable, groups: [String], otherGroups: [String] = [], compiled: CompiledExpressions,
        problems: ProblemCollector
    ) {
        environment = ExpressionEnvironment(paths: paths, groups: groups, otherGroups: otherGroups)
        self.groups = groups + otherGroups
        self.compiled = compiled
        self.problems = problems
    }

    /// - Throws: `CompilationError` with every problem of the expression.
    func compile(_ source: String) throws(CompilationError) -> Program {
        try compiled.compile(source, in: environment, groups: groups)
    }

    func program(_ node: YAMLNode, _ reach: Reach = .run) -> Program? {
        guard let source = node.expression(problems) else { return nil }
        return program(source, reach)
    }

    /// An expression that is to give a bool.
    func condition(_ node: YAMLNode, _ reach: Reach = .run) -> Program? {
        guard let source = node.expression(problems), let program = program(source, reach) else { return nil }
        guard program.type == .bool || program.type == .dyn else {
            problems.error(source.place, "found an expression of type \(program.type), expected a condition: bool")
            return nil
        }
        return program
    }

    func program(_ source: SourceText, _ reach: Reach = .run) -> Program? {
        do {
            let program = try compile(source.text)
            for hint in program.hints { problems.hint(source.place(atScalar: hint.offset), hint.message) }
            if reach == .event, !program.readsEventAlone {
                problems.error(
                    source.place, "found the run's key or history, expected an expression over the event alone")
                return nil
            }
            return program
        } catch {
            for problem in error.problems {
                problems.error(source.place(atScalar: problem.offset), message(problem, source))
            }
            return nil
        }
    }

    private func message(_ problem: CEL.Problem, _ source: SourceText) -> String {
        guard source.isFollowedByComment else { return problem.message }
        return problem.message + "; what follows # is a comment here: an expression that holds # stands in quotes"
    }
}
