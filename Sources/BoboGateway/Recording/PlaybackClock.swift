/// When the lines of an event file are due, so that the gaps between them are those of the recording, or by a factor
/// shorter or longer. A state machine without clock: times come with the calls.
package struct PlaybackClock: Sendable {
    package enum Speed: Hashable, Sendable {
        /// 2: in half the time.
        case factor(Double)
        case unbounded
    }

    private let speed: Speed
    /// Of the present pass: its first line's and its greatest timestamp, and when the first line was due.
    private var first: Int64?
    private var greatest: Int64 = 0
    private var start: ContinuousClock.Instant?

    /// The shortest time from one pass over a file to the next, at the recording's speed: a file of one moment played in a
    /// loop is not to flood the broker.
    static let shortestPass: Int64 = 1000
    /// 100 years, in milliseconds.
    private static let limit = 3.2e12

    package init(speed: Speed) { self.speed = speed }

    /// When a line of this timestamp, in milliseconds, is due: at once where it is not later than an earlier line.
    package mutating func due(_ timestamp: Int64, now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        guard case .factor(let factor) = speed else { return now }
        guard let first, let start else {
            first = timestamp
            greatest = timestamp
            let start = max(self.start ?? now, now)
            self.start = start
            return start
        }
        greatest = max(greatest, timestamp)
        return start + PlaybackClock.span(from: first, to: timestamp, factor)
    }

    /// Begins the next pass, due when this one has taken its time.
    package mutating func beginPass() {
        guard case .factor(let factor) = speed, let first, let start else { return }
        let shortest = PlaybackClock.span(from: 0, to: PlaybackClock.shortestPass, factor)
        self.start = start + max(PlaybackClock.span(from: first, to: greatest, factor), shortest)
        self.first = nil
    }

    private static func span(from first: Int64, to timestamp: Int64, _ factor: Double) -> Duration {
        // As doubles: two timestamps may lie further apart than 64 bits hold.
        let milliseconds = (Double(timestamp) - Double(first)) / factor
        return .milliseconds(min(max(milliseconds, 0), limit))
    }
}
