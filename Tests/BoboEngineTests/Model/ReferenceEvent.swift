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

    func group(_ name: String) -> [ReferenceEvent] { history.filter { $0.group == name }.map(\.event) }
}

/// A condition twice: as CEL, and as a function that gives nil where it fails.
struct ReferencePredicate {
    var cel: String
    var on: [String] = []
    var holds: (ReferenceScope) -> Bool?

    func outcome(_ scope: ReferenceScope) -> Bool? {
        guard on.isEmpty || on.contains(where: { $0 == scope.event.topic || $0 == "t/+" }) else { return false }
        return holds(scope)
    }
}
