import ArgumentParser
import BoboGateway
import BoboMQTT
import BoboTopics
import BoboYAML
import Foundation

struct Record: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Writes what comes from a broker to an event file.",
        discussion: """
            Records what the filters match, each message once, until the time is over or Ctrl-C. Without a filter it
            records everything (#) but the topics of the gateways themselves, under the configured prefix (bobo/…), which
            a gateway does not read either; a filter that names the prefix records those, too. Filters stand in quotes,
            since the shell has its own use for # and +.

            The file is JSON Lines, for `bobo replay` and `bobo play`. It is written at least once a second, so that little
            is lost when the recorder is killed.

              bobo record --output hour.jsonl --for 1h
              bobo record --broker mqtt://127.0.0.1:1883 --output - 'home/+/temperature' 'home/kitchen/#'
              bobo record --output events.jsonl '#' 'bobo/events/#'
            """)

    @Option(
        help: ArgumentHelp("Where the events go; - for standard output.", valueName: "file"), completion: .file())
    var output: String

    @Flag(help: "Writes over a file that is there already.")
    var force = false

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long, such as 10m or 1h30m; else until Ctrl-C.", valueName: "duration"))
    var length: DurationOption?

    @Option(help: ArgumentHelp("The highest quality of service to read with: 0 or 1; 2 counts as 1.", valueName: "qos"))
    var qos = QoSOption(.atLeastOnce)

    @OptionGroup var broker: BrokerOptions
    @OptionGroup var timeout: BrokerTimeout

    @Argument(help: ArgumentHelp("What to record.", valueName: "filter"), transform: { try TopicFilter($0) })
    var filters: [TopicFilter] = []

    func validate() throws {
        guard !filters.contains(where: { $0.firstLiteral == "$share" }) else {
            throw ValidationError("A recording takes no message away from others: give the filter without $share.")
        }
    }

    func run() throws {
        let configuration = try broker.configuration()
        let options = try visitor(configuration)
        StopSignal.install()
        try telling {
            let file = try open()
            var progress = Progress()
            let recorder = Recorder(
                try recording(configuration),
                connection: try connect(options, orDiscard: file), file: file,
                tell: { news in
                    progress.clear()
                    tell(news, options.url)
                },
                progress: { figures in progress.show(Record.told(figures)) })
            defer {
                progress.clear()
                if file.hasBegun { summarise(recorder.figures) }
            }
            try recorder.run()
        }
    }

    private func recording(_ configuration: Configuration) throws -> Recorder.Options {
        var options = Recorder.Options(
            filters: filters.isEmpty ? [try TopicFilter("#")] : filters, prefix: configuration.prefix)
        options.qos = qos.qos
        options.duration = length?.duration
        return options
    }

    private func visitor(_ configuration: Configuration) throws -> ConnectionOptions {
        var options = try broker.visitor("record", configuration)
        // The broker keeps what comes while the connection is lost, as long as the recorder waits for it, and no longer.
        options.cleanStart = false
        options.sessionExpiry = UInt32(clamping: timeout.limit.milliseconds / 1000 + 60)
        return options
    }

    private func open() throws -> EventFileWriter {
        do {
            return try EventFileWriter(path: output, replaces: force, stop: StopSignal.descriptor)
        } catch EventFileWriteError.exists {
            say("\(output) is there already: name another file, or let --force write over it")
            throw ExitCode.validationFailure
        }
    }

    private func connect(_ options: ConnectionOptions, orDiscard file: EventFileWriter) throws -> SteadyConnection {
        do {
            return try SteadyConnection(options, patience: timeout.limit.duration, stop: StopSignal.descriptor)
        } catch {
            file.discard()
            throw error
        }
    }

    private func tell(_ news: SteadySubscription.News, _ url: BrokerURL) {
        switch news {
        case .subscribed: say("recording from \(url)" + (length.map { " for \($0)" } ?? "; Ctrl-C ends it"))
        case .away(let failure): say("\(failure); trying again for \(timeout.limit)")
        case .back: say("connected")
        }
    }

    private static func told(_ figures: Recorder.Figures) -> String {
        var text = "\(count(figures.messages, "message", "messages")) of \(count(figures.topics, "topic", "topics"))"
        if let remaining = figures.remaining { text += ", \(remaining.components.seconds) s left" }
        return text
    }

    private func summarise(_ figures: Recorder.Figures) {
        var text = "recorded \(count(figures.messages, "message", "messages"))"
        text += " of \(count(figures.topics, "topic", "topics"))"
        if figures.retained > 0 { text += ", \(figures.retained) of them retained" }
        if figures.tooLong > 0 { text += "; \(figures.tooLong) left out, longer than an event file's line may be" }
        if output != "-" { text += ", in \(output)" }
        say(text)
    }
}
