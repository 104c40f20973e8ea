package import BoboEngine
package import BoboMQTT
import BoboPatterns
import BoboTopics
package import BoboYAML
package import CEL

/// What a configuration and its patterns come to: an engine's input, and what to subscribe to for it.
package struct EnginePreparation {
    package let phenomena: [Phenomenon]
    package let paths: PathTable
    package let options: EngineOptions
    /// The filters whose topics are wanted from the broker.
    package let wanted: [WantedFilter]
    /// The partitions that these fall into.
    package let partitioning: Partitioning
    /// The pattern files as they looked before they were read.
    let files: FileWatch
    /// How long it took to read them.
    let spent: Duration

    /// Whether a pattern that names no topic, with no `sensors` to take them from, sees all topics or is an error.
    package enum Unnamed {
        case seeAll, areErrors
    }

    package init(
        _ configuration: Configuration, patterns: [String], paths: PathTable = PathTable(), unnamed: Unnamed,
        problems: ProblemCollector
    ) {
        let begin = ContinuousClock.now
        files = FileWatch(patterns)
        self.paths = paths
        let needsTopics = unnamed == .areErrors && configuration.sensors.isEmpty
        // A replay and a test carry out no action.
        let given = unnamed == .areErrors ? configuration.secrets(problems) : (.any, Secrets())
        phenomena = PatternFiles(
            paths: paths, problems: problems, prefix: configuration.prefix, needsTopics: needsTopics,
            secrets: given.known
        ).load(paths: patterns)
        var options = EngineOptions()
        options.secrets = given.secrets
        options.gateway = configuration.instance
        options.prefix = configuration.prefix
        options.timezone = configuration.timezone
        options.sensors = SensorExpressions(paths: paths, problems: problems).sensors(configuration.sensors)
        options.maximumLateness = configuration.maxLateness
        options.late = configuration.late == .drop ? .drop : .process
        options.maximumAhead = configuration.maxAhead
        options.maximumPayload = Int(configuration.maxPayload)
        options.maximumState = Int(configuration.maxState)
        options.defaultInput = configuration.sensors.map(\.filter)
        // A replay is of one gateway that sees all.
        if unnamed == .areErrors { configuration.setReplication(of: &options) }
        if options.defaultInput.isEmpty, unnamed == .seeAll, let all = try? TopicFilter("#") {
            options.defaultInput = [all]
        }
        self.options = options
        wanted = Self.wanted(configuration, phenomena, defaultInput: options.defaultInput)
        partitioning = Partitioning(
            wanted, state: phenomena.flatMap(\.patterns).flatMap(\.stateFilters).map { WantedFilter($0) },
            way: configuration.partitioningWay, prefix: configuration.prefix)
        if unnamed == .areErrors {
            PartitionChecks(configuration: configuration, partitioning: partitioning, problems: problems).report()
        }
        spent = ContinuousClock.now - begin
    }

    /// The filters of the patterns and of `sensors`, less those under the prefix, which feed back within.
    static func wanted(
        _ configuration: Configuration, _ phenomena: [Phenomenon], defaultInput: [TopicFilter]
    ) -> [WantedFilter] {
        let named = phenomena.flatMap(\.patterns).flatMap { $0.inputFilters(default: defaultInput) }
        let sensors = configuration.sensors.map { sensor in
            WantedFilter(sensor.filter, qos: QoS(rawValue: UInt8(clamping: sensor.qos)))
        }
        return (named.map { WantedFilter($0) } + sensors).filter { $0.filter.firstLiteral != configuration.prefix }
    }
}
