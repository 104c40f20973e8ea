public import BoboTopics

/// What an engine is told of its surroundings.
public struct EngineOptions: Sendable {
    /// What becomes of an event that is older than the clock at its arrival; it is counted in either case.
    public enum Late: String, Sendable, CaseIterable {
        case process, drop
    }

    /// Who publishes: the `gateway` of complex events.
    public var gateway = "bobo"
    /// What the identifiers of events begin with that have none of their own: unique to this reader and start.
    public var source = "replay"
    /// The first level of the topics of complex and action events.
    public var prefix = "bobo"
    /// The name of a time zone, for `timezone` in expressions.
    public var timezone = "UTC"
    /// The filters of patterns that name no topic.
    public var defaultInput: [TopicFilter] = []
    public var sensors: [Sensor] = []
    /// Milliseconds that events wait for earlier ones.
    public var maximumLateness: Int64 = 0
    public var late = Late.process
    /// Milliseconds: a timestamp further than this after the arrival is not believed.
    public var maximumAhead: Int64 = 60_000
    /// Bytes: a larger message is dropped.
    public var maximumPayload = 1 << 20
    /// So many topics are kept for patterns' `state`; beyond, the one longest unchanged goes.
    public var maximumState = 10_000
    /// What `secret("name")` gives in actions.
    public var secrets = Secrets()
    /// Whether `Engine.takeChanges()` is asked for.
    public var recordsChanges = false
    /// The patterns of which `Engine.takeExplanations()` tells what each event did to their runs, and why not more. It
    /// implies `recordsChanges`.
    package var explains: Set<PatternName> = []
    /// Whether the runs are shared with other gateways. It implies `recordsChanges`.
    public var replicates = false
    /// Milliseconds for which events are kept for runs that peers have begun, and a run past its `within` for events that
    /// peers have read.
    public var catchUp: Int64 = 2_000
    /// Whether other gateways read each message that this one reads, all in the order of the broker, and take its `ts` from it.
    public var readsTogether = false
    /// Of how many completed and halted runs the identifiers are kept.
    public var rememberedRuns = 1_000_000
    /// Milliseconds: what a sensor calls a message does not come again for another one within this time.
    public var rememberAge: Int64 = 600_000

    /// So many runs of a key at one block are asked one by one whether an event matches them; of more it is looked up, where the
    /// block's condition compares the event with the history.
    package var fewRuns = 16

    public init() {}
}
