import CEL

extension Template {
    /// The text with the values of its expressions: a text as it is, anything else as JSON.
    func fill(_ scope: Scope) throws(EvaluationFailure) -> String {
        var result = ""
        for part in parts { result += try part.fill(scope) }
        return result
    }

    /// The expression of a text that is one `${…}` and nothing else.
    var onlyExpression: Program? {
        if parts.count == 1, case .expression(let program) = parts[0] { program } else { nil }
    }
}

extension Template.Part {
    func fill(_ scope: Scope) throws(EvaluationFailure) -> String {
        switch self {
        case .text(let text): return text
        case .expression(let program):
            let value = try program.reveal(scope)
            if case .string(let text) = value { return text }
            var json = JSONWriter()
            json.write(value)
            return json.text
        }
    }
}

extension Program {
    /// What is shorter than this tells nothing of the secret it was made of, such as `on`.
    private static let shortestRevealed = 6

    /// Its value; where that was made of secrets, the scope keeps it, so that it can be taken out of what is told.
    fileprivate func reveal(_ scope: Scope) throws(EvaluationFailure) -> Value {
        let value = try evaluate(scope)
        if readsSecrets, case .string(let text) = value, text.utf8.count >= Program.shortestRevealed {
            scope.revealed.append(text)
        }
        return value
    }
}

extension PayloadTemplate {
    func fill(_ scope: Scope) throws(EvaluationFailure) -> [UInt8] {
        switch self {
        case .text(let template):
            if let program = template.onlyExpression, case .bytes(let bytes) = try program.reveal(scope) {
                return bytes
            }
            return Array(try template.fill(scope).utf8)
        case .document(let document):
            var json = JSONWriter()
            try document.write(scope, to: &json)
            return json.bytes
        }
    }
}

extension PayloadTemplate.Document {
    func write(_ scope: Scope, to json: inout JSONWriter) throws(EvaluationFailure) {
        switch self {
        case .literal(let text): json.raw(text)
        case .text(let template):
            if let program = template.onlyExpression {
                json.write(try program.reveal(scope))
            } else {
                json.write(try template.fill(scope))
            }
        case .list(let elements):
            json.raw("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { json.raw(",") }
                try element.write(scope, to: &json)
            }
            json.raw("]")
        case .map(let pairs):
            json.raw("{")
            for (index, pair) in pairs.enumerated() {
                if index > 0 { json.raw(",") }
                json.write(pair.0)
                json.raw(":")
                try pair.1.write(scope, to: &json)
            }
            json.raw("}")
        }
    }
}
