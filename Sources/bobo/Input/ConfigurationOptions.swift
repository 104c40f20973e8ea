import ArgumentParser
import BoboGateway
import BoboYAML

/// The configuration, for commands that read events and speak to no broker.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration file; else bobo.yaml in the working directory where there is one.", valueName: "file"),
        completion: .configuration)
    var config: String?

    /// - Throws: exit status 65 after all errors were told on standard error.
    func configuration() throws -> Configuration { try ConfigurationOptions.configuration(file: config) }

    private static func configuration(file: String?) throws -> Configuration {
        let outcome = Configuration.load(.process(file: file), checksFiles: false)
        for problem in outcome.problems { say(problem.description) }
        guard let configuration = outcome.configuration else { throw ExitCode.badInput }
        return configuration
    }

    /// With UTC for the time zone unless one is set, so that a recording gives the same everywhere.
    func forRecordedEvents() throws -> Configuration { try ConfigurationOptions.forRecordedEvents(file: config) }

    static func forRecordedEvents(file: String?) throws -> Configuration {
        var configuration = try configuration(file: file)
        if configuration.origin(of: "timezone") == .default { configuration.timezone = "UTC" }
        return configuration
    }
}
