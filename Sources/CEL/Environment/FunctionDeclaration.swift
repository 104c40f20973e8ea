/// A function that the embedding program adds to an environment. Several of one name may differ in their parameters.
public struct FunctionDeclaration: Sendable {
    public typealias Implementation = @Sendable ([Value], Activation) throws(EvaluationFailure) -> Value

    public let name: String
    /// Whether it is called as `target.name(…)`; the target is then the first parameter.
    public let isMember: Bool
    public let parameters: [CELType]
    public let result: CELType
    /// Called with as many values as there are parameters, each of the declared type.
    public let implementation: Implementation

    public init(
        name: String, isMember: Bool = false, parameters: [CELType], result: CELType,
        implementation: @escaping Implementation
    ) {
        self.name = name
        self.isMember = isMember
        self.parameters = parameters
        self.result = result
        self.implementation = implementation
    }
}
