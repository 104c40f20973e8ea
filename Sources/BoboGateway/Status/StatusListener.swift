import BoboMQTT
import BoboTopics

/// Listens to what gateways say of themselves. Belongs to one thread.
package final class StatusListener {
    package private(set) var survey: GatewaySurvey
    /// Whether the broker has answered the subscriptions.
    package private(set) var hasBegun = false
    private let steady: SteadyConnection
    private let prefix: String
    private let tell: (SteadySubscription.News) -> Void
    private var pending: [MessageID: TopicFilter] = [:]
    private var failure: (any Error)?
    /// When the last message came that the broker had stored, or its answer to the subscriptions.
    private var lastStored = ContinuousClock.now

    package init(
        prefix: String, connection: SteadyConnection, tell: @escaping (SteadySubscription.News) -> Void = { _ in }
    ) {
        survey = GatewaySurvey(prefix: prefix)
        self.prefix = prefix
        steady = connection
        self.tell = tell
        steady.onEvent = { [unowned self] in take($0) }
        steady.onAway = { tell(.away($0)) }
    }

    /// How long nothing has come that the broker had stored, all of which comes at once.
    package var quiet: Duration { ContinuousClock.now - lastStored }

    /// One round: waits for something to happen, at most so long, and handles it.
    /// - Returns: whether a stop was asked for.
    /// - Throws: `BrokerFailure`.
    package func turn(atMost wait: Duration) throws -> Bool {
        let round = try steady.turn(atMost: wait)
        if let failure { throw failure }
        return round.isStopped
    }

    package func close() { steady.close(within: .seconds(1)) }

    /// What is shown has been shown.
    package func clearNews() { survey.hasNews = false }

    private func take(_ event: ConnectionEvent) {
        guard failure == nil else { return }
        do {
            switch event {
            case .connected: try connected()
            case .subscribed(let id, let codes): try subscribed(id, codes)
            case .message(let message):
                if message.isRetained { lastStored = .now }
                steady.madeProgress()
                survey.add(topic: String(cString: message.topic), Array(message.payload), at: .now)
            default: break
            }
        } catch {
            failure = error
        }
    }

    private func connected() throws {
        pending = [:]
        for text in ["\(prefix)/status/+", "\(prefix)/stats/+", GatewaySurvey.dropped] {
            let filter = try TopicFilter(text)
            pending[try steady.connection.subscribe(filter, qos: .atLeastOnce)] = filter
        }
    }

    private func subscribed(_ id: MessageID, _ codes: [ReasonCode]) throws {
        guard let filter = pending.removeValue(forKey: id) else { return }
        // Not every broker has it, nor lets everybody read it.
        if let refusal = codes.first(where: \.isError), filter.text != GatewaySurvey.dropped {
            throw BrokerFailure.subscription(filter: filter.text, refusal)
        }
        guard pending.isEmpty else { return }
        steady.madeProgress()
        lastStored = .now
        tell(hasBegun ? .back : .subscribed)
        hasBegun = true
    }
}
