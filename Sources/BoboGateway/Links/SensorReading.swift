import BoboMQTT
import BoboTopics
import Logging

/// The connection that reads the sensors: what it subscribes to, and which of the messages count.
final class SensorReading {
    let link: Link
    private let logger: Logger
    private var wanted: [WantedFilter]
    private var plan = SubscriptionPlan([], identifiers: false)
    private var routes: [String: TopicRoute] = [:]
    private var duplicates = RedeliveryFilter()
    private var unanswered: Set<MessageID> = []
    private var hasConnected = false
    /// Retained messages are news only after the start.
    private var takesRetained = true
    private let maximumPayload: Int

    private(set) var unwanted = 0
    private(set) var redelivered = 0
    private(set) var tooLarge = 0
    /// Whether all subscriptions are made.
    private(set) var isReady = false
    /// Called with each message that counts, in libmosquitto's memory.
    var onMessage: (_ topic: String, BorrowedMessage) -> Void = { _, _ in }

    private static let maximumTopics = 200_000

    init(_ link: Link, wanted: [WantedFilter], maximumPayload: Int, logger: Logger) {
        self.link = link
        self.wanted = wanted
        self.maximumPayload = maximumPayload
        self.logger = logger
        link.onEvent = { [weak self] event in self?.handle(event) }
    }

    private func handle(_ event: ConnectionEvent) {
        switch event {
        case .message(let message): take(message)
        case .connected: subscribe(to: wanted)
        case .disconnected:
            isReady = false
            unanswered = []
        case .subscribed(let identifier, let codes): subscribed(identifier, codes)
        case .fellBack, .unsubscribed, .published: break
        }
    }

    // MARK: Subscriptions

    /// Subscribes to what the filters come to now, and lets go of what they no longer do.
    func subscribe(to filters: [WantedFilter]) {
        wanted = filters
        guard link.isConnected else { return }
        let previous = Set(plan.subscriptions.map(\.filter))
        plan = SubscriptionPlan(filters, identifiers: link.connection.hasSubscriptionIdentifiers)
        routes = [:]
        isReady = false
        // Stored messages are sent when the gateway starts, not when it comes back.
        let handling: RetainHandling = hasConnected ? .doNotSend : .send
        takesRetained = !hasConnected
        hasConnected = true
        do throws(RequestError) {
            for subscription in plan.subscriptions {
                unanswered.insert(
                    try link.connection.subscribe(
                        subscription.filter, qos: subscription.qos, identifier: subscription.identifier,
                        retainHandling: handling))
            }
            for filter in previous.subtracting(plan.subscriptions.map(\.filter)) {
                _ = try link.connection.unsubscribe(filter)
            }
        } catch {
            logger.warning("subscribing failed: \(error)")
        }
        isReady = unanswered.isEmpty
    }

    private func subscribed(_ identifier: MessageID, _ codes: [ReasonCode]) {
        unanswered.remove(identifier)
        for code in codes where code.rawValue >= 0x80 {
            logger.error("the broker refuses a subscription: \(code)")
        }
        isReady = unanswered.isEmpty
    }

    // MARK: Messages

    private func take(_ message: BorrowedMessage) {
        let topic = String(cString: message.topic)
        guard route(topic).counts(message.subscriptionIdentifiers) else {
            unwanted += 1
            return
        }
        if message.qos == .atLeastOnce, duplicates.isRedelivered(message) {
            redelivered += 1
            return
        }
        guard !message.isRetained || takesRetained else { return }
        guard message.payload.count <= maximumPayload else {
            tooLarge += 1
            return
        }
        onMessage(topic, message)
    }

    private func route(_ topic: String) -> TopicRoute {
        if let route = routes[topic] { return route }
        guard let name = try? TopicName(topic) else { return .unwanted }
        let route = plan.route(of: name)
        if routes.count >= SensorReading.maximumTopics { routes.removeAll() }
        routes[topic] = route
        return route
    }
}
