package import BoboYAML
private import Foundation

/// What a configuration is made of, and the surroundings that its defaults come from.
package struct ConfigurationSources: Sendable {
    /// What `--config` names; nil: `bobo.yaml` in the working directory where there is one.
    package var file: String?
    /// Of these, the variables that begin with `BOBO_` are read.
    package var environment: [String: String]
    /// Flags by the path of the key that they set: `["broker.url": "mqtt://…"]`.
    package var flags: [String: String]
    package var workingDirectory: String
    package var hostName: String
    /// The machine's, an IANA name.
    package var timezone: String

    package init(
        file: String? = nil, environment: [String: String] = [:], flags: [String: String] = [:],
        workingDirectory: String = ".", hostName: String = "localhost", timezone: String = "UTC"
    ) {
        self.file = file
        self.environment = environment
        self.flags = flags
        self.workingDirectory = workingDirectory
        self.hostName = hostName
        self.timezone = timezone
    }

    /// This process's environment, host and time zone.
    package static func process(file: String? = nil, flags: [String: String] = [:]) -> ConfigurationSources {
        let process = ProcessInfo.processInfo
        return ConfigurationSources(
            file: file, environment: process.environment, flags: flags, workingDirectory: ".",
            hostName: process.hostName, timezone: TimeZone.current.identifier)
    }
}

/// What came of reading a configuration.
package struct ConfigurationOutcome: Sendable {
    /// Nil where there were errors.
    package let configuration: Configuration?
    /// Errors, then hints.
    package let problems: [Problem]
}

extension Configuration {
    /// - Parameter checksFiles: false where only the file's own text is to be checked, as on another machine than its own.
    package static func load(_ sources: ConfigurationSources, checksFiles: Bool = true) -> ConfigurationOutcome {
        let problems = ProblemCollector()
        let reading = ConfigurationReading(sources: sources, checksFiles: checksFiles, problems: problems)
        let configuration = reading.configuration()
        return ConfigurationOutcome(
            configuration: problems.hasErrors ? nil : configuration, problems: problems.problems)
    }
}
