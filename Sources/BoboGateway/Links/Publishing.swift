import BoboMQTT
import BoboTopics
import DequeModule
import Logging

/// The connection that publishes: complex and action events, what actions send, the gateway's status and figures. What
/// cannot be sent at once waits, in order.
final class Publishing {
    struct Outgoing {
        let topic: TopicName
        let payload: [UInt8]
        let qos: QoS
        let isRetained: Bool
        let contentType: String?
    }

    /// Messages under way to the broker before the next waits here.
    private static let window = 200

    let link: Link
    private let logger: Logger
    private let statusTopic: TopicName?
    private var outbox = Deque<Outgoing>()
    /// Complex and action events; not what actions send, the status or the figures.
    private(set) var publishedEvents = 0
    private(set) var refused = 0

    /// - Parameter statusTopic: where `online` and `offline` are retained.
    init(_ link: Link, statusTopic: TopicName?, logger: Logger) {
        self.link = link
        self.statusTopic = statusTopic
        self.logger = logger
        link.onEvent = { [weak self] event in self?.handle(event) }
    }

    /// Nothing waits, and the broker has acknowledged all.
    var isIdle: Bool { outbox.isEmpty && link.connection.unacknowledged == 0 }

    var waiting: Int { outbox.count + link.connection.unacknowledged }

    func publish(_ message: Outgoing) { outbox.append(message) }

    /// Says on the status topic whether the gateway is there.
    func announce(_ status: String) {
        guard let statusTopic else { return }
        publish(
            Outgoing(
                topic: statusTopic, payload: Array(status.utf8), qos: .atLeastOnce, isRetained: true, contentType: nil))
    }

    /// Hands on as much as may be under way, and writes it.
    func send() {
        while link.isConnected, link.connection.unacknowledged < Publishing.window, let message = outbox.first {
            do throws(RequestError) {
                _ = try link.connection.publish(
                    message.topic, message.payload, qos: message.qos, retain: message.isRetained,
                    contentType: message.contentType)
                outbox.removeFirst()
                if message.contentType != nil { publishedEvents += 1 }
            } catch {
                switch error {
                case .notConnected, .tooManyUnacknowledged: return
                case .tooLarge, .subscriptionIdentifier, .refused:
                    refuse("\(error)", ["topic": "\(message.topic)"])
                    outbox.removeFirst()
                }
            }
        }
        if link.connection.wantsWrite { link.connection.write() }
    }

    private func handle(_ event: ConnectionEvent) {
        switch event {
        case .connected:
            // Before what waits: whoever reads the status knows of the gateway when its events come.
            if let statusTopic {
                outbox.prepend(
                    Outgoing(
                        topic: statusTopic, payload: Array("online".utf8), qos: .atLeastOnce, isRetained: true,
                        contentType: nil))
            }
        case .published(_, let code) where code.rawValue >= 0x80:
            refuse("the broker refuses: \(code)")
        case .published, .message, .disconnected, .subscribed, .unsubscribed, .fellBack: break
        }
    }

    /// Says the first at once and counts the rest, of which there may be as many as messages.
    private func refuse(_ reason: String, _ facts: Logger.Metadata = [:]) {
        refused += 1
        if refused == 1 { logger.error("a message cannot be published: \(reason)", metadata: facts) }
    }
}
