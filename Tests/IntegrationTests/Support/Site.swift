import Foundation

/// A broker, and a folder in which gateways run: with patterns in `patterns/` and, where a test writes it, `bobo.yaml`.
struct Site {
    let broker: BrokerProcess
    let folder: TestFolder

    /// - Parameters:
    ///   - keeps: Whether the broker's sessions outlast a stop.
    ///   - lines: More lines of its configuration.
    init(keeps: Bool = false, accounts: [String: String]? = nil, lines: [String] = []) throws {
        broker = try BrokerProcess(keeps: keeps, accounts: accounts, lines: lines)
        folder = try TestFolder()
    }

    func configure(_ yaml: String) throws { try folder.write(yaml, to: "bobo.yaml") }

    /// A phenomenon that each event of a filter makes occur, with data computed from it.
    func pattern(_ name: String, each filter: String, where condition: String = "true", data: String = "payload") throws
    {
        try write(
            """
            phenomenon: \(name)
            patterns:
              - name: each
                input: ['\(filter)']
                blocks:
                  - followed_by: '\(condition)'
            emit:
              data: '\(data)'
            """, pattern: name)
    }

    func write(_ yaml: String, pattern name: String) throws { try folder.write(yaml, to: "patterns/\(name).yaml") }

    /// Starts a gateway, whose client id is `bobo-<instance>`.
    func start(_ arguments: [String] = [], instance: String = "gw", environment: [String: String] = [:]) throws
        -> BoboProcess
    {
        try BoboProcess(
            ["run", "--broker", broker.url, "--instance", instance] + arguments, in: folder, environment: environment)
    }

    /// Starts a gateway, and waits till it reads.
    func gateway(_ arguments: [String] = [], instance: String = "gw", environment: [String: String] = [:]) throws
        -> BoboProcess
    {
        let gateway = try start(arguments, instance: instance, environment: environment)
        try gateway.waitForLine(containing: "gateway \(instance) is ready", timeout: .seconds(30))
        return gateway
    }

    /// A client that is subscribed.
    func listener(_ filters: String...) throws -> BrokerClient {
        let client = try broker.client()
        for filter in filters { try client.subscribe(filter) }
        return client
    }
}
