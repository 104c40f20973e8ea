public import BoboTopics
public import CEL

/// A sequence of blocks; whatever passes it from end to end is an occurrence of its phenomenon.
public struct Pattern: Sendable {
    /// A filter of events, and a condition over the event alone.
    public struct Input: Sendable {
        public let on: TopicFilter
        public let expression: Program?

        public init(on: TopicFilter, expression: Program? = nil) {
            self.on = on
            self.expression = expression
        }
    }

    /// What a completed run means for the other runs of its pattern and key.
    public enum AfterMatch: String, Sendable, CaseIterable {
        /// Every run goes its own way.
        case noSkip = "no_skip"
        /// They halt, and the event that completed it starts none.
        case skipPastLastEvent = "skip_past_last_event"
    }

    /// After a run has completed, the others of its key halt, and none starts for a while.
    public struct Rest: Sendable {
        /// So many milliseconds; nil: until an event ends it.
        public let milliseconds: Int64?
        /// An event that matches ends the rest; it reads the completed run's history.
        public let until: Predicate?

        public init(milliseconds: Int64?, until: Predicate? = nil) {
            self.milliseconds = milliseconds
            self.until = until
        }
    }

    /// What `recent` holds.
    public enum Recent: Sendable, Equatable {
        /// The last so many events that the pattern saw with the key.
        case events(Int)
        /// Those of the last so many milliseconds.
        case milliseconds(Int64)

        /// Of a key so many events are kept at most.
        public static let limit = 10_000
    }

    public static let defaultMaximumRuns = 100_000
    public static let defaultMaximumHistory = 100_000

    public let name: String
    /// The only events that the pattern sees; nil: by the filters of its predicates, else the default of the engine.
    public let input: [Input]?
    public let key: Program?
    /// Milliseconds from the first event, after which a run halts.
    public let within: Int64?
    public let isSingleton: Bool
    public let blocks: [Block]
    public let preconditions: [Predicate]
    public let haltconditions: [Predicate]
    public let maximumRuns: Int
    public let maximumHistory: Int
    public let afterMatch: AfterMatch
    public let rest: Rest?
    /// The topics whose last messages `latest` and `latest_of` read.
    public let state: [Input]
    /// The events of late that expressions read as `recent`; nil: none.
    public let recent: Recent?
    /// What the names in its expressions stand for; for people.
    public let definitions: [ExpressionEnvironment.Definition]
    public let emit: Emit
    public let actions: [Action]

    /// A hash of the pattern as loaded: two patterns of one name and version mean the same.
    public let version: Hash128
    /// The names of the groups, in the order of the blocks: their places here are the slots of the environment that the
    /// pattern's expressions were compiled in.
    public let groups: [String]

    public init(
        name: String, input: [Input]? = nil, key: Program? = nil, within: Int64? = nil, isSingleton: Bool = false,
        blocks: [Block], preconditions: [Predicate] = [], haltconditions: [Predicate] = [],
        maximumRuns: Int = Pattern.defaultMaximumRuns, maximumHistory: Int = Pattern.defaultMaximumHistory,
        afterMatch: AfterMatch = .noSkip, rest: Rest? = nil, state: [Input] = [], recent: Recent? = nil,
        definitions: [ExpressionEnvironment.Definition] = [], emit: Emit = Emit(), actions: [Action] = [],
        version: Hash128 = Hash128()
    ) {
        self.name = name
        self.input = input
        self.key = key
        self.within = within
        self.isSingleton = isSingleton
        self.blocks = blocks
        self.preconditions = preconditions
        self.haltconditions = haltconditions
        self.maximumRuns = maximumRuns
        self.maximumHistory = maximumHistory
        self.afterMatch = afterMatch
        self.rest = rest
        self.state = state
        self.recent = recent
        self.definitions = definitions
        self.emit = emit
        self.actions = actions
        self.version = version
        groups = Pattern.groups(of: blocks.flatMap { $0.predicates.compactMap(\.group) + [$0.group] })
    }

    /// The different names but `""`, in order of first appearance.
    public static func groups(of names: [String]) -> [String] {
        var seen: Set<String> = [""]
        return names.filter { seen.insert($0).inserted }
    }
}

/// Something worth knowing about, and the patterns any of which shows it.
public struct Phenomenon: Sendable {
    public let name: String
    public let description: String
    public let patterns: [Pattern]

    public init(name: String, description: String = "", patterns: [Pattern]) {
        self.name = name
        self.description = description
        self.patterns = patterns
    }
}
