import ArgumentParser
import BoboGateway
import BoboMQTT
import BoboTopics
import BoboYAML
import Foundation

struct Topics: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics",
        abstract: "Shows what is on a broker: topics, how often, and the fields of their messages.",
        discussion: """
            Listens for a while, then shows of each topic how many messages came and how often, whether the broker had one
            stored, the fields of the payloads as expressions name them, with types and the values met, and the last
            message. Ctrl-C ends it early, with what has come till then.

            Without a filter it listens to everything (#) but the topics of the gateways themselves, under the configured
            prefix (bobo/…). Filters stand in quotes, since the shell has its own use for # and +.

              bobo topics --broker mqtt://127.0.0.1:1883
              bobo topics --for 1m 'zigbee2mqtt/#'
              bobo topics --json 'home/+/temperature'

            With --json each topic is one line: `every` in seconds, `last` as in an event file.
            """)

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long it listens, such as 30s or 5m.", valueName: "duration"))
    var length = DurationOption(milliseconds: 10_000)

    @Flag(help: "One JSON object a topic, for programs.")
    var json = false

    @OptionGroup var broker: BrokerOptions
    @OptionGroup var timeout: BrokerTimeout

    @Argument(help: ArgumentHelp("What to listen to.", valueName: "filter"), transform: { try TopicFilter($0) })
    var filters: [TopicFilter] = []

    func validate() throws {
        guard !filters.contains(where: { $0.firstLiteral == "$share" }) else {
            throw ValidationError("Listening takes no message away from others: give the filter without $share.")
        }
    }

    func run() throws {
        let configuration = try broker.configuration()
        let options = try broker.visitor("topics", configuration)
        StopSignal.install()
        try telling {
            var progress = Progress()
            let surveyor = try Surveyor(
                filters.isEmpty ? [try TopicFilter("#")] : filters, prefix: configuration.prefix,
                duration: length.duration,
                connection: try SteadyConnection(
                    options, patience: timeout.limit.duration, stop: StopSignal.descriptor),
                tell: { news in
                    progress.clear()
                    tell(news, options.url)
                },
                progress: { surveyor in progress.show(Topics.told(surveyor)) })
            do {
                _ = try surveyor.run()
            } catch {
                progress.clear()
                if surveyor.hasBegun { try show(surveyor.survey) }
                throw error
            }
            progress.clear()
            try show(surveyor.survey)
        }
    }

    private func tell(_ news: SteadySubscription.News, _ url: BrokerURL) {
        switch news {
        case .subscribed: say("listening to \(url) for \(length); Ctrl-C ends it early")
        case .away(let failure): say("\(failure); trying again for \(timeout.limit)")
        case .back: say("connected")
        }
    }

    private static func told(_ surveyor: Surveyor) -> String {
        var text = "\(count(surveyor.survey.messages, "message", "messages"))"
        text += " of \(count(surveyor.survey.topicCount, "topic", "topics"))"
        if let remaining = surveyor.remaining { text += ", \(remaining.components.seconds) s left" }
        return text
    }

    private func show(_ survey: TopicSurvey) throws {
        let topics = survey.topics
        do {
            let output = try LineWriter()
            if !json, !topics.isEmpty { try output.write(line: TopicTable.heading) }
            for topic in topics {
                if json {
                    try output.write(line: TopicLine.json(topic))
                } else {
                    for line in TopicTable.lines(topic) { try output.write(line: line) }
                }
            }
            try output.flush()
        } catch let failure as LineWriter.Failure {
            guard !failure.isBrokenPipe else { return }
            say("\(failure)")
            throw ExitCode.internalFault
        }
        var text = "\(count(survey.messages, "message", "messages")) of \(count(topics.count, "topic", "topics"))"
        if survey.furtherMessages > 0 {
            text += "; \(survey.furtherMessages) of further topics were only counted: name a narrower filter"
        }
        if topics.isEmpty { text += ": nothing came, and nothing is stored; a longer --for may hear more" }
        say(text)
    }
}
