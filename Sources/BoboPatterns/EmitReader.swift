import BoboEngine
import BoboYAML
import CEL

/// Reads `emit` and `actions`.
struct EmitReader {
    let expressions: ExpressionReader

    private var problems: ProblemCollector { expressions.problems }
    private var templates: TemplateReader { TemplateReader(expressions: expressions) }

    func emit(_ node: YAMLNode) -> Emit {
        guard let reader = node.mapping(problems) else { return Emit() }
        defer { reader.finish() }
        return Emit(
            data: reader.optional("data").flatMap { expressions.program($0) },
            topic: reader.optional("topic").flatMap { templates.template($0, expected: "a topic") },
            qos: qos(reader.optional("qos"), default: 1),
            isRetained: reader.optional("retain")?.bool(problems) ?? false)
    }

    func actions(_ node: YAMLNode) -> [Action] {
        guard let nodes = node.list(problems, expected: "a list of actions") else { return [] }
        return nodes.compactMap(action)
    }

    private func action(_ node: YAMLNode) -> Action? {
        guard let reader = node.mapping(problems, expected: "an action such as {publish: …}") else { return nil }
        reader.notBuiltYet("http", "exec", "sequence")
        for key in ["http", "exec", "sequence"] where reader.optional(key) != nil { return nil }
        reader.atMostOne(of: ["publish", "log"])
        defer { reader.finish() }
        if let node = reader.optional("publish") { return publish(node) }
        if let node = reader.optional("log") { return log(node) }
        problems.error(node.place, "found no action, expected one of publish, log")
        return nil
    }

    private func publish(_ node: YAMLNode) -> Action? {
        guard let reader = node.mapping(problems) else { return nil }
        let topic = reader.required("topic").flatMap { templates.template($0, expected: "a topic") }
        let payload = reader.optional("payload").map { templates.payload($0) } ?? .text(Template([]))
        let qos = qos(reader.optional("qos"), default: 0)
        let isRetained = reader.optional("retain")?.bool(problems) ?? false
        reader.finish()
        guard let topic, let payload else { return nil }
        return .publish(topic: topic, payload: payload, qos: qos, isRetained: isRetained)
    }

    private func log(_ node: YAMLNode) -> Action? {
        guard let reader = node.mapping(problems) else { return nil }
        let message = reader.required("message").flatMap { templates.template($0) }
        let level = reader.optional("level").map { $0.oneOf(Action.Level.self, problems) } ?? .info
        reader.finish()
        guard let message, let level else { return nil }
        return .log(message: message, level: level)
    }

    private func qos(_ node: YAMLNode?, default: Int) -> Int {
        node.flatMap { $0.integer(in: 0...2, problems) }.map(Int.init) ?? `default`
    }
}
