import ArgumentParser
import BoboEngine
import BoboGateway
import BoboYAML
import Foundation

struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs recorded events through the engine, on the events' own clock.",
        discussion: """
            Complex events come as JSON, one a line, in order of completion; a summary at the end and progress on
            standard error. The same input gives the same output, byte for byte.

              bobo replay --patterns patterns --events patterns/recordings/fire.fires.jsonl
              bobo record --for 1h --output hour.jsonl && bobo replay --patterns patterns --events hour.jsonl --end all
            """)

    @Option(help: "A pattern file, or a folder of them.")
    var patterns: String

    @Option(help: "The event file; - for standard input.")
    var events: String = "-"

    @Option(help: "Where the complex events go; - for standard output.")
    var output: String = "-"

    @Option(
        help: ArgumentHelp(
            "Lets the clock run on after the last event: so long (10m), or until no timer is left (all).",
            valueName: "duration"))
    var end: ReplayEnd?

    @Flag(help: "Stops at the first line that cannot be read.")
    var strict = false

    @OptionGroup var configurationOptions: ConfigurationOptions

    func run() throws {
        let preparation = try PatternInput.prepare(
            configurationOptions.forRecordedEvents(), [patterns], unnamed: .seeAll)
        var options = preparation.options
        options.gateway = "replay"
        let engine = Engine(preparation.phenomena, paths: preparation.paths, options: options)
        let writer = try openOutput()
        StopSignal.install()
        do {
            let replay = EventFileReplay(path: events, end: end, isStrict: strict)
            let reader = try replay.open()
            let start = ContinuousClock.now
            defer { summarise(engine, reader, took: ContinuousClock.now - start) }
            try replay.run(reader, engine) { try write(engine, writer) }
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

    private func write(_ engine: Engine, _ writer: LineWriter) throws {
        for output in engine.takeOutputs() {
            if case .complexEvent(let event) = output { try writer.write(line: event.json) }
        }
    }

    private func summarise(_ engine: Engine, _ reader: EventFileReader, took: Duration) {
        for warning in engine.takeWarnings() { say("warning: \(warning)") }
        let figures = engine.statistics
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
        var parts = [
            count(figures.messages.events, "event", "events"),
            count(figures.production.produced, "complex event", "complex events"),
            "\(count(figures.activeRuns, "run", "runs")) left unfinished",
        ]
        if figures.late > 0 { parts.append("\(figures.late) late") }
        if reader.badLines > 0 { parts.append("\(count(reader.badLines, "line", "lines")) skipped") }
        if figures.messages.tooLarge > 0 { parts.append("\(figures.messages.tooLarge) too large") }
        if figures.production.tooDeep > 0 { parts.append("\(figures.production.tooDeep) dropped as too deep") }
        if figures.production.dataFailed > 0 {
            parts.append("emit's data failed \(figures.production.dataFailed) times")
        }
        let rate = seconds > 0 ? Int(Double(reader.lineNumber) / seconds) : 0
        say(parts.joined(separator: ", ") + "; \(String(format: "%.2f", seconds)) s, \(rate) lines/s")
    }
}
