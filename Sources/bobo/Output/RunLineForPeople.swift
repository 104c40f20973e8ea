import BoboGateway

/// A change of runs as a person reads it.
struct RunLineForPeople {
    let text: String

    init(_ change: RunChange) {
        let key = change.key == "null" ? "" : " \(EventLineForPeople.plain(change.key))"
        let runs = change.count > 1 ? " (\(change.count) runs)" : ""
        let reason = change.reason.map { ": \($0)" } ?? ""
        let place =
            switch change.change {
            case "started", "advanced": ", block \(change.block + 1) is next"
            case "halted": " at block \(change.block + 1)"
            default: ""
            }
        let event = change.event.map { "  \($0.topic) \(shortened($0.payload, to: 60))" } ?? ""
        text = harmless(
            "\(EventLineForPeople.clock(change.timestamp))  \(change.phenomenon) \(change.pattern)\(key)\(runs)  "
                + "\(change.change)\(reason)\(place)\(event)")
    }
}
