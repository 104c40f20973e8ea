import BoboEngine
import BoboYAML
package import CEL
package import Logging
import ServiceLifecycle

/// Looks every other second whether pattern files have changed, and hands them to the gateway when they are sound. Where
/// they are not, it says so, and the gateway goes on with those it has.
package struct PatternWatcher: Service {
    private static let interval = Duration.seconds(2)

    private let configuration: Configuration
    private let paths: PathTable
    private let gateway: Gateway
    private let logger: Logger

    /// - Parameter paths: the table that the gateway's present patterns were compiled with.
    package init(_ configuration: Configuration, paths: PathTable, gateway: Gateway, logger: Logger) {
        self.configuration = configuration
        self.paths = paths
        self.gateway = gateway
        self.logger = logger
    }

    package func run() async throws {
        var taken = FileWatch(configuration.patterns)
        var seen = taken
        var configured = configuration.file.map(FileWatch.init)
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
