// engine-speed PATTERNS EVENTS [--parsed] [--repeat N]: what the engine alone takes for an event, in CPU time of this thread:
// from lines in memory to complex events in memory, or from events that are already parsed.
import BoboEngine
import BoboPatterns
import BoboTopics
import BoboYAML
import CEL
import Foundation

var arguments = Array(CommandLine.arguments.dropFirst())
let isParsed = arguments.contains("--parsed")
arguments.removeAll { $0 == "--parsed" }
var repeats = 5
if let option = arguments.firstIndex(of: "--repeat"), option + 1 < arguments.count,
    let count = Int(arguments[option + 1])
{
    repeats = count
    arguments.removeSubrange(option...(option + 1))
}
guard arguments.count == 2 else {
    FileHandle.standardError.write(Data("usage: engine-speed PATTERNS EVENTS [--parsed] [--repeat N]\n".utf8))
    exit(64)
}

func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

@MainActor func makeEngine() throws -> Engine {
    let paths = PathTable()
    let problems = ProblemCollector()
    let phenomena = PatternFiles(paths: paths, problems: problems, prefix: "bobo", needsTopics: false)
        .load(paths: [arguments[0]])
    for problem in problems.problems { FileHandle.standardError.write(Data("\(problem)\n".utf8)) }
    var options = EngineOptions()
    options.gateway = "speed"
    options.defaultInput = [try TopicFilter("#")]
    return Engine(phenomena, paths: paths, options: options)
}

let file = try Data(contentsOf: URL(fileURLWithPath: arguments[1]))
let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: file.count + EventLineParser.padding, alignment: 64)
file.copyBytes(to: bytes)
let lines = UnsafeRawBufferPointer(rebasing: bytes[..<file.count])

/// What is written is looked at, so that nothing of it is left out.
var written = 0
@MainActor func drain(_ engine: Engine) {
    engine.forEachOutput { if case .complexEvent(let event) = $0 { written += event.json.count } }
}

var count = 0
var times: [Double] = []
for _ in 0..<repeats {
    let engine = try makeEngine()
    written = 0
    if isParsed {
        var events: [Event] = []
        engine.parse(lines: lines) { events.append($0) }
        count = events.count
        let start = seconds()
        for event in events {
            engine.take(event)
            drain(engine)
        }
        times.append(seconds() - start)
    } else {
        let start = seconds()
        count = Int(engine.take(lines: lines, from: 1, other: { _, _ in }, step: { drain(engine) })) - 1
        times.append(seconds() - start)
    }
    if times.count == repeats {
        let figures = engine.statistics
        print(
            "\(figures.messages.events) events, \(figures.production.produced) complex events of \(written) bytes, "
                + "\(figures.activeRuns) runs left")
    }
}
times.sort()
let median = times[times.count / 2]
print("\(Int(median / Double(count) * 1e9)) ns an event, \(Int(Double(count) / median)) events/s of CPU")
