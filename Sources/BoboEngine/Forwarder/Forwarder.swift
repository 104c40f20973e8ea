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
            scope.revealed = []
            let work = work(action)
            defer { scope.revealed = [] }
            return ActionRequest(
                phenomenon: event.phenomenon, pattern: event.pattern, run: event.identifier, key: event.key,
                index: index, name: action.name, work: work, depth: event.depth, mask: SecretMask(scope.revealed))
        }
    }

    private func work(_ action: Action) -> ActionRequest.Work {
        do throws(EvaluationFailure) {
            switch action {
            case .publish(let topic, let payload, let qos, let isRetained):
                let name = try topic.fill(scope)
                let bytes = try payload.fill(scope)
                guard let checked = try? TopicName(name) else { return .failed("no topic: \(name)") }
                return .publish(topic: checked.text, payload: bytes, qos: qos, isRetained: isRetained)
            case .http(let template): return try template.fill(scope)
            case .exec(let template): return try template.fill(scope)
            case .log(let message, let level):
                return .log(message: try message.fill(scope), level: level)
            case .sequence(let actions, let stopsOnFailure):
                let steps = actions.map { ActionRequest.Step(name: $0.name, work: work($0)) }
                return .sequence(steps, stopsOnFailure: stopsOnFailure)
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
        json.raw(",\"status\":")
        if let status = outcome.status { json.write(Int64(status)) } else { json.raw("null") }
        json.raw(",\"output\":")
        json.write(told(outcome.output, of: request))
        json.raw(",\"error\":")
        if let error = outcome.error { json.write(told(error, of: request)) } else { json.raw("null") }
        json.raw("}}")
        return json.bytes
    }
}

extension Forwarder {
    /// Without secrets, and cut at a character's end.
    private func told(_ text: String, of request: ActionRequest) -> String {
        let limit = ActionOutcome.outputLimit
        // A character that was cut through reads as another one, of three bytes.
        let isCut = text.utf8.count > limit - 4
        var whole = text[...]
        while isCut, whole.unicodeScalars.last == "\u{FFFD}" { whole.unicodeScalars.removeLast() }
        let masked = request.mask.apply(to: String(whole), isCut: isCut)
        guard masked.utf8.count > limit else { return masked }
        var end = masked.utf8.index(masked.startIndex, offsetBy: limit)
        while end.samePosition(in: masked.unicodeScalars) == nil { masked.utf8.formIndex(before: &end) }
        return String(masked[..<end])
    }
}

extension Action {
    var name: String {
        switch self {
        case .publish: "publish"
        case .http: "http"
        case .exec: "exec"
        case .log: "log"
        case .sequence: "sequence"
        }
    }
}
