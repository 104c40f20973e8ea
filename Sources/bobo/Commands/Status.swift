import ArgumentParser
import BoboGateway
import BoboYAML
import Foundation

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows running gateways: throughput, runs by pattern, peers, and who reads what.",
        discussion: """
            Finds the gateways of a broker by their retained status (bobo/status/…), waits for the figures that each of
            them publishes every few seconds (bobo/stats/…), shows both, and ends. With --watch it goes on, and shows them
            anew when they change, till Ctrl-C.

              bobo status --broker mqtt://127.0.0.1:1883
              bobo status --watch
              bobo status --json | jq '.gateways[].figures.runs.active'

            Times are in seconds in --json, sizes in bytes, counters since the gateway's start. What the broker itself has
            dropped is shown where it says so ($SYS/broker/publish/messages/dropped).
            """)

    @Flag(help: "Goes on till Ctrl-C; on a terminal the picture is drawn anew.")
    var watch = false

    @Flag(help: "One JSON object; with --watch one a line, each time something has changed.")
    var json = false

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "How long it waits for a gateway's figures (`stats_interval` there).", valueName: "duration"))
    var patience = DurationOption(milliseconds: 10_000)

    @OptionGroup var broker: BrokerOptions
    @OptionGroup var timeout: BrokerTimeout

    /// What the broker has stored is there after so long a silence.
    private static let settled = Duration.milliseconds(300)
    private static let pause = Duration.seconds(1)

    func run() throws {
        let configuration = try broker.configuration()
        let options = try broker.visitor("status", configuration)
        StopSignal.install()
        try telling {
            let listener = StatusListener(
                prefix: configuration.prefix,
                connection: try SteadyConnection(
                    options, patience: timeout.limit.duration, stop: StopSignal.descriptor)
            ) { news in
                if case .away(let failure) = news { say("\(failure); trying again for \(timeout.limit)") }
            }
            defer { listener.close() }
            do {
                if watch { try follow(listener) } else { try look(listener, configuration.prefix) }
            } catch let failure as LineWriter.Failure {
                guard !failure.isBrokenPipe else { return }
                say("\(failure)")
                throw ExitCode.internalFault
            }
        }
    }

    private func look(_ listener: StatusListener, _ prefix: String) throws {
        var end: ContinuousClock.Instant?
        while true {
            if try listener.turn(atMost: .milliseconds(100)) { break }
            guard listener.hasBegun else { continue }
            let deadline = end ?? .now + patience.duration
            end = deadline
            let isWhole = listener.survey.isWhole && listener.quiet >= Status.settled
            if isWhole || ContinuousClock.now >= deadline { break }
        }
        try show(listener.survey, LineWriter())
        if listener.survey.gateways.isEmpty {
            say("no gateway is there: none has a status under \(prefix)/status/")
        }
    }

    private func follow(_ listener: StatusListener) throws {
        let output = try LineWriter()
        let isTerminal = isatty(STDOUT_FILENO) == 1
        var shown: ContinuousClock.Instant?
        while true {
            if try listener.turn(atMost: .milliseconds(200)) { return }
            // What the broker has stored comes in one go, and so do the figures of several gateways.
            guard listener.hasBegun, listener.survey.hasNews, listener.quiet >= .milliseconds(100),
                shown.map({ ContinuousClock.now - $0 >= Status.pause }) ?? true
            else { continue }
            shown = .now
            listener.clearNews()
            if isTerminal, !json { try output.write(line: "\u{1B}[H\u{1B}[2J\(Date.now.formatted(.iso8601))") }
            try show(listener.survey, output)
        }
    }

    private func show(_ survey: GatewaySurvey, _ output: LineWriter) throws {
        if json {
            try output.write(line: StatusLine.json(survey))
        } else {
            for line in StatusTable(survey).lines { try output.write(line: line) }
        }
        try output.flush()
    }
}
