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

    /// Whether a pattern that names no topic, with no `sensors` to take them from, sees all topics or is an error.
    package enum Unnamed {
        case seeAll, areErrors
    }

    package init(
        _ configuration: Configuration, patterns: [String], paths: PathTable = PathTable(), unnamed: Unnamed,
        problems: ProblemCollector
    ) {
        self.paths = paths
        phenomena = PatternFiles(paths: paths, problems: problems).load(paths: patterns)
        var options = EngineOptions()
        options.gateway = configuration.instance
        options.prefix = configuration.prefix
        options.timezone = configuration.timezone
        options.sensors = SensorPreparation(paths: paths, problems: problems).sensors(configuration.sensors)
        options.maximumLateness = configuration.maxLateness
        options.late = configuration.late == .drop ? .drop : .process
        options.maximumAhead = configuration.maxAhead
        options.maximumPayload = Int(configuration.maxPayload)
        options.defaultInput = configuration.sensors.map(\.filter)
        if options.defaultInput.isEmpty, unnamed == .seeAll, let all = try? TopicFilter("#") {
            options.defaultInput = [all]
        }
        self.options = options
        if options.defaultInput.isEmpty {
            for phenomenon in phenomena {
                for pattern in phenomenon.patterns where pattern.inputFilters(default: []).isEmpty {
                    problems.error(
                        .whole(phenomenon.name),
                        "the pattern \"\(pattern.name)\" names no topic: give it \"input\", an \"on\", or the configuration \"sensors\""
                    )
                }
            }
        }
        let named = phenomena.flatMap(\.patterns).flatMap { $0.inputFilters(default: options.defaultInput) }
        let sensors = configuration.sensors.map { sensor in
            WantedFilter(sensor.filter, qos: QoS(rawValue: UInt8(clamping: sensor.qos)))
        }
        let prefix = configuration.prefix
        wanted = (named.map { WantedFilter($0) } + sensors).filter { $0.filter.firstLiteral != prefix }
    }
}

/// Compiles the expressions of `sensors`.
private struct SensorPreparation {
    let paths: PathTable
    let problems: ProblemCollector

    func sensors(_ entries: [Configuration.Sensor]) -> [Sensor] {
        let environment = ExpressionEnvironment(paths: paths, groups: [])
        return entries.map { entry in
            Sensor(
                filter: entry.filter, takesRetained: entry.retained,
                format: Sensor.Format(rawValue: entry.format.rawValue) ?? .auto,
                timestamp: entry.timestamp.flatMap { compile($0, environment, expected: [.timestamp]) },
                eventIdentifier: entry.eventID.flatMap {
                    compile($0, environment, expected: [.bool, .int, .uint, .double, .string])
                })
        }
    }

    private func compile(_ source: SourceText, _ environment: ExpressionEnvironment, expected: [CELType]) -> Program? {
        do {
            let program = try environment.compile(source.text)
            guard program.readsEventAlone else {
                problems.error(source.place, "expected an expression over payload, text, topic and levels alone")
                return nil
            }
            guard program.type == .dyn || expected.contains(program.type) else {
                let names = expected.map(\.description).joined(separator: ", ")
                problems.error(source.place, "found an expression of type \(program.type), expected \(names)")
                return nil
            }
            return program
        } catch {
            for problem in error.problems {
                problems.error(source.place(atScalar: problem.offset), problem.message)
            }
            return nil
        }
    }
}
