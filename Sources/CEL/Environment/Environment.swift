/// The names that an expression may use, besides those of the language and its standard library.
public struct Environment: Sendable {
    struct Variable: Sendable {
        let slot: Int
        let type: CELType
    }

    /// Of more problems, those after the first so many are not told.
    private static let problemLimit = 100

    package var paths: PathTable
    private(set) var objectTypes: [String: ObjectType] = [:]
    private(set) var variables: [String: Variable] = [:]
    private(set) var aliases: [String: Expression] = [:]
    private(set) var reserved: [String: String] = [:]
    private(set) var functions: [FunctionDeclaration] = []
    /// The namespace in which names are looked up first.
    package var container = ""
    /// Where types are not checked, what is wrong fails when it is evaluated, and only if it is.
    package var checksTypes = true

    public init(paths: PathTable) { self.paths = paths }

    public mutating func declare(_ type: ObjectType) { objectTypes[type.name] = type }

    /// - Returns: the variable's slot, by which `Activation.value(_:)` is asked.
    @discardableResult
    public mutating func declare(variable: String, type: CELType) -> Int {
        let slot = variables.count
        variables[variable] = Variable(slot: slot, type: type)
        return slot
    }

    /// A name that stands for an expression: `payload` for `event.payload`. It is put in before types are checked, and
    /// macro variables of the same name as those of the expression do not touch it.
    /// - Throws: `CompilationError` where the expression cannot be parsed.
    public mutating func declare(alias: String, expression: String) throws(CompilationError) {
        aliases[alias] = try Environment.parse(expression)
    }

    /// A name whose use is an error for the reason given.
    public mutating func declare(reserved name: String, reason: String) { reserved[name] = reason }

    public mutating func declare(_ function: FunctionDeclaration) { functions.append(function) }

    /// - Throws: `CompilationError` with all problems found; of those of syntax, the first.
    public func compile(_ source: String) throws(CompilationError) -> Program {
        let expression = try Environment.parse(source)
        var checker = Checker(self)
        let checked = checker.check(expression)
        if checksTypes && !checker.problems.isEmpty {
            throw CompilationError(source: source, problems: Environment.places(checker.problems, in: source))
        }
        var compiler = Compiler(self)
        let root = compiler.compile(checked)
        return Program(
            source: source, type: checked.type, slots: compiler.slots, objectPaths: compiler.objectPaths,
            necessaryEqualities: compiler.necessaryEqualities(of: checked), tests: compiler.tests(of: checked),
            fields: compiler.wholes.isEmpty ? compiler.fields : nil,
            sidedComparisons: compiler.slots.count < 2
                ? [] : compiler.sidedComparisons(of: checked, source: source, localCount: checker.localCount),
            hints: Environment.places(checker.hints, in: source), hostCalls: compiler.hostCalls, root: root,
            localCount: checker.localCount)
    }

    private static func parse(_ source: String) throws(CompilationError) -> Expression {
        do throws(SyntaxError) {
            return try Parser.parse(source)
        } catch {
            let problem = Problem(offset: error.offset, in: source, message: error.message)
            throw CompilationError(source: source, problems: [problem])
        }
    }

    private static func places(_ found: [(offset: Int, message: String)], in source: String) -> [Problem] {
        let first = found.sorted { $0.offset < $1.offset }.prefix(problemLimit)
        let problems = first.map { Problem(offset: $0.offset, in: source, message: $0.message) }
        // An alias's problem may come from each of its uses at one place.
        return problems.enumerated().filter { $0.offset == 0 || problems[$0.offset - 1] != $0.element }.map(\.element)
    }
}

// MARK: - Names

extension Environment {
    /// The container `a.b` asks for `a.b.name`, then `a.name`, then `name`.
    var containerPrefixes: [String] {
        guard !container.isEmpty else { return [""] }
        let parts = container.split(separator: ".")
        return (0...parts.count).reversed().map { count in parts[..<count].map { "\($0)." }.joined() }
    }

    var names: [String] { Array(variables.keys) + Array(aliases.keys) }

    var functionNames: [String] {
        functions.map(\.name) + StandardLibrary.functions.keys.map(\.name) + StandardLibrary.macros.keys
    }

    func hasFunction(named name: String, isMember: Bool) -> Bool {
        StandardLibrary.functions[.init(name: name, isMember: isMember)] != nil
            || functions.contains { $0.name == name && $0.isMember == isMember }
    }
}
