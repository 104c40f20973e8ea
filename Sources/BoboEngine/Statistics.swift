/// Figures of an engine since its start.
public struct Statistics: Sendable {
    public let messages: MessageCounters
    public let production: ProductionCounters
    public let late: Int
    /// Events that wait for earlier ones.
    public let waiting: Int
    public let activeRuns: Int
    /// Keys of which no run starts for a while.
    public let restingKeys: Int
    /// Topics whose last messages are kept, and how many had to go, since there were more than may be kept.
    public let stateTopics: Int
    public let droppedStateTopics: Int
    public let startedRuns: Int
    public let completedRuns: Int
    public let haltedRuns: [HaltReason: Int]
    /// Keys that rest no more, before their time: a resting key counts as a run for `max_runs`, and so among the halted ones.
    public let droppedRests: Int
    package let busiestPatterns: [PatternFigures]
}
