package import BoboMQTT
package import BoboTopics
import Glibc

/// Writes what a broker's clients publish to an event file, as it comes. Belongs to one thread.
package final class Recorder {
    package struct Options: Sendable {
        package var filters: [TopicFilter]
        package var qos = QoS.atLeastOnce
        /// From the broker's answer to the subscriptions on; nil: until stopped.
        package var duration: Duration?
        /// The first level of the gateways' own topics.
        package var prefix: String

        package init(filters: [TopicFilter], prefix: String) {
            self.filters = filters
            self.prefix = prefix
        }
    }

    package struct Figures: Hashable, Sendable {
        package var messages = 0
        /// Of `messages`, those that the broker had stored.
        package var retained = 0
        /// Longer than a line of an event file may be; left out.
        package var tooLong = 0
        package var topics = 0
        package var remaining: Duration?
    }

    package private(set) var figures = Figures()

    private let options: Options
    private let connection: SteadyConnection
    private let file: EventFileWriter
    /// Milliseconds since 1970.
    private let clock: () -> Int64
    private let progress: (Figures) -> Void

    private let subscription: SteadySubscription
    private var seen: Set<String> = []
    private var end: ContinuousClock.Instant?
    private var last: Int64 = 0

    private static let flushInterval = Duration.milliseconds(500)
    /// Topics that are counted one by one.
    private static let topicLimit = 200_000

    package init(
        _ options: Options, connection: SteadyConnection, file: EventFileWriter,
        clock: @escaping () -> Int64 = { ArrivalClock.date },
        tell: @escaping (SteadySubscription.News) -> Void = { _ in },
        progress: @escaping (Figures) -> Void = { _ in }
    ) {
        self.options = options
        self.connection = connection
        self.file = file
        self.clock = clock
        self.progress = progress
        subscription = SteadySubscription(
            RecordedTopics(options.filters, qos: options.qos, prefix: options.prefix), connection: connection,
            tell: tell)
        subscription.onBegin = { [unowned self] in
            try file.begin()
            end = options.duration.map { .now + $0 }
        }
        subscription.onMessage = { [unowned self] in try record($0, $1) }
    }

    /// Records until the time is over or a stop is asked for.
    ///
    /// - Throws: `BrokerFailure`, after what had come till then was written; `EventFileWriteError`.
    package func run() throws {
        do {
            try loop()
        } catch let error as EventFileWriteError {
            connection.close(within: .seconds(1))
            throw error
        } catch {
            try finish()
            throw error
        }
        try finish()
        connection.close(within: .seconds(1))
    }

    private func loop() throws {
        var flushed = ContinuousClock.now
        while true {
            let round = try subscription.turn(atMost: wait())
            let now = ContinuousClock.now
            if file.hasBuffered, now - flushed >= Recorder.flushInterval {
                try file.flush()
                flushed = now
            }
            figures.remaining = end.map { max($0 - now, .zero) }
            progress(figures)
            if round.isStopped { return }
            if let end, now >= end { return }
        }
    }

    private func wait() -> Duration {
        let limit = file.hasBuffered ? Recorder.flushInterval : .seconds(1)
        return end.map { min(limit, $0 - .now) } ?? limit
    }

    private func finish() throws {
        guard file.hasBegun else { return file.discard() }
        try file.write(timestamp: timestamp())
        try file.flush()
    }

    /// The time of arrival, which does not go back with the machine's clock: a line that did would be late.
    private func timestamp() -> Int64 {
        last = max(last, clock())
        return last
    }

    private func record(_ topic: String, _ message: BorrowedMessage) throws {
        // A broker may send messages before it has answered the subscription.
        try file.begin()
        let isWritten = try file.write(
            timestamp: timestamp(), topic: topic, payload: message.payload, isRetained: message.isRetained)
        guard isWritten else { return figures.tooLong += 1 }
        figures.messages += 1
        if message.isRetained { figures.retained += 1 }
        if seen.count < Recorder.topicLimit, seen.insert(topic).inserted { figures.topics += 1 }
    }
}
