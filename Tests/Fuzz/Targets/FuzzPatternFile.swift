import BoboEngine
import BoboPatterns
import BoboTopics
import BoboYAML
import CEL

private let payloads: [String] = [
    #"{"type": "A", "v": 1}"#, #"{"type": "B", "v": 5, "k": "x"}"#, "ON", "", "[1, [2]]", "9007199254740993", "{\"a\":",
]

/// A pattern file. One that is sound runs on a few events, and time passes.
func fuzzPatternFile(_ input: [UInt8]) {
    let problems = ProblemCollector()
    let paths = PathTable()
    let root = YAMLDocument.load(bytes: input, file: "x.yaml", problems: problems)
    let phenomena = PatternFiles(paths: paths, problems: problems).load(roots: [root])
    for problem in problems.errors { _ = problem.description }
    guard !problems.hasErrors, let all = try? TopicFilter("#") else { return }
    var options = EngineOptions()
    options.defaultInput = [all]
    let engine = Engine(phenomena, paths: paths, options: options)
    var time: Int64 = 1_764_000_000_000
    for number in 0..<40 as Range<UInt64> {
        time += [0, 1000, 45_000, 4_000_000][Int(number % 4)]
        let topic = ["t", "home/kitchen/temperature", "home/hall/smoke"][Int(number % 3)]
        Array(payloads[Int(number) % payloads.count].utf8).withUnsafeBytes { bytes in
            engine.take(
                Message(topic: topic, payload: bytes, arrival: time, isRetained: number % 11 == 5, number: number))
        }
        _ = engine.takeOutputs()
    }
    engine.advance(to: time + 400 * 86_400_000)
    _ = engine.takeOutputs()
    _ = engine.takeWarnings()
    expect(engine.statistics.activeRuns <= 40 * 1000, "runs begin with events")
}
