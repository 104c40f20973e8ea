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
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let second = remainder < 0 ? quotient - 1 : quotient
        let rest = remainder < 0 ? remainder + 1000 : remainder
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
