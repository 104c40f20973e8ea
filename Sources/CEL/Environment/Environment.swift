/// The names that an expression may use, besides those of the language and its standard library.
public struct Environment: Sendable {
    struct Variable: Sendable {
        let slot: Int
        let type: CELType
    }

    let paths: PathTable
    private(set) var objectTypes: [String: ObjectType] = [:]
    private(set) var variables: [String: Variable] = [:]
    private(set) var reserved: [String: String] = [:]
    private(set) var functions: [FunctionDeclaration] = []

    public init(paths: PathTable) { self.paths = paths }

    public mutating func declare(_ type: ObjectType) { objectTypes[type.name] = type }

    /// - Returns: the variable's slot, by which `Activation.value(_:)` is asked.
    @discardableResult
    public mutating func declare(variable: String, type: CELType) -> Int {
        let slot = variables.count
        variables[variable] = Variable(slot: slot, type: type)
        return slot
    }

    /// A name that stands for an expression: `payload` for `event.payload`. It is put in before types are checked.
    /// - Throws: `CompilationError` where the expression cannot be parsed.
    public mutating func declare(alias: String, expression: String) throws(CompilationError) {}

    /// A name whose use is an error for the reason given.
    public mutating func declare(reserved name: String, reason: String) { reserved[name] = reason }

    public mutating func declare(_ function: FunctionDeclaration) { functions.append(function) }

    /// - Throws: `CompilationError` with all problems found.
    public func compile(_ source: String) throws(CompilationError) -> Program {
        throw CompilationError(source: source, problems: [Problem(offset: 0, in: source, message: "not built yet")])
    }
}
