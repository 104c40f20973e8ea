import ArgumentParser
import BoboEngine
import BoboGateway
import BoboYAML
import Foundation

struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Runs recorded events through the engine, on the events' own clock.",
        discussion: """
            Complex events come as JSON, one a line, in order of completion; a summary at the end and progress on
            standard error. The same input gives the same output, byte for byte.

            --explain tells of each run of a pattern what each event did to it, and why not more, and of events that began
            none why; it takes the place of the complex events, unless --output names a file for those.

              bobo replay --patterns patterns --events patterns/recordings/fire.fires.jsonl
              bobo replay --patterns patterns --events patterns/recordings/fire.quiet.jsonl --explain heat-then-smoke
              bobo record --for 1h --output hour.jsonl && bobo replay --patterns patterns --events hour.jsonl --end all
            """)

    @Option(
        help: ArgumentHelp("A pattern file, or a folder of them.", valueName: "path"),
        completion: .patterns)
    var patterns: String

    @Option(
        help: ArgumentHelp("The event file; - for standard input.", valueName: "file"),
        completion: .events)
    var events: String = "-"

    @Option(
        help: ArgumentHelp("Where the complex events go; - for standard output.", valueName: "file"),
        completion: .file())
    var output: String = "-"

    @Option(
        help: ArgumentHelp(
            "Lets the clock run on after the last event: so long (10m), or until no timer is left (all).",
            valueName: "duration"))
    var end: ReplayEnd?

    @Option(
        help: ArgumentHelp(
            "Tells the way of each run of this pattern; PHENOMENON/PATTERN where several have the name.",
            valueName: "pattern"))
    var explain: String?

    @Flag(help: "Stops at the first line that cannot be read.")
    var strict = false

    @OptionGroup var configurationOptions: ConfigurationOptions

    func run() throws {
        let preparation = try PatternInput.prepare(
            configurationOptions.forRecordedEvents(), [patterns], unnamed: .seeAll)
        var options = preparation.options
        options.gateway = "replay"
        options.explains = try explained(preparation.phenomena)
        let engine = Engine(preparation.phenomena, paths: preparation.paths, options: options)
        let writer = try openOutput()
        let explanation = explain == nil || output == "-" ? writer : try LineWriter()
        let explainer = explain.map { _ in
            RunExplainer(preparation.phenomena, options.explains) { try explanation.write(line: $0) }
        }
        StopSignal.install()
        do {
            let replay = EventFileReplay(path: events, end: end, isStrict: strict)
            let reader = try replay.open()
            let (start, course) = (ContinuousClock.now, EventFileReplay.Course())
            defer { summarise(engine, course, took: ContinuousClock.now - start) }
            defer { try? explanation.flush() }
            try replay.run(reader, engine, course) { try write(engine, writer, explainer) }
            try explainer?.finish()
            try explanation.flush()
            try writer.flush()
        } catch is EventFileReplay.Stopped {
            try writer.flush()
            say("stopped before the end")
            throw ExitCode.interrupted
        } catch let failure as LineWriter.Failure where failure.isBrokenPipe {
            return
        } catch let failure as LineWriter.Failure {
            say("\(failure)")
            throw ExitCode.internalFault
        } catch let error as EventFileError {
            try writer.flush()
            say("\(error)")
            throw ExitCode.badInput
        }
    }

    private func openOutput() throws -> LineWriter {
        do {
            return try LineWriter(path: output)
        } catch {
            say("\(error)")
            throw ExitCode.badInput
        }
    }

    private func write(_ engine: Engine, _ writer: LineWriter, _ explainer: RunExplainer?) throws {
        if let explainer {
            let (explanations, changes) = engine.takeExplanations()
            try explainer.take(explanations, changes)
        }
        let isWritten = explainer == nil || output != "-"
        try engine.forEachOutput { produced in
            if isWritten, case .complexEvent(let event) = produced { try writer.write(line: event) }
        }
    }

    /// The patterns that `--explain` names.
    /// - Throws: exit status 64 where there is none.
    private func explained(_ phenomena: [Phenomenon]) throws -> Set<PatternName> {
        guard let explain else { return [] }
        let all = phenomena.flatMap { phenomenon in
            phenomenon.patterns.map { PatternName(phenomenon: phenomenon.name, pattern: $0.name) }
        }
        let named = all.filter { $0.pattern == explain || "\($0.phenomenon)/\($0.pattern)" == explain }
        guard !named.isEmpty else {
            let known = all.map { "\($0.phenomenon)/\($0.pattern)" }.sorted().joined(separator: ", ")
            say("--explain: there is no pattern \(harmless(explain)); there are \(known)")
            throw ExitCode.validationFailure
        }
        return Set(named)
    }

    private func summarise(_ engine: Engine, _ course: EventFileReplay.Course, took: Duration) {
        for warning in engine.takeWarnings() { say("warning: \(warning)") }
        let figures = engine.statistics
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
        var parts = [
            count(figures.messages.events, "event", "events"),
            count(figures.production.produced, "complex event", "complex events"),
            "\(count(figures.activeRuns, "run", "runs")) left unfinished",
        ]
        if figures.late > 0 { parts.append("\(figures.late) late") }
        if course.badLines > 0 { parts.append("\(count(course.badLines, "line", "lines")) skipped") }
        if figures.messages.tooLarge > 0 { parts.append("\(figures.messages.tooLarge) too large") }
        if figures.production.tooDeep > 0 { parts.append("\(figures.production.tooDeep) dropped as too deep") }
        if figures.production.dataFailed > 0 {
            parts.append("emit's data failed \(figures.production.dataFailed) times")
        }
        let rate = seconds > 0 ? Int(Double(course.lines) / seconds) : 0
        say(parts.joined(separator: ", ") + "; \(String(format: "%.2f", seconds)) s, \(rate) lines/s")
    }
}
