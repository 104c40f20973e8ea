import ArgumentParser
import BoboGateway
import BoboMQTT
import BoboYAML
import Foundation

struct Play: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play",
        abstract: "Publishes the events of an event file to a broker, keeping the gaps between them.",
        discussion: """
            Ends when the broker has acknowledged all of them, or with Ctrl-C. What was recorded as retained is published
            as retained. A line that goes back in time is sent at once. A line that cannot be read is reported with its
            number and skipped.

              bobo play patterns/recordings/fire.fires.jsonl --broker mqtt://127.0.0.1:1883
              bobo play hour.jsonl --speed 60
              bobo play hour.jsonl --speed max --loop
            """)

    @Argument(
        help: ArgumentHelp("The event file; - for standard input.", valueName: "file"), completion: .events)
    var file: String

    @Option(help: "How many times faster than recorded; 0 or max for as fast as the broker takes it.")
    var speed = PlaybackSpeed(speed: .factor(1))

    @Flag(help: "Plays it over and over, until Ctrl-C.")
    var loop = false

    @Option(help: ArgumentHelp("The quality of service to publish with: 0, 1 or 2.", valueName: "qos"))
    var qos = QoSOption(.atLeastOnce)

    @Flag(help: "Stops at the first line that cannot be read, or message that the broker does not take.")
    var strict = false

    @OptionGroup var broker: BrokerOptions
    @OptionGroup var timeout: BrokerTimeout

    func validate() throws {
        guard !loop || file != "-" else {
            throw ValidationError("Standard input can be read once only: --loop needs a file.")
        }
    }

    func run() throws {
        let options = try broker.visitor("play", try broker.configuration())
        StopSignal.install()
        try telling {
            let connection = try SteadyConnection(
                options, patience: timeout.limit.duration, stop: StopSignal.descriptor)
            var progress = Progress()
            let player = Player(
                playing, connection: connection,
                tell: { news in
                    progress.clear()
                    tell(news)
                },
                progress: { figures in progress.show(Play.told(figures)) })
            let start = ContinuousClock.now
            defer {
                progress.clear()
                if player.hasConnected { summarise(player.figures, took: .now - start) }
            }
            try player.run()
        }
    }

    private var playing: Player.Options {
        var options = Player.Options(path: file)
        options.speed = speed.speed
        options.qos = qos.qos
        options.loops = loop
        options.isStrict = strict
        return options
    }

    private func tell(_ news: Player.News) {
        switch news {
        case .badLine(let error): say("\(error); skipped")
        case .notTaken(let topic, let code): say("the broker does not take \(topic): \(code)")
        case .away(let failure): say("\(failure); trying again for \(timeout.limit)")
        case .back: say("connected")
        }
    }

    private static func told(_ figures: Player.Figures) -> String {
        var text = count(figures.messages, "message", "messages")
        if let size = figures.size, size > 0 { text += ", \(100 * figures.bytesRead / size) % read" }
        if figures.passes > 0 { text += ", round \(figures.passes + 1)" }
        if figures.unacknowledged > 0 { text += ", \(figures.unacknowledged) not acknowledged yet" }
        if let gap = figures.gap, gap >= .seconds(1) {
            text += ", the next in \(DurationText.text(gap.components.seconds * 1000))"
        }
        return text
    }

    private func summarise(_ figures: Player.Figures, took: Duration) {
        var text = "played \(count(figures.messages, "message", "messages"))"
        if figures.skipped > 0 { text += ", \(count(figures.skipped, "line", "lines")) skipped" }
        if figures.unacknowledged > 0 { text += ", \(figures.unacknowledged) not acknowledged" }
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
        say(text + " in \(String(format: "%.2f", seconds)) s")
    }
}

/// A factor above 0, or `0` or `max` for no waiting.
struct PlaybackSpeed: ExpressibleByArgument {
    let speed: PlaybackClock.Speed

    init(speed: PlaybackClock.Speed) { self.speed = speed }

    init?(argument: String) {
        if argument == "max" {
            speed = .unbounded
        } else if let factor = Double(argument), factor.isFinite, factor >= 0 {
            speed = factor == 0 ? .unbounded : .factor(factor)
        } else {
            return nil
        }
    }

    var defaultValueDescription: String {
        switch speed {
        case .factor(let factor): factor == 1 ? "1" : "\(factor)"
        case .unbounded: "max"
        }
    }
}
