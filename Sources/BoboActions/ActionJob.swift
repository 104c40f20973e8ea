package import BoboEngine

/// A piece of work that takes its time.
package enum ActionJob: Sendable {
    case http(HTTPCall)
    case exec(ProgramCall)

    /// nil where the work is done at once.
    package init?(_ work: ActionRequest.Work) {
        switch work {
        case .http(let call): self = .http(call)
        case .exec(let call): self = .exec(call)
        case .publish, .log, .sequence, .failed: return nil
        }
    }

    /// Bytes that it holds while it waits, about.
    package var size: Int {
        switch self {
        case .http(let call):
            call.url.utf8.count + (call.body?.count ?? 0)
                + call.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        case .exec(let call):
            call.input.count + call.arguments.reduce(0) { $0 + $1.utf8.count }
                + call.environment.reduce(0) { $0 + $1.value.utf8.count }
        }
    }
}
