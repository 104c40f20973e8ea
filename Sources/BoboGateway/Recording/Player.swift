import BoboEngine
package import BoboMQTT
import BoboTopics

/// Publishes the lines of an event file, each when it is due. Belongs to one thread.
package final class Player {
    package struct Options: Sendable {
        package var path: String
        package var speed = PlaybackClock.Speed.factor(1)
        package var qos = QoS.atLeastOnce
        /// Over and over, until stopped.
        package var loops = false
        /// Stops at the first line that cannot be played.
        package var isStrict = false

        package init(path: String) { self.path = path }
    }

    package struct Figures: Hashable, Sendable {
        package var messages = 0
        /// Of `messages`, those that the broker has not acknowledged yet.
        package var unacknowledged = 0
        /// Lines that could not be played.
        package var skipped = 0
        package var bytesRead: Int64 = 0
        package var size: Int64?
        package var passes = 0
        /// Until the next line is due.
        package var gap: Duration?
    }

    package enum News: Sendable {
        case badLine(EventFileError)
        case notTaken(topic: String, ReasonCode)
        /// The broker is absent, or the connection lost.
        case away(ConnectionFailure)
        case back
    }

    /// A stop was asked for.
    private struct Stopped: Error {}

    package private(set) var figures = Figures()

    private let options: Options
    private let connection: SteadyConnection
    private let tell: (News) -> Void
    private let progress: (Figures) -> Void
    private var clock: PlaybackClock
    package private(set) var hasConnected = false
    private var isAway = false
    /// The topics of the messages under way.
    private var topics: [MessageID: String] = [:]
    private var refused = 0
    private var refusal: ReasonCode?
    /// Lines that took their place in time.
    private var played = 0
    /// Messages since the last round of the connection.
    private var handedOver = 0

    /// Messages that wait for their acknowledgments before the next is read.
    private static let window = 1000
    /// Messages that are handed over before the connection has a turn.
    private static let batch = 100
    /// How long a stop waits for acknowledgments.
    private static let patience = Duration.seconds(2)

    package init(
        _ options: Options, connection: SteadyConnection, tell: @escaping (News) -> Void = { _ in },
        progress: @escaping (Figures) -> Void = { _ in }
    ) {
        self.options = options
        self.connection = connection
        self.tell = tell
        self.progress = progress
        clock = PlaybackClock(speed: options.speed)
        connection.onEvent = { [unowned self] in take($0) }
        connection.onAway = { [unowned self] failure in
            isAway = true
            tell(.away(failure))
        }
    }

    /// Plays till the end of the file, or a stop is asked for, and till the broker has acknowledged all.
    ///
    /// - Throws: `EventFileError`, `BrokerFailure`.
    package func run() throws {
        do {
            try playAll()
            try drain()
        } catch is Stopped {
            finishStopped()
        } catch let error as EventFileError {
            finishStopped()
            connection.close(within: .seconds(1))
            throw error
        }
        connection.close(within: .seconds(1))
        if let refusal { throw BrokerFailure.notTaken(count: refused, refusal) }
    }

    private func playAll() throws {
        // Opened before the broker is looked for: a file that is not there need not wait for it.
        var reader = try open()
        while !connection.isConnected { try turn() }
        while true {
            let before = played
            while let line = try reader.next() { try play(line, of: reader) }
            figures.passes += 1
            guard options.loops else { return }
            guard played > before else {
                throw EventFileError.cannotRead(path: options.path, reason: "no line of it can be played")
            }
            clock.beginPass()
            reader = try open()
        }
    }

    private func open() throws -> EventFileReader {
        let reader = try EventFileReader(
            path: options.path,
            awaitInput: { [unowned self] descriptor in
                progress(figures)
                while try !turn(other: .readable(descriptor)).isOtherReady {}
            },
            onBadLine: { [unowned self] number, reason in try skip(number, reason) })
        figures.size = reader.size
        return reader
    }

    private func skip(_ number: UInt64, _ reason: String) throws {
        let error = EventFileError.badLine(path: options.path, number: number, reason: reason)
        if options.isStrict { throw error }
        figures.skipped += 1
        tell(.badLine(error))
    }

    private func play(_ line: EventFileReader.Line, of reader: EventFileReader) throws {
        figures.bytesRead = reader.bytesRead
        try wait(until: clock.due(line.event.timestamp, now: .now))
        played += 1
        guard let (text, payload) = line.event.message else { return }
        let topic: TopicName
        do {
            topic = try TopicName(text)
        } catch {
            played -= 1
            return try skip(line.number, "\(error)")
        }
        try publish(topic, payload, isRetained: line.event.isRetained, number: line.number)
    }

    private func wait(until due: ContinuousClock.Instant) throws {
        while true {
            let gap = due - .now
            guard gap > .zero || handedOver >= Player.batch else { break }
            figures.gap = gap
            try turn(atMost: max(gap, .zero))
        }
        figures.gap = nil
    }

    private func publish(_ topic: TopicName, _ payload: [UInt8], isRetained: Bool, number: UInt64) throws {
        while true {
            let mqtt = connection.connection
            let isFull = mqtt.unacknowledged >= Player.window || (handedOver >= Player.batch && mqtt.wantsWrite)
            guard mqtt.isConnected, !isFull else {
                try turn()
                continue
            }
            do throws(RequestError) {
                let id = try mqtt.publish(topic, payload, qos: options.qos, retain: isRetained)
                if options.qos != .atMostOnce { topics[id] = topic.text }
                figures.messages += 1
                handedOver += 1
                return
            } catch {
                switch error {
                case .notConnected, .tooManyUnacknowledged: try turn()
                case .tooLarge, .refused, .subscriptionIdentifier: return try skip(number, "\(error)")
                }
            }
        }
    }

    /// Until all is acknowledged, and written where nothing is.
    private func drain() throws {
        while connection.connection.unacknowledged > 0 || connection.connection.wantsWrite { try turn() }
    }

    /// What was begun ends in order, if the broker lets it.
    private func finishStopped() {
        guard connection.isConnected else { return }
        connection.heedsStop = false
        let deadline = ContinuousClock.now + Player.patience
        while connection.connection.unacknowledged > 0, ContinuousClock.now < deadline {
            guard (try? connection.turn(atMost: .milliseconds(50))) != nil else { return }
        }
    }

    @discardableResult
    private func turn(atMost wait: Duration = .seconds(1), other: SteadyConnection.Other? = nil) throws
        -> SteadyConnection.Round
    {
        let round = try connection.turn(atMost: wait, other: other)
        handedOver = 0
        figures.unacknowledged = connection.connection.unacknowledged
        progress(figures)
        if round.isStopped { throw Stopped() }
        if options.isStrict, let refusal { throw BrokerFailure.notTaken(count: refused, refusal) }
        return round
    }

    private func take(_ event: ConnectionEvent) {
        switch event {
        case .connected:
            hasConnected = true
            if isAway { tell(.back) }
            isAway = false
        case .published(let id, let code):
            connection.madeProgress()
            let topic = topics.removeValue(forKey: id)
            guard code.isError else { return }
            refused += 1
            // One message about it is enough: a user who may not write there may not write a million times.
            if refusal == nil { tell(.notTaken(topic: topic ?? "", code)) }
            refusal = refusal ?? code
        default: break
        }
    }
}
