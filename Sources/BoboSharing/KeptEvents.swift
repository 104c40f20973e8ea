import BoboEngine

/// Complex events, with their actions, until it is clear which gateway publishes them.
struct KeptEvents {
    struct Kept {
        let event: ComplexEvent
        var actions: [ActionRequest] = []
    }

    private var events: [RunIdentifier: Kept] = [:]
    /// To be published here, though the engine made no event of them: they stem from too many others.
    private var unknown: [RunIdentifier] = []

    var runs: [RunIdentifier] { Array(events.keys) }

    mutating func keep(_ event: ComplexEvent) { events[event.identifier] = Kept(event: event) }

    mutating func keep(_ request: ActionRequest) { events[request.run]?.actions.append(request) }

    /// What this gateway is to publish.
    mutating func take(_ run: RunIdentifier) -> Kept? {
        if let kept = events.removeValue(forKey: run) { return kept }
        unknown.append(run)
        return nil
    }

    mutating func discard(_ run: RunIdentifier) { events[run] = nil }

    mutating func takeUnknown() -> [RunIdentifier] {
        guard !unknown.isEmpty else { return [] }
        defer { unknown = [] }
        return unknown
    }
}
