import CEL

/// `secret(name)`, in the texts of actions alone.
enum SecretFunction {
    static let name = "secret"

    static let declaration = FunctionDeclaration(name: name, parameters: [.string], result: .string) {
        (arguments: [Value], activation: Activation) throws(EvaluationFailure) -> Value in
        guard case .string(let name) = arguments[0] else { throw EvaluationFailure(.noMatchingOverload("secret")) }
        guard let scope = activation as? Scope, let text = scope.secrets[name] else {
            throw EvaluationFailure(.invalidArgument("there is no secret \"\(name)\" in secrets_file"))
        }
        scope.revealed.append(text)
        return .string(text)
    }
}

extension Program {
    /// Whether its value may be a secret, or made of one.
    package var readsSecrets: Bool { hostCalls.contains { $0.name == SecretFunction.name } }

    /// Whether its value hangs on nothing but secrets and what the file says.
    package var isOfFileAlone: Bool {
        slots.isEmpty && !readsState && hostCalls.allSatisfy { $0.name != "latest" && $0.name != "latest_of" }
    }
}
