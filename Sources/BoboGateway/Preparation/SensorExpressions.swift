import BoboEngine
import BoboYAML
import CEL

/// Compiles the expressions of `sensors`.
struct SensorExpressions {
    let paths: PathTable
    let problems: ProblemCollector

    func sensors(_ entries: [Configuration.Sensor]) -> [Sensor] {
        entries.map { entry in
            Sensor(
                filter: entry.filter, takesRetained: entry.retained,
                format: Sensor.Format(rawValue: entry.format.rawValue) ?? .auto,
                timestamp: entry.timestamp.flatMap(timestamp), eventIdentifier: entry.eventID.flatMap(eventIdentifier))
        }
    }

    func timestamp(_ source: SourceText) -> Program? { compile(source, expected: [.timestamp]) }

    func eventIdentifier(_ source: SourceText) -> Program? {
        compile(source, expected: [.bool, .int, .uint, .double, .string])
    }

    private func compile(_ source: SourceText, expected: [CELType]) -> Program? {
        do {
            let program = try ExpressionEnvironment(paths: paths, groups: []).compile(source.text)
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
