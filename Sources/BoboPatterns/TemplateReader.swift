import BoboEngine
import BoboYAML
import CEL

/// Reads texts that may hold `${expression}`; `$${` stands for the characters `${`.
struct TemplateReader {
    let expressions: ExpressionReader

    private var problems: ProblemCollector { expressions.problems }

    func template(_ node: YAMLNode, expected: String = "a text") -> Template? {
        node.sourceText(problems, expected: expected).flatMap(template)
    }

    func template(_ source: SourceText) -> Template? {
        let scalars = Array(source.text.unicodeScalars)
        var parts: [Template.Part] = []
        var text = String.UnicodeScalarView()
        var isSound = true
        var index = 0
        while index < scalars.count {
            if scalars[index...].starts(with: "$${".unicodeScalars) {
                text.append(contentsOf: "${".unicodeScalars)
                index += 3
            } else if scalars[index...].starts(with: "${".unicodeScalars) {
                guard let end = TemplateReader.end(of: scalars, from: index + 2) else {
                    problems.error(source.place(atScalar: index), "found ${ without its }")
                    return nil
                }
                if !text.isEmpty { parts.append(.text(String(text))) }
                text = String.UnicodeScalarView()
                if let program = program(source, scalars, index + 2, end) {
                    parts.append(.expression(program))
                } else {
                    isSound = false
                }
                index = end + 1
            } else {
                text.append(scalars[index])
                index += 1
            }
        }
        if !text.isEmpty { parts.append(.text(String(text))) }
        return isSound ? Template(parts) : nil
    }

    /// A payload as it stands in a file: a text as it is, a mapping or list as JSON with its texts filled in.
    func payload(_ node: YAMLNode) -> PayloadTemplate? {
        guard let value = node.value(problems) else { return nil }
        switch value {
        case .text(let source): return template(source).map { .text($0) }
        case .list, .object: return document(value).map { .document($0) }
        case .null: return .text(Template([]))
        case .boolean, .integer, .number: return .text(Template([.text(value.json)]))
        }
    }

    private func document(_ value: YAMLValue) -> PayloadTemplate.Document? {
        switch value {
        case .null, .boolean, .integer, .number: return .literal(value.json)
        case .text(let source): return template(source).map { .text($0) }
        case .list(let elements):
            let documents = elements.map(document)
            let sound = documents.compactMap(\.self)
            return sound.count == documents.count ? .list(sound) : nil
        case .object(let members):
            var pairs: [(String, PayloadTemplate.Document)] = []
            for member in members {
                if let document = document(member.value) { pairs.append((member.key.text, document)) }
            }
            return pairs.count == members.count ? .map(pairs) : nil
        }
    }

    private func program(_ source: SourceText, _ scalars: [Unicode.Scalar], _ start: Int, _ end: Int) -> Program? {
        var expression = String.UnicodeScalarView()
        expression.append(contentsOf: scalars[start..<end])
        return expressions.program(String(expression), place: { source.place(atScalar: start + $0) })
    }

    /// Where the `}` stands that ends an expression; braces within it and within its texts do not.
    private static func end(of scalars: [Unicode.Scalar], from start: Int) -> Int? {
        var depth = 0
        var quote: Unicode.Scalar?
        var index = start
        while index < scalars.count {
            let scalar = scalars[index]
            if let open = quote {
                if scalar == "\\" { index += 1 } else if scalar == open { quote = nil }
            } else {
                switch scalar {
                case "\"", "'": quote = scalar
                case "{": depth += 1
                case "}":
                    if depth == 0 { return index }
                    depth -= 1
                default: break
                }
            }
            index += 1
        }
        return nil
    }
}
