/// When to connect again after a connection could not be made or was lost: later each time, with jitter, so that the
/// clients of a broker that comes back do not all come at once.
///
/// A state machine without clock and without I/O: times are the owner's, monotonic, chance comes with the call.
package struct ReconnectPolicy: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        case retry(after: Duration)
        /// Connections are lost again and again right after they were made, as happens to two clients of one client id,
        /// which throw each other out. To be said, and tried again after the pause.
        case anotherClient(retryAfter: Duration)
        /// Trying again is pointless till a person has changed something.
        case giveUp(ConnectionFailure)
    }

    package struct Settings: Hashable, Sendable {
        package var minimum = Duration.seconds(1)
        package var maximum = Duration.seconds(60)
        /// A connection lost sooner counts as thrown out.
        package var shortLife = Duration.seconds(5)
        /// How many of those in a row mean another client.
        package var shortLives = 3
        package var pauseForAnotherClient = Duration.seconds(30)

        package init() {}
    }

    private let settings: Settings
    private var connectedAt: Duration?
    /// Failures since the last connection.
    private var attempts = 0
    private var shortLivesInARow = 0

    package init(_ settings: Settings = Settings()) { self.settings = settings }

    package mutating func connected(at now: Duration) { connectedAt = now }

    /// Takes a failure to connect, or a loss, and says what to do.
    package mutating func failed(
        _ failure: ConnectionFailure, at now: Duration, using random: inout some RandomNumberGenerator
    ) -> Step {
        if let connectedAt {
            let lasted = now - connectedAt >= settings.shortLife
            self.connectedAt = nil
            // A broker that has just accepted is not absent. And two clients of one id, of which each comes back later and
            // later, would soon leave each other more than a short life, and never be found out.
            attempts = 0
            // MQTT 5 has a word for it, which libmosquitto 2.0 does not pass on.
            shortLivesInARow =
                !lasted || failure == .disconnectedByBroker(.sessionTakenOver) ? shortLivesInARow + 1 : 0
        } else {
            // A broker that is down, not another client.
            shortLivesInARow = 0
        }
        if failure.isFinal { return .giveUp(failure) }
        if shortLivesInARow >= settings.shortLives {
            return .anotherClient(retryAfter: settings.pauseForAnotherClient)
        }
        return .retry(after: delay(using: &random))
    }

    /// Between a half and the whole of a span that doubles from twice the minimum to the maximum.
    private mutating func delay(using random: inout some RandomNumberGenerator) -> Duration {
        var span = settings.minimum * 2
        for _ in 0..<attempts where span < settings.maximum { span *= 2 }
        span = min(span, settings.maximum)
        attempts += 1
        return max(settings.minimum, span * Double.random(in: 0.5...1, using: &random))
    }
}
