public import BoboTopics
public import CEL

/// A condition on the event under check and, where its expression reads it, on the run's history.
public struct Predicate: Sendable {
    /// Any of these must match the event's topic; none: every event that the pattern sees is meant.
    public let on: [TopicFilter]
    public let expression: Program?
    /// Of one of several predicates of a block: the group that the event goes to, before the block's; nil: the block's.
    public let group: String?
    /// Where it stands, for messages: `fire.yaml:12:20`.
    public let place: String

    public init(on: [TopicFilter] = [], expression: Program?, group: String? = nil, place: String = "") {
        self.on = on
        self.expression = expression
        self.group = group
        self.place = place
    }
}
