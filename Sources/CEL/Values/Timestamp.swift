/// A point in time with nanoseconds, from 0001-01-01T00:00:00Z up to the end of the year 9999, as CEL bounds it.
public struct Timestamp: Hashable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z; negative before.
    public let seconds: Int64
    /// What is to be added to `seconds`: 0 to 999,999,999.
    public let nanoseconds: Int32

    static let secondsRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// - Returns: nil where the point lies outside the years 1 to 9999, or the nanoseconds outside 0 to 999,999,999.
    public init?(seconds: Int64, nanoseconds: Int32 = 0) {
        guard Timestamp.secondsRange.contains(seconds), (0..<1_000_000_000).contains(nanoseconds) else { return nil }
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// - Parameter milliseconds: since 1970-01-01T00:00:00Z; cut to the years 1 to 9999.
    public init(clampingMilliseconds milliseconds: Int64) {
        let (second, rest) = milliseconds.dividedDown(by: 1000)
        seconds = min(max(second, Timestamp.secondsRange.lowerBound), Timestamp.secondsRange.upperBound)
        nanoseconds = Int32(rest) * 1_000_000
    }

    /// Milliseconds since 1970-01-01T00:00:00Z, rounded down.
    public var milliseconds: Int64 { seconds * 1000 + Int64(nanoseconds / 1_000_000) }
}

extension Timestamp: Comparable {
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.seconds == right.seconds ? left.nanoseconds < right.nanoseconds : left.seconds < right.seconds
    }
}

extension Timestamp {
    /// - Throws: `overflow` beyond the years 1 to 9999.
    func adding(_ duration: Value.Duration) throws(EvaluationFailure) -> Timestamp {
        let (carry, rest) = (Int64(nanoseconds) + Int64(duration.nanoseconds)).dividedDown(by: 1_000_000_000)
        guard let sum = Timestamp(seconds: seconds + duration.seconds + carry, nanoseconds: Int32(rest)) else {
            throw EvaluationFailure(.overflow)
        }
        return sum
    }

    /// - Throws: `overflow` where the two are more than about 292 years apart.
    func since(_ other: Timestamp) throws(EvaluationFailure) -> Value.Duration {
        var apart = seconds - other.seconds
        var rest = nanoseconds - other.nanoseconds
        if apart > 0 && rest < 0 {
            apart -= 1
            rest += 1_000_000_000
        } else if apart < 0 && rest > 0 {
            apart += 1
            rest -= 1_000_000_000
        }
        guard let duration = Value.Duration(seconds: apart, nanoseconds: rest) else {
            throw EvaluationFailure(.overflow)
        }
        return duration
    }
}

extension Int64 {
    /// Quotient and remainder with the quotient rounded down, so that the remainder is never negative.
    func dividedDown(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
