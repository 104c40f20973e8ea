import BoboTopics
import CEL

/// Prepares the actions of completed runs, and makes action events of how they ended. The scope is as the producer has left
/// it.
final class Forwarder {
    private let options: EngineOptions
    private let scope: Scope

    init(options: EngineOptions, scope: Scope) {
        self.options = options
        self.scope = scope
    }

    func requests(_ event: ComplexEvent, _ actions: [Action]) -> [ActionRequest] {
        actions.enumerated().map { index, action in
            ActionRequest(
                phenomenon: event.phenomenon, pattern: event.pattern, run: event.identifier, key: event.key,
                index: index, name: action.name, work: work(action), depth: event.depth)
        }
    }

    private func work(_ action: Action) -> ActionRequest.Work {
        do {
            switch action {
            case .publish(let topic, let payload, let qos, let isRetained):
                let name = try topic.fill(scope)
                let bytes = try payload.fill(scope)
                guard let checked = try? TopicName(name) else { return .failed("no topic: \(name)") }
                return .publish(topic: checked.text, payload: bytes, qos: qos, isRetained: isRetained)
            case .log(let message, let level):
                return .log(message: try message.fill(scope), level: level)
            }
        } catch {
            return .failed("\(error)")
        }
    }

    func topic(_ request: ActionRequest) -> String { "\(options.prefix)/actions/\(request.phenomenon)" }

    func identifier(_ request: ActionRequest) -> Hash128 {
        var hash = Hash128()
        hash.combine(request.run.description)
        hash.combine(String(request.index))
        return hash
    }

    /// - Parameter timestamp: when the action ended, milliseconds since 1970.
    func json(_ request: ActionRequest, _ outcome: ActionOutcome, timestamp: Int64) -> [UInt8] {
        var json = JSONWriter(capacity: 384)
        json.raw("{\"specversion\":\"1.0\",\"id\":\"")
        json.raw(identifier(request).description)
        json.raw("\",\"source\":\"bobo\",\"gateway\":")
        json.write(options.gateway)
        json.raw(",\"type\":\"bobo.action.")
        json.raw(request.phenomenon)
        json.raw("\",\"subject\":")
        json.write(request.pattern)
        json.raw(",\"time\":")
        json.write(time: timestamp)
        json.raw(",\"datacontenttype\":\"application/json\",\"data\":{\"phenomenon\":\"")
        json.raw(request.phenomenon)
        json.raw("\",\"pattern\":")
        json.write(request.pattern)
        json.raw(",\"run\":\"")
        json.raw(request.run.description)
        json.raw("\",\"key\":")
        json.raw(request.key)
        json.raw(",\"action\":\"")
        json.raw(request.name)
        json.raw("\",\"index\":")
        json.write(Int64(request.index))
        json.raw(",\"success\":")
        json.raw(outcome.isSuccess ? "true" : "false")
        json.raw(",\"status\":null,\"output\":")
        json.write(outcome.output)
        json.raw(",\"error\":")
        if let error = outcome.error { json.write(error) } else { json.raw("null") }
        json.raw("}}")
        return json.bytes
    }
}

extension Action {
    var name: String {
        switch self {
        case .publish: "publish"
        case .log: "log"
        }
    }
}
