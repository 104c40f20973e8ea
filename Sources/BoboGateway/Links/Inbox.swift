import BoboMQTT
import BoboTopics
import Logging

/// What comes in on the connection that publishes: the messages of the peers, the gateways' statuses, and the questions of
/// those who watch the runs.
final class Inbox {
    private let link: Link
    private let logger: Logger
    private let inbox: String
    private let statuses: String
    private let watch: String
    private let hasPeers: Bool
    private var unanswered: Set<MessageID> = []
    /// Those that hear more than the gateway itself needs.
    var others: [InboxListener] = []
    /// What was asked for them.
    private var unansweredOthers: Set<MessageID> = []
    /// Whether the inbox and the statuses are subscribed.
    private(set) var isUp = false
    /// Inbox and statuses are subscribed, or the connection is lost.
    var onChange: (_ isUp: Bool) -> Void = { _ in }
    var onPeerMessage: ([UInt8]) -> Void = { _ in }
    var onWatch: () -> Void = {}
    var onStatus: (_ gateway: String, _ isOnline: Bool, _ isRetained: Bool) -> Void = { _, _, _ in }

    init(_ link: Link, prefix: String, instance: String, watch: String, hasPeers: Bool, logger: Logger) {
        self.link = link
        self.logger = logger
        inbox = "\(prefix)/peer/\(instance)"
        statuses = "\(prefix)/status/"
        self.watch = watch
        self.hasPeers = hasPeers
    }

    func handle(_ event: ConnectionEvent) {
        switch event {
        case .connected: subscribe()
        case .disconnected:
            unanswered = []
            unansweredOthers = []
            guard isUp else { return }
            isUp = false
            onChange(false)
        case .subscribed(let identifier, let codes):
            if unansweredOthers.remove(identifier) != nil {
                for code in codes where code.rawValue >= 0x80 {
                    logger.warning(
                        "the broker refuses a subscription",
                        metadata: ["for": "the page, or Home Assistant's discovery", "reason": "\(code)"])
                }
                return
            }
            for code in codes where code.rawValue >= 0x80 {
                logger.error("the broker refuses the subscription of the inbox or of the statuses: \(code)")
            }
            guard unanswered.remove(identifier) != nil, unanswered.isEmpty else { return }
            isUp = true
            onChange(true)
        case .message(let message): take(message)
        case .published, .unsubscribed, .fellBack: break
        }
    }

    private func subscribe() {
        do {
            // The statuses first: this gateway's own, which is published after, comes back behind those that were stored.
            for filter in (hasPeers ? [statuses + "+", inbox] : []) + [watch] {
                unanswered.insert(try link.connection.subscribe(try TopicFilter(filter)))
            }
        } catch {
            logger.error("the inbox cannot be subscribed: \(error)")
        }
        for listener in others {
            for wanted in listener.filters {
                // The inbox is up without them.
                let identifier = try? link.connection.subscribe(
                    wanted.filter, qos: .atMostOnce, retainHandling: wanted.retained ? .send : .doNotSend,
                    noLocal: wanted.fromOthersOnly)
                if let identifier { unansweredOthers.insert(identifier) }
            }
        }
    }

    private func take(_ message: BorrowedMessage) {
        let topic = String(cString: message.topic)
        if topic == inbox {
            // What is retained was no message to this life, whoever published it so.
            if !message.isRetained { onPeerMessage(Array(message.payload)) }
        } else if topic == watch {
            if !message.isRetained { onWatch() }
        } else if topic.hasPrefix(statuses) {
            let isOnline = message.payload.elementsEqual("online".utf8)
            guard isOnline || message.payload.elementsEqual("offline".utf8) else { return }
            onStatus(String(topic.dropFirst(statuses.count)), isOnline, message.isRetained)
        }
        for listener in others { listener.take(topic, message) }
    }
}

/// Somebody who hears more on the connection that publishes than the gateway itself needs.
struct InboxListener {
    struct Wanted {
        let filter: TopicFilter
        /// Whether what the broker has stored is wanted, too.
        let retained: Bool
        /// Whether what this gateway publishes need not come back; over MQTT 3.1.1 it does all the same.
        var fromOthersOnly = false
    }

    let filters: [Wanted]
    /// Also what others have subscribed.
    let take: (_ topic: String, BorrowedMessage) -> Void
}
