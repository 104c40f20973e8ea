import BoboEngine
import BoboYAML
import CEL

/// Reads `emit`.
struct EmitReader {
    let expressions: ExpressionReader

    private var problems: ProblemCollector { expressions.problems }
    private var templates: TemplateReader { TemplateReader(expressions: expressions) }

    func emit(_ node: YAMLNode) -> Emit {
        guard let reader = node.mapping(problems) else { return Emit() }
        defer { reader.finish() }
        let data = reader.optional("data").flatMap { expressions.program($0) }
        let topic = reader.optional("topic").flatMap { templates.template($0, expected: "a topic") }
        let qos = reader.optional("qos").flatMap { $0.integer(in: 0...2, problems) } ?? 1
        let retain = reader.optional("retain")
        let isRetained = retain?.bool(problems) ?? false
        if isRetained, let retain {
            problems.hint(
                retain.place,
                "whoever subscribes later takes what is retained for a new event: Home Assistant's triggers fire again with it at each of its starts"
            )
        }
        return Emit(data: data, topic: topic, qos: Int(qos), isRetained: isRetained)
    }
}
