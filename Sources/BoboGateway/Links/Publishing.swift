import BoboEngine
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
        /// The run whose complex event it is.
        var run: RunIdentifier?
    }

    /// Messages under way to the broker before the next waits here; less than the connection's own bound, so that those to
    /// peers never wait behind them.
    private static let window = 150

    let link: Link
    private let logger: Logger
    private let statusTopic: TopicName?
    private let announcesItself: Bool
    private var outbox = Deque<Outgoing>()
    /// Complex events that the broker has not acknowledged yet.
    private var underWay: [MessageID: RunIdentifier] = [:]
    /// Messages to peers that the broker has not acknowledged yet, with their sizes in bytes.
    private var toPeers: [MessageID: Int] = [:]
    /// Complex and action events; not what actions send, the status or the figures.
    private(set) var publishedEvents = 0
    private(set) var refused = 0

    /// The broker has a complex event, or does not take it.
    var onPublished: (RunIdentifier) -> Void = { _ in }
    /// The connection is up.
    var onConnected: () -> Void = {}
    /// The broker has refused a message to a peer, of so many bytes, for its size.
    var onTooLarge: (_ bytes: Int) -> Void = { _ in }
    /// What comes in on the same connection.
    var inbox: Inbox?

    /// - Parameters:
    ///   - statusTopic: where `online` and `offline` are retained.
    ///   - announcesItself: whether `online` is published as soon as the connection is up.
    init(_ link: Link, statusTopic: TopicName?, announcesItself: Bool, logger: Logger) {
        self.link = link
        self.statusTopic = statusTopic
        self.announcesItself = announcesItself
        self.logger = logger
        link.onEvent = { [weak self] event in self?.handle(event) }
    }

    /// Nothing waits, and the broker has acknowledged all, but for what goes to peers.
    var isIdle: Bool { waiting == 0 }

    var waiting: Int { outbox.count + unacknowledged }

    private var unacknowledged: Int { link.connection.unacknowledged - toPeers.count }

    func publish(_ message: Outgoing) { outbox.append(message) }

    /// Says on the status topic whether the gateway is there.
    func announce(_ status: String) {
        guard let statusTopic else { return }
        publish(
            Outgoing(
                topic: statusTopic, payload: Array(status.utf8), qos: .atLeastOnce, isRetained: true, contentType: nil))
    }

    /// To a peer's inbox, ahead of all that waits. Without a connection it is lost, as on the way: it will be sent again.
    func publish(_ bytes: [UInt8], toPeer topic: TopicName) {
        guard link.isConnected else { return }
        do throws(RequestError) {
            toPeers[try link.connection.publish(topic, bytes)] = bytes.count
        } catch {
            refuse("\(error)", ["topic": "\(topic)"])
        }
    }

    /// Hands on as much as may be under way, and writes it.
    func send() {
        while link.isConnected, unacknowledged < Publishing.window, let message = outbox.first {
            do throws(RequestError) {
                let identifier = try link.connection.publish(
                    message.topic, message.payload, qos: message.qos, retain: message.isRetained,
                    contentType: message.contentType)
                outbox.removeFirst()
                if message.contentType != nil { publishedEvents += 1 }
                guard let run = message.run else { continue }
                // With QoS 0 there is no more to be known.
                if message.qos == .atMostOnce { onPublished(run) } else { underWay[identifier] = run }
            } catch {
                switch error {
                case .notConnected, .tooManyUnacknowledged: return
                case .tooLarge, .subscriptionIdentifier, .refused:
                    refuse("\(error)", ["topic": "\(message.topic)"])
                    outbox.removeFirst()
                    if let run = message.run { onPublished(run) }
                }
            }
        }
        if link.connection.wantsWrite { link.connection.write() }
    }

    private func handle(_ event: ConnectionEvent) {
        switch event {
        case .connected:
            // Before what waits: whoever reads the status knows of the gateway when its events come.
            if announcesItself, let statusTopic {
                outbox.prepend(
                    Outgoing(
                        topic: statusTopic, payload: Array("online".utf8), qos: .atLeastOnce, isRetained: true,
                        contentType: nil))
            }
            onConnected()
        case .published(let identifier, let code):
            if code.rawValue >= 0x80 { refuse("the broker refuses: \(code)") }
            if !toPeers.isEmpty, let bytes = toPeers.removeValue(forKey: identifier) {
                if code == .packetTooLarge { onTooLarge(bytes) }
                return
            }
            if !underWay.isEmpty, let run = underWay.removeValue(forKey: identifier) { onPublished(run) }
        case .message, .disconnected, .subscribed, .unsubscribed, .fellBack: break
        }
        inbox?.handle(event)
    }

    /// Says the first at once and counts the rest, of which there may be as many as messages.
    private func refuse(_ reason: String, _ facts: Logger.Metadata = [:]) {
        refused += 1
        if refused == 1 { logger.error("a message cannot be published: \(reason)", metadata: facts) }
    }
}
