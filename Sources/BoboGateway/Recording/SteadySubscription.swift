package import BoboMQTT
private import BoboTopics

/// What some filters match on a broker, each message once, over losses of the connection. Belongs to one thread.
package final class SteadySubscription {
    /// What a person may want to know while it goes on.
    package enum News: Hashable, Sendable {
        case subscribed
        /// The broker is absent, or the connection lost.
        case away(ConnectionFailure)
        case back
    }

    /// Called once, when the broker has first answered all subscriptions.
    package var onBegin: () throws -> Void = {}
    /// Called with each message and its topic; a broker may send some before it has answered.
    package var onMessage: (String, BorrowedMessage) throws -> Void = { _, _ in }

    package let connection: SteadyConnection
    private let tell: (News) -> Void
    private var topics: RecordedTopics
    private var redelivery = RedeliveryFilter()
    /// Messages of the subscriptions under way, each with its filter.
    private var pending: [MessageID: TopicFilter] = [:]
    private var hasSubscribed = false
    private var failure: (any Error)?

    package init(_ topics: RecordedTopics, connection: SteadyConnection, tell: @escaping (News) -> Void = { _ in }) {
        self.topics = topics
        self.connection = connection
        self.tell = tell
        connection.onEvent = { [unowned self] in take($0) }
        connection.onAway = { tell(.away($0)) }
    }

    /// One round: waits for something to happen, at most so long, and handles it.
    ///
    /// - Throws: `BrokerFailure`, or what `onBegin` and `onMessage` have thrown.
    package func turn(atMost wait: Duration) throws -> SteadyConnection.Round {
        let round = try connection.turn(atMost: wait)
        if let failure { throw failure }
        return round
    }

    private func take(_ event: ConnectionEvent) {
        guard failure == nil else { return }
        do {
            switch event {
            case .connected(let sessionPresent): try connected(sessionPresent: sessionPresent)
            case .subscribed(let id, let codes): try subscribed(id, codes)
            case .message(let message): try received(message)
            default: break
            }
        } catch {
            failure = error
        }
    }

    private func connected(sessionPresent: Bool) throws {
        pending = [:]
        guard !sessionPresent || !hasSubscribed else { return tell(.back) }
        let connection = self.connection.connection
        // What the broker has stored comes once: at a reconnect it is no news.
        let handling: RetainHandling = hasSubscribed ? .doNotSend : .send
        for subscription in topics.subscriptions(identifiers: connection.hasSubscriptionIdentifiers) {
            let id = try connection.subscribe(
                subscription.filter, qos: subscription.qos, identifier: subscription.identifier,
                retainHandling: handling)
            pending[id] = subscription.filter
        }
    }

    private func subscribed(_ id: MessageID, _ codes: [ReasonCode]) throws {
        guard let filter = pending.removeValue(forKey: id) else { return }
        if let refusal = codes.first(where: \.isError) {
            throw BrokerFailure.subscription(filter: filter.text, refusal)
        }
        guard pending.isEmpty else { return }
        connection.madeProgress()
        guard !hasSubscribed else { return tell(.back) }
        hasSubscribed = true
        try onBegin()
        tell(.subscribed)
    }

    private func received(_ message: BorrowedMessage) throws {
        let topic = String(cString: message.topic)
        guard topics.takes(topic, message.subscriptionIdentifiers) else { return }
        // Of QoS 0 nothing comes again, and QoS 2 sorts it out itself.
        if message.qos == .atLeastOnce, redelivery.isRedelivered(message) { return }
        connection.madeProgress()
        try onMessage(topic, message)
    }
}
