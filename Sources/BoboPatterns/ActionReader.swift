import BoboEngine
import BoboYAML
import CEL

/// Reads `actions`.
struct ActionReader {
    private static let names = ["publish", "http", "exec", "log", "sequence"]
    private static let limit = 100

    let expressions: ExpressionReader

    var problems: ProblemCollector { expressions.problems }
    var templates: TemplateReader { TemplateReader(expressions: expressions) }

    func actions(_ node: YAMLNode) -> [Action] {
        guard let nodes = node.list(problems, expected: "a list of actions") else { return [] }
        guard nodes.count <= ActionReader.limit else {
            problems.error(node.place, "found \(nodes.count) actions, expected at most \(ActionReader.limit)")
            return []
        }
        return nodes.compactMap(action)
    }

    private func action(_ node: YAMLNode) -> Action? {
        guard let reader = node.mapping(problems, expected: "an action such as {publish: …}") else { return nil }
        reader.atMostOne(of: ActionReader.names)
        let nodes = ActionReader.names.map { reader.optional($0) }
        let stops = nodes[4] == nil ? nil : reader.optional("stop_on_failure")
        reader.finish()
        if let published = nodes[0] { return publish(published) }
        if let request = nodes[1] { return http(request) }
        if let program = nodes[2] { return exec(program) }
        if let logged = nodes[3] { return log(logged) }
        if let list = nodes[4] { return sequence(list, stopsOnFailure: stops?.bool(problems) ?? true) }
        problems.error(node.place, "found no action, expected one of \(ActionReader.names.joined(separator: ", "))")
        return nil
    }

    private func sequence(_ node: YAMLNode, stopsOnFailure: Bool) -> Action? {
        if node.isList, node.list(problems)?.isEmpty == true {
            problems.error(node.place, "found an empty list, expected actions")
        }
        return .sequence(actions(node), stopsOnFailure: stopsOnFailure)
    }

    private func publish(_ node: YAMLNode) -> Action? {
        guard let reader = node.mapping(problems) else { return nil }
        let topic = reader.required("topic").flatMap { templates.template($0, expected: "a topic") }
        let payload = reader.optional("payload").map { templates.payload($0) } ?? .text(Template([]))
        let qos = reader.optional("qos").flatMap { $0.integer(in: 0...2, problems) } ?? 0
        let isRetained = reader.optional("retain")?.bool(problems) ?? false
        reader.finish()
        guard let topic, let payload else { return nil }
        return .publish(topic: topic, payload: payload, qos: Int(qos), isRetained: isRetained)
    }

    private func log(_ node: YAMLNode) -> Action? {
        guard let reader = node.mapping(problems) else { return nil }
        let message = reader.required("message").flatMap { templates.template($0) }
        let level = reader.optional("level").map { $0.oneOf(Action.Level.self, problems) } ?? .info
        reader.finish()
        guard let message, let level else { return nil }
        return .log(message: message, level: level)
    }

    /// A mapping of names to texts, each name checked.
    func named(
        _ node: YAMLNode, expected: String, refusal: (String) -> String?
    ) -> [(name: String, value: Template)]? {
        guard let reader = node.mapping(problems, expected: expected) else { return nil }
        guard reader.keys.count <= ActionReader.limit else {
            problems.error(node.place, "found \(reader.keys.count) entries, expected at most \(ActionReader.limit)")
            return nil
        }
        var isSound = true
        var pairs: [(name: String, value: Template)] = []
        for (key, place) in reader.keys {
            if let reason = refusal(key) {
                problems.error(place, reason)
                isSound = false
            }
            if let value = reader.optional(key).flatMap({ templates.template($0) }) {
                pairs.append((key, value))
            } else {
                isSound = false
            }
        }
        return isSound ? pairs : nil
    }
}
