import BoboMQTT
import Foundation

/// A mosquitto of a test, on a free port of loopback, stopped when the test lets go of it.
final class BrokerProcess {
    let broker: EmbeddedBroker
    /// Holds what mosquitto keeps, and its accounts.
    private let folder: TestFolder

    /// - Parameters:
    ///   - keeps: Whether sessions and retained messages outlast a stop.
    ///   - accounts: User names with passwords; nil: everybody may connect.
    ///   - lines: More lines of its configuration.
    ///   - options: Instead of those of the configuration.
    init(
        keeps: Bool = false, accounts: [String: String]? = nil, lines: [String] = [],
        options changed: [String: String] = [:]
    ) throws {
        folder = try TestFolder()
        var options = EmbeddedBroker.Options()
        if keeps { options.persistence = folder.path }
        var configuration = EmbeddedBrokerConfiguration.development
        if let accounts {
            let file = try folder.write("", to: "passwords")
            for (name, password) in accounts {
                let passwd = try Process.run(
                    URL(fileURLWithPath: "/usr/bin/mosquitto_passwd"), arguments: ["-b", file, name, password])
                passwd.waitUntilExit()
            }
            configuration.replace("allow_anonymous true", with: "allow_anonymous false\npassword_file \(file)")
        }
        for (name, value) in changed {
            configuration.replace(try Regex("(?m)^\(name) .*$"), with: "")
            configuration += "\n\(name) \(value)"
        }
        options.configuration = ([configuration] + lines).joined(separator: "\n")
        broker = try EmbeddedBroker(options)
    }

    /// For `--broker`.
    var url: String { broker.url.description }

    /// For mosquitto's own clients.
    var port: String { String(broker.port) }

    /// For the test itself.
    func client(_ change: (inout ConnectionOptions) -> Void = { _ in }) throws -> BrokerClient {
        var options = ConnectionOptions(url: broker.url, clientID: "")
        change(&options)
        return try BrokerClient(options)
    }

    func start() throws { try broker.start() }

    /// SIGTERM: what it keeps is stored.
    func stop() { broker.stop() }

    /// SIGKILL.
    func kill() { broker.kill() }
}
