import BoboEngine
package import BoboMQTT
import Glibc

/// A connection that is made again when it is lost, driven by the loop of a command. A broker that is absent or gone is
/// tried for so long as the command has patience; one that refuses for good is given up at once. Belongs to one thread.
package final class SteadyConnection {
    /// What a round of the loop met.
    package struct Round {
        /// A stop was asked for.
        package let isStopped: Bool
        /// The other descriptor is ready.
        package let isOtherReady: Bool
    }

    /// A descriptor that is waited for besides the connection's.
    package struct Other {
        let descriptor: Int32
        let events: Int16

        package static func readable(_ descriptor: Int32) -> Other {
            Other(descriptor: descriptor, events: Int16(POLLIN))
        }
    }

    package private(set) var connection: Connection
    /// Called within `turn`, as `Connection.onEvent` is.
    package var onEvent: (ConnectionEvent) -> Void = { _ in }

    /// Called once an absence: when the broker could first not be reached, and when the connection is lost.
    package var onAway: (ConnectionFailure) -> Void = { _ in }
    /// Whether `onAway` was called since the last connection.
    private var isAway = false
    /// False: the owner knows, and has something to end.
    package var heedsStop = true

    private var options: ConnectionOptions
    private let patience: Duration
    /// Readable once a stop is asked for.
    private let stop: Int32
    private var policy: ReconnectPolicy
    private var random = SystemRandomNumberGenerator()
    private let start = ContinuousClock.now

    /// When the broker was last of use, which a connection that is lost at once does not show.
    private var absentSince = ContinuousClock.now
    private var connectedAt: ContinuousClock.Instant?
    private var nextAttempt = ContinuousClock.now
    private var lastFailure: ConnectionFailure?
    private var final: ConnectionFailure?
    private var hasMore = false
    private var isClosing = false
    private var beginsAnew = false

    /// - Parameter patience: How long a broker may be absent.
    package init(_ options: ConnectionOptions, patience: Duration, stop: Int32) throws(BrokerFailure) {
        var options = options
        // Over 3.1.1 the broker would keep the session of this client, who does not come back, for ever.
        if options.version == .v311 { options.cleanStart = true }
        options.connectTimeout = min(options.connectTimeout, max(patience, .milliseconds(100)))
        self.options = options
        self.patience = patience
        self.stop = stop
        var settings = ReconnectPolicy.Settings()
        // Somebody waits for the command to end: he is not to wait long for a broker that is back.
        settings.minimum = .milliseconds(200)
        settings.maximum = .seconds(2)
        settings.pauseForAnotherClient = .seconds(2)
        policy = ReconnectPolicy(settings)
        connection = try SteadyConnection.make(options)
        connection.onEvent = { [unowned self] in take($0) }
    }

    private static func make(_ options: ConnectionOptions) throws(BrokerFailure) -> Connection {
        do throws(ConnectionOptionError) {
            return try Connection(options)
        } catch {
            throw .options(error)
        }
    }

    package var isConnected: Bool { connection.isConnected }

    /// The broker has done something for the command, so its patience begins anew with the next loss.
    package func madeProgress() { absentSince = .now }

    /// One round: waits for something to happen, at most so long, and handles it.
    package func turn(atMost wait: Duration = .seconds(1), other: Other? = nil) throws(BrokerFailure) -> Round {
        if !isClosing { try attempt() }
        let socket = connection.descriptor
        var polls = [
            pollfd(fd: socket ?? -1, events: Int16(connection.wantsWrite ? POLLIN | POLLOUT : POLLIN), revents: 0),
            pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other?.descriptor ?? -1, events: other?.events ?? 0, revents: 0),
        ]
        if !heedsStop { polls[1].fd = -1 }
        if poll(&polls, 3, hasMore ? 0 : timeout(wait)) < 0 {
            // Interrupted: the descriptors will tell why.
            for index in polls.indices { polls[index].revents = 0 }
        }
        if hasMore || polls[0].revents & ~Int16(POLLOUT) != 0 { hasMore = connection.read() }
        if connection.wantsWrite { connection.write() }
        connection.misc()
        if beginsAnew { try beginAnew() }
        if let final { throw .refused(options.url, final) }
        return Round(isStopped: polls[1].revents != 0, isOtherReady: polls[2].revents != 0)
    }

    /// Says goodbye, after all that is queued has gone out, as far as that is possible within the time.
    package func close(within limit: Duration) {
        isClosing = true
        heedsStop = false
        guard connection.isConnected else { return }
        let deadline = ContinuousClock.now + limit
        connection.disconnect(sessionExpiry: 0)
        while connection.descriptor != nil, ContinuousClock.now < deadline {
            guard (try? turn(atMost: deadline - .now)) != nil else { return }
        }
    }

    /// Connects where it is time to, and loses patience where it is time for that.
    private func attempt() throws(BrokerFailure) {
        guard !connection.isConnected else { return }
        let now = ContinuousClock.now
        if now - absentSince >= patience {
            throw .absent(options.url, milliseconds: patience.wholeMilliseconds, lastFailure ?? .timeout)
        }
        guard connection.descriptor == nil, now >= nextAttempt else { return }
        do throws(ConnectionFailure) {
            try connection.connect()
        } catch {
            failed(error)
            if let final { throw .refused(options.url, final) }
        }
    }

    /// In milliseconds, rounded up, for `poll`.
    private func timeout(_ wait: Duration) -> Int32 {
        var wait = min(wait, .seconds(1))
        if !connection.isConnected, !isClosing {
            let now = ContinuousClock.now
            wait = min(wait, absentSince + patience - now)
            if connection.descriptor == nil { wait = min(wait, nextAttempt - now) }
        }
        let (seconds, attoseconds) = max(wait, .zero).components
        return Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    private func take(_ event: ConnectionEvent) {
        switch event {
        case .connected:
            connectedAt = .now
            isAway = false
            policy.connected(at: .now - start)
        case .fellBack where !options.cleanStart:
            beginsAnew = true
            return
        case .disconnected(let failure):
            hasMore = false
            if let failure, !isClosing { failed(failure) }
        default: break
        }
        onEvent(event)
    }

    private func failed(_ failure: ConnectionFailure) {
        let now = ContinuousClock.now
        if let connectedAt, now - connectedAt >= .seconds(5) { absentSince = now }
        connectedAt = nil
        lastFailure = failure
        switch policy.failed(failure, at: now - start, using: &random) {
        case .giveUp(let failure): final = failure
        case .retry(let pause), .anotherClient(let pause):
            nextAttempt = now + pause
            guard !isAway else { return }
            isAway = true
            onAway(failure)
        }
    }

    private func beginAnew() throws(BrokerFailure) {
        beginsAnew = false
        options.version = .v311
        options.cleanStart = true
        connection = try SteadyConnection.make(options)
        connection.onEvent = { [unowned self] in take($0) }
        nextAttempt = .now
    }
}
