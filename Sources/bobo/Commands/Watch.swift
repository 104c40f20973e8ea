import ArgumentParser
import BoboGateway
import BoboMQTT
import BoboTopics
import BoboYAML
import Foundation

struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Shows the complex events of running gateways as they come.",
        discussion: """
            On a terminal each complex event is a line for people, elsewhere the JSON object as it was published. An event
            that several gateways publish is shown once. Gateways are found by their status (bobo/status/+); complex
            events by the topics of their phenomena (bobo/events/+), so not where a pattern's emit names another topic.

            With --runs also each run as it starts, moves on, and ends: what the gateways tell for as long as somebody
            asks. Ctrl-C ends it.

              bobo watch
              bobo watch --broker mqtt://127.0.0.1:1883 fire intrusion
              bobo watch --runs fire
            """)

    @Flag(help: "Each run as well, as it starts, moves on, and ends.")
    var runs = false

    @OptionGroup var broker: BrokerOptions
    @OptionGroup var timeout: BrokerTimeout

    @Argument(help: ArgumentHelp("Only these.", valueName: "phenomenon"))
    var phenomena: [String] = []

    func validate() throws {
        for name in phenomena where name.wholeMatch(of: #/[A-Za-z0-9_-]+/#) == nil {
            throw ValidationError("\(name) is not the name of a phenomenon: letters, digits, _ and - alone.")
        }
    }

    func run() throws {
        let configuration = try broker.configuration()
        let options = try broker.visitor("watch", configuration)
        let isTerminal = isatty(STDOUT_FILENO) == 1
        StopSignal.install()
        try telling {
            do {
                let output = try LineWriter()
                var unreadable: Set<String> = []
                let watch = try EventWatch(
                    phenomena, runs: runs, prefix: configuration.prefix,
                    connection: try SteadyConnection(
                        options, patience: timeout.limit.duration, stop: StopSignal.descriptor)
                ) { news in
                    switch news {
                    case .event(let event, let line):
                        try isTerminal ? output.write(line: EventLineForPeople(event).text) : output.write(line: line)
                    case .run(let change, let line):
                        try isTerminal ? output.write(line: RunLineForPeople(change).text) : output.write(line: line)
                    case .leftOut(let gateway, let number):
                        say("\(harmless(gateway)): \(number) changes of runs were left out: they came too fast")
                    case .gateway(let name, let isOnline):
                        say("gateway \(harmless(name)) is \(isOnline ? "online" : "offline")")
                    case .unreadable(let topic):
                        guard unreadable.count < 100, unreadable.insert(topic).inserted else { return }
                        say("\(harmless(topic)): a message that no gateway wrote; left out")
                    case .connection(let news): tell(news, options.url)
                    }
                }
                try watch.run { try output.flush() }
            } catch let failure as LineWriter.Failure {
                guard !failure.isBrokenPipe else { return }
                say("\(failure)")
                throw ExitCode.internalFault
            }
        }
    }

    private func tell(_ news: SteadySubscription.News, _ url: BrokerURL) {
        switch news {
        case .subscribed: say("watching \(url); Ctrl-C ends it")
        case .away(let failure): say("\(failure); trying again for \(timeout.limit)")
        case .back: say("connected")
        }
    }
}
