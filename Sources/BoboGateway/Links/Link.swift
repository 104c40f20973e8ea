import BoboEngine
import BoboMQTT
import Logging

/// One of the gateway's two connections, and its coming back when it is lost.
final class Link {
    let connection: Connection
    private let name: String
    private let logger: Logger
    private var policy = ReconnectPolicy()
    private var random = SystemRandomNumberGenerator()
    private var retryAt: Duration? = .zero
    private var isStopping = false
    private(set) var losses = 0
    /// Told of what the policy does not see to.
    var onEvent: (ConnectionEvent) -> Void = { _ in }
    /// The broker refuses for good.
    private(set) var refusal: ConnectionFailure?

    /// - Parameter name: for log messages: `reading`, `publishing`.
    init(_ options: ConnectionOptions, name: String, logger: Logger) throws(ConnectionOptionError) {
        connection = try Connection(options)
        self.name = name
        self.logger = logger
    }

    /// - Parameter time: reads the monotonic clock.
    func begin(_ time: @escaping () -> Duration) {
        connection.onEvent = { [weak self] event in self?.handle(event, time()) }
    }

    var isConnected: Bool { connection.isConnected }

    /// When to call `tick` next for connecting.
    var dueAt: Duration? { isStopping || connection.descriptor != nil ? nil : retryAt }

    /// Connects where it is time to.
    func tick(_ now: Duration) {
        guard let due = dueAt, due <= now else { return }
        retryAt = nil
        do throws(ConnectionFailure) {
            try connection.connect()
        } catch {
            failed(error, now)
        }
    }

    func stop() { isStopping = true }

    private func handle(_ event: ConnectionEvent, _ now: Duration) {
        switch event {
        case .message: break
        case .connected(let sessionPresent):
            policy.connected(at: now)
            logger.info(
                "connected for \(name)",
                metadata: [
                    "broker": "\(connection.options.url)", "version": "\(connection.version)",
                    "session": sessionPresent ? "kept" : "new",
                ])
        case .fellBack(let version):
            logger.warning("the broker does not know MQTT 5; going on with \(version)")
        case .disconnected(let failure):
            if let failure, !isStopping { failed(failure, now) }
        case .subscribed, .unsubscribed, .published: break
        }
        onEvent(event)
    }

    private func failed(_ failure: ConnectionFailure, _ now: Duration) {
        losses += 1
        switch policy.failed(failure, at: now, using: &random) {
        case .retry(let after):
            logger.warning("\(failure); trying again", metadata: ["for": "\(name)", "in": "\(after.rounded)"])
            retryAt = now + after
        case .anotherClient(let after):
            logger.error(
                "thrown off the broker right after connecting, three times in a row: another gateway of this name probably runs; give one of them another \"instance\" or \"client_id\"",
                metadata: ["client_id": "\(connection.options.clientID)", "retry": "\(after.rounded)"])
            retryAt = now + after
        case .giveUp(let failure):
            refusal = failure
        }
    }
}

extension Duration {
    /// For people: `1.4 s`.
    var rounded: String {
        let tenths = wholeMilliseconds / 100
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
