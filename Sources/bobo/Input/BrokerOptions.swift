import ArgumentParser
import BoboGateway
import BoboMQTT
import BoboYAML

/// Which broker, and as whom: flags of every command that speaks to one, on top of environment and configuration file.
struct BrokerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration file; else bobo.yaml in the working directory where there is one.", valueName: "file"),
        completion: .configuration)
    var config: String?

    @Option(help: ArgumentHelp("mqtt://host[:port] or mqtts://host[:port].", valueName: "url"))
    var broker: String?

    @Option(help: ArgumentHelp("The user name for the broker.", valueName: "name"))
    var username: String?

    @Option(
        help: ArgumentHelp(
            "A file whose first line is the password; it can also come from BOBO_BROKER_PASSWORD.", valueName: "file"),
        completion: .file())
    var passwordFile: String?

    @Option(
        help: ArgumentHelp("The certificates of the authorities to trust, for mqtts://.", valueName: "file"),
        completion: .file())
    var caFile: String?

    /// The flags that were given, by the path of the key that they set.
    private var flags: [String: String] {
        let flags = [
            "broker.url": broker, "broker.username": username, "broker.password_file": passwordFile,
            "broker.ca_file": caFile,
        ]
        return flags.compactMapValues { $0 }
    }

    /// File, environment and flags together.
    ///
    /// - Parameter others: Flags of the command itself, by the path of the key that they set.
    /// - Throws: after all errors were told on standard error, exit status 64 where only flags are wrong, else 65.
    func configuration(_ others: [String: String] = [:]) throws -> Configuration {
        let sources = ConfigurationSources.process(
            file: config, flags: flags.merging(others) { _, other in other })
        let outcome = Configuration.load(sources)
        for problem in outcome.problems { say(problem.description) }
        if let configuration = outcome.configuration { return configuration }
        let errors = outcome.problems.filter { $0.severity == .error }
        throw errors.allSatisfy { $0.place.file.hasPrefix("--") } ? ExitCode.validationFailure : .badInput
    }

    /// For a command that comes and goes beside the gateways: under an id of its own, since two clients of one id push
    /// each other off the broker.
    ///
    /// - Throws: exit status 64 where no broker is named.
    func visitor(_ command: String, _ configuration: Configuration) throws -> ConnectionOptions {
        let number = String(UInt64.random(in: .min ... .max), radix: 36)
        guard let url = configuration.broker.url else {
            say("no broker is named: give --broker mqtt://host:port, or broker.url in bobo.yaml, or BOBO_BROKER_URL")
            throw ExitCode.validationFailure
        }
        return configuration.broker.connectionOptions(to: url, clientID: "bobo-\(command)-\(number)")
    }
}

/// How long a command that does not run for ever waits for a broker that is absent or gone.
struct BrokerTimeout: ParsableArguments {
    @Option(
        name: .customLong("timeout"),
        help: ArgumentHelp(
            "How long a broker that is absent or gone is tried again and again.", valueName: "duration"))
    var limit = DurationOption(milliseconds: 10_000)
}
