public import BoboTopics
public import CEL

/// A condition on the event under check and, where its expression reads it, on the run's history.
public struct Predicate: Sendable {
    /// Any of these must match the event's topic; none: every event that the pattern sees is meant.
    public let on: [TopicFilter]
    public let expression: Program?
    /// Where it stands, for messages: `fire.yaml:12:20`.
    public let place: String

    public init(on: [TopicFilter] = [], expression: Program?, place: String = "") {
        self.on = on
        self.expression = expression
        self.place = place
    }
}
