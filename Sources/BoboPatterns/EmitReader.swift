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
        let data = reader.optional("data").flatMap { expressions.program($0) }
        let topic = reader.optional("topic").flatMap { templates.template($0, expected: "a topic") }
        let qos = qos(reader.optional("qos"), default: 1)
        let retain = reader.optional("retain")
        let isRetained = retain?.bool(problems) ?? false
        if isRetained, let retain {
            problems.hint(
                retain.place,
                "whoever subscribes later takes what is retained for a new event: Home Assistant's triggers fire again with it at each of its starts"
            )
        }
        return Emit(data: data, topic: topic, qos: qos, isRetained: isRetained)
    }

    func actions(_ node: YAMLNode) -> [Action] {
        guard let nodes = node.list(problems, expected: "a list of actions") else { return [] }
        return nodes.compactMap(action)
    }

    private func action(_ node: YAMLNode) -> Action? {
        guard let reader = node.mapping(problems, expected: "an action such as {publish: …}") else { return nil }
        reader.notBuiltYet("http", "exec", "sequence")
        reader.atMostOne(of: ["publish", "log"])
        let (published, logged) = (reader.optional("publish"), reader.optional("log"))
        if ["http", "exec", "sequence"].contains(where: { reader.place(of: $0) != nil }) { return nil }
        defer { reader.finish() }
        if let published { return publish(published) }
        if let logged { return log(logged) }
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
