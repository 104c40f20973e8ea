private import BoboEngine
private import BoboMQTT
package import BoboTopics

/// Listens to a broker for a while, and tells what is there. Belongs to one thread.
package final class Surveyor {
    package private(set) var survey: TopicSurvey
    package private(set) var hasBegun = false
    package private(set) var remaining: Duration?

    private let subscription: SteadySubscription
    private let duration: Duration?
    private let isEnough: (TopicSurvey) -> Bool
    private let progress: (Surveyor) -> Void
    private let start = ContinuousClock.now
    private var end: ContinuousClock.Instant?

    /// - Parameters:
    ///   - prefix: The first level of the gateways' own topics, which are left out unless a filter names it.
    ///   - duration: From the broker's answer to the subscriptions on; nil: until stopped.
    ///   - isEnough: Whether it may end before.
    package init(
        _ filters: [TopicFilter], prefix: String, duration: Duration?, connection: SteadyConnection,
        isEnough: @escaping (TopicSurvey) -> Bool = { _ in false },
        tell: @escaping (SteadySubscription.News) -> Void = { _ in }, progress: @escaping (Surveyor) -> Void = { _ in }
    ) throws {
        survey = try TopicSurvey()
        self.duration = duration
        self.isEnough = isEnough
        self.progress = progress
        subscription = SteadySubscription(
            RecordedTopics(filters, qos: .atLeastOnce, prefix: prefix), connection: connection, tell: tell)
        subscription.onBegin = { [unowned self] in
            hasBegun = true
            end = duration.map { .now + $0 }
        }
        subscription.onMessage = { [unowned self] topic, message in
            let arrival = (ContinuousClock.now - start).wholeMilliseconds
            survey.add(
                topic: topic, message.payload, isRetained: message.isRetained,
                arrival: arrival)
        }
    }

    /// Listens until the time is over, it is enough, or a stop is asked for.
    ///
    /// - Returns: whether a stop was asked for.
    /// - Throws: `BrokerFailure`; what had come till then is in `survey`.
    package func run() throws -> Bool {
        defer { subscription.connection.close(within: .seconds(1)) }
        while true {
            let round = try subscription.turn(
                atMost: end.map { min(.milliseconds(500), $0 - .now) } ?? .milliseconds(500))
            let now = ContinuousClock.now
            remaining = end.map { max($0 - now, .zero) }
            progress(self)
            if round.isStopped { return true }
            if hasBegun, isEnough(survey) { return false }
            if let end, now >= end { return false }
        }
    }
}
