import BoboEngine
import BoboYAML
import CEL
package import Logging
import ServiceLifecycle

/// Looks every other second whether pattern files have changed, and hands them to the gateway when they are sound. Where
/// they are not, it says so, and the gateway goes on with those it has.
package struct PatternWatcher: Service {
    private static let interval = Duration.seconds(2)

    private let configuration: Configuration
    private let paths: PathTable
    /// What the present patterns and the configuration were read from: whatever changes after that is a change, also what
    /// does before the gateway is up.
    private let patternFiles: FileWatch
    private let configurationFile: FileWatch?
    private let gateway: Gateway
    private let logger: Logger

    /// - Parameter preparation: the gateway's present one.
    package init(_ configuration: Configuration, _ preparation: EnginePreparation, gateway: Gateway, logger: Logger) {
        self.configuration = configuration
        paths = preparation.paths
        patternFiles = preparation.files
        configurationFile = configuration.file.map { FileWatch($0) }
        self.gateway = gateway
        self.logger = logger
    }

    package func run() async throws {
        var taken = patternFiles
        var seen = taken
        var configured = configurationFile
        while !Task.isShuttingDownGracefully {
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: PatternWatcher.interval) }
            } catch {
                return
            }
            if let file = configuration.file, FileWatch(file) != configured {
                configured = FileWatch(file)
                logger.notice("the configuration has changed; but for patterns it takes effect at the next start")
            }
            let now = FileWatch(configuration.patterns)
            // A file that is being written is left alone until it rests.
            defer { seen = now }
            guard now != taken, now == seen else { continue }
            taken = now
            reload()
        }
    }

    private func reload() {
        let problems = ProblemCollector()
        let preparation = EnginePreparation(
            configuration, patterns: [configuration.patterns], paths: paths, unnamed: .areErrors, problems: problems)
        if problems.hasErrors {
            for problem in problems.errors { logger.error("\(problem)") }
            logger.error("the patterns have changed and have errors; going on with the ones before")
        } else {
            gateway.replace(preparation)
        }
    }
}
