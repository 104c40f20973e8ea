import ArgumentParser
import BoboEngine
import BoboGateway
import BoboMQTT
import BoboMetrics
import BoboPage
import BoboYAML
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs a gateway: reads sensors from a broker and publishes complex events.",
        discussion: """
            Without a broker in the configuration or on the command line it starts a private mosquitto on loopback.
            On a terminal each complex event is a line for people, elsewhere one JSON object a line.

              bobo run --broker mqtt://127.0.0.1:1883 --patterns patterns
              bobo run --config /etc/bobo/bobo.yaml --print-config
            """)

    @OptionGroup var options: BrokerOptions

    @Option(help: ArgumentHelp("The gateway's name; by default the host's.", valueName: "id"))
    var instance: String?

    @Option(
        help: ArgumentHelp("A pattern file, or a folder of them.", valueName: "path"),
        completion: .patterns)
    var patterns: String?

    @Option(
        name: .customLong("peer"), parsing: .upToNextOption,
        help: ArgumentHelp("The other gateways that share its runs.", valueName: "id"))
    var peers: [String] = []

    @Flag(help: "Shows the configuration and where each value comes from, and ends.")
    var printConfig = false

    func run() async throws {
        let ids = peers.isEmpty ? nil : peers.joined(separator: ",")
        let flags = ["instance": instance, "patterns": patterns, "peers.ids": ids].compactMapValues { $0 }
        let configuration = try options.configuration(flags)
        if printConfig {
            print(configuration.printed)
            return
        }
        let preparation = try PatternInput.prepare(configuration, [configuration.patterns], unnamed: .areErrors)
        let logger = makeLogger(configuration)
        if !configuration.peers.ids.isEmpty, configuration.peers.key == nil {
            logger.warning(
                "peers without key_file: whoever may publish to \(configuration.prefix)/peer/\(configuration.instance) may change runs"
            )
        }
        let broker = try privateBroker(configuration, logger)
        defer { broker?.stop() }
        guard let url = broker?.url ?? configuration.broker.url else { return }

        let printer = EventPrinter(gateway: configuration.peers.ids.isEmpty ? nil : configuration.instance)
        let registry = configuration.http.listen.map { _ in PrometheusRegistry() }
        for (name, text) in MetricNames.help { registry?.describe(name, text) }
        let gateway = Gateway(
            configuration, preparation, broker: url, logger: logger, isObserved: registry != nil, metrics: registry
        ) { printer.show($0) }
        let watcher = PatternWatcher(configuration, preparation, gateway: gateway, logger: logger)
        var quiet = logger
        quiet.logLevel = max(.warning, logger.logLevel)
        // First, so that it ends last: the gateway's end does not wait for pages.
        let page = gateway.observation.flatMap { observation in
            registry.map { PageServer(configuration.http, observation: observation, registry: $0, logger: logger) }
        }
        let pages = page.map {
            ServiceGroupConfiguration.ServiceConfiguration(service: $0, successTerminationBehavior: .ignore)
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [pages].compactMap(\.self) + [
                    .init(
                        service: gateway, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .cancelGroup),
                    .init(service: watcher, successTerminationBehavior: .ignore),
                ],
                gracefulShutdownSignals: [.sigint, .sigterm], logger: quiet))
        do {
            try await group.run()
        } catch let failure as ConnectionFailure {
            say("bobo: \(failure)")
            throw ExitCode.refused
        } catch let error as ConnectionOptionError {
            say("bobo: \(error)")
            throw ExitCode.badInput
        }
        printer.finish()
    }

    private func makeLogger(_ configuration: Configuration) -> Logger {
        let level = Logger.Level(rawValue: configuration.logLevel.rawValue) ?? .info
        let format: LineLogHandler.Format = configuration.logFormat == .json ? .json : .text
        return Logger(label: "bobo") { _ in LineLogHandler(level: level, format: format) }
    }

    private func privateBroker(_ configuration: Configuration, _ logger: Logger) throws -> EmbeddedBroker? {
        guard configuration.broker.url == nil else { return nil }
        do {
            let broker = try EmbeddedBroker()
            logger.notice(
                "no broker is configured: started a private mosquitto at \(broker.url); it is not yours, forgets all when the gateway stops, and listens on loopback only"
            )
            return broker
        } catch {
            say("bobo: \(error)")
            throw ExitCode.refused
        }
    }
}
