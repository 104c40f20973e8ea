import CEL

extension ProgramTemplate {
    /// No shell reads it, so that nothing in a value is more than a character, but a zero byte, at which a text would end.
    func fill(_ scope: Scope) throws(EvaluationFailure) -> ActionRequest.Work {
        var texts: [String] = []
        for template in arguments { texts.append(try template.fill(scope)) }
        var variables: [(name: String, value: String)] = []
        for variable in environment { variables.append((variable.name, try variable.value.fill(scope))) }
        if let place = texts.firstIndex(where: { $0.utf8.contains(0) }) {
            return .failed("argument \(place + 1) holds a zero byte, at which it would end")
        }
        if let variable = variables.first(where: { $0.value.utf8.contains(0) }) {
            return .failed("the variable \(variable.name) holds a zero byte, at which it would end")
        }
        return .exec(
            ProgramCall(
                program: program, arguments: texts, environment: variables, input: try input?.fill(scope) ?? [],
                timeout: timeout))
    }
}
