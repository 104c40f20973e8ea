import CEL

/// An event of the model: what the random predicates can read of it.
struct ReferenceEvent {
    let seq: Int
    let timestamp: Int64
    let topic: String
    /// nil: the payload has no such field, so that a predicate that reads it fails. `7` stands for the number.
    let type: String?
    let value: Int?
    let key: String?
    /// Of how many complex events, each from the one before, it is the last.
    var depth = 0

    var payload: String {
        var fields = ["\"seq\": \(seq)"]
        if let type { fields.append("\"type\": \(type == "7" ? "7" : "\"\(type)\"")") }
        if let value { fields.append("\"v\": \(value)") }
        if let key { fields.append("\"k\": \(key == "1" ? "1.0" : "\"\(key)\"")") }
        return "{\(fields.joined(separator: ", "))}"
    }

    var line: String { "\(timestamp) \(topic) \(payload)" }
}

/// An event that a run of the model has accepted.
struct ReferenceAccepted {
    let event: ReferenceEvent
    let group: String
}

/// What a predicate of the model may read.
struct ReferenceScope {
    let event: ReferenceEvent
    let key: String?
    let history: [ReferenceAccepted]
    let now: Int64
    var previous: ReferenceEvent?
    /// By topic.
    var state: [String: ReferenceEvent] = [:]

    func group(_ name: String) -> [ReferenceEvent] { history.filter { $0.group == name }.map(\.event) }
}

/// A condition twice: as CEL, and as a function that gives nil where it fails.
struct ReferencePredicate {
    var cel: String
    var on: [String] = []
    var holds: (ReferenceScope) -> Bool?

    func outcome(_ scope: ReferenceScope) -> Bool? {
        on.isEmpty || passes(scope.event.topic) ? holds(scope) : false
    }

    /// Whether the topic passes one of the filters, all of which are of two kinds: a topic, or a topic whose last level
    /// is `+`.
    func passes(_ topic: String) -> Bool {
        on.contains { $0 == topic || ($0.hasSuffix("+") && topic.hasPrefix($0.dropLast())) }
    }
}
