import BoboEngine
import BoboYAML
import CEL

extension ActionReader {
    private static let longestCommand = 1000

    func exec(_ node: YAMLNode) -> Action? {
        guard let reader = node.mapping(problems) else { return nil }
        let command = reader.required("command").flatMap(command)
        let environment =
            reader.optional("environment").map {
                named($0, expected: "variables with their values", refusal: ActionReader.variableRefusal)
            } ?? []
        let input = reader.optional("input").map { templates.payload($0) }
        let timeout = reader.optional("timeout").map { $0.duration(in: 100...3_600_000, problems) } ?? 30_000
        reader.finish()
        guard let command, let environment, let timeout else { return nil }
        if let input, input == nil { return nil }
        return .exec(
            ProgramTemplate(
                program: command.program, arguments: command.arguments, environment: environment, input: input ?? nil,
                timeout: .milliseconds(timeout)))
    }

    private func command(_ node: YAMLNode) -> (program: String, arguments: [Template])? {
        let expected = "a list of the program and its arguments, such as [notify-send, \"${key}\"]; no shell reads it"
        guard node.isList, let nodes = node.list(problems) else {
            node.reportUnexpected(expected, problems, quotes: false)
            return nil
        }
        guard let first = nodes.first else {
            problems.error(node.place, "found an empty list, expected \(expected)")
            return nil
        }
        guard nodes.count <= ActionReader.longestCommand else {
            problems.error(
                node.place, "found \(nodes.count) arguments, expected at most \(ActionReader.longestCommand)")
            return nil
        }
        let program = program(first)
        let arguments = nodes.dropFirst().map { node in
            let template = templates.template(node)
            if let template, template.readsSecrets {
                problems.hint(
                    node.place,
                    "everyone on this machine can see a program's arguments; a secret goes into \"environment\" or \"input\""
                )
            }
            return template
        }
        let sound = arguments.compactMap(\.self)
        guard let program, sound.count == arguments.count else { return nil }
        return (program, sound)
    }

    private func program(_ node: YAMLNode) -> String? {
        guard let template = templates.template(node, expected: "a program") else { return nil }
        guard template.parts.count == 1, !template.leadingText.isEmpty else {
            problems.error(
                node.place,
                template.parts.isEmpty
                    ? "found an empty text, expected a program"
                    : "found an expression, expected a program as it is called: no event is to choose it")
            return nil
        }
        guard !template.leadingText.utf8.contains(0) else {
            problems.error(node.place, "found a zero byte, expected a program")
            return nil
        }
        return template.leadingText
    }

    private static func variableRefusal(_ name: String) -> String? {
        !name.isEmpty && name.utf8.count <= 200 && !name.utf8.contains(where: { $0 == UInt8(ascii: "=") || $0 < 0x20 })
            ? nil
            : "found \"\(shortenedForMessage(name))\", expected a variable's name without = and control characters"
    }
}

extension Template {
    fileprivate var readsSecrets: Bool {
        parts.contains { if case .expression(let program) = $0 { program.readsSecrets } else { false } }
    }
}
