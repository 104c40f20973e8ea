extension Value {
    /// A length of time with nanoseconds, within about 10,000 years either way, as protocol buffers bound it.
    public struct Duration: Hashable, Sendable {
        public let seconds: Int64
        /// Of the same sign as `seconds` where neither is 0; less than 1,000,000,000 either way.
        public let nanoseconds: Int32

        static let secondsRange: ClosedRange<Int64> = -315_576_000_000...315_576_000_000

        /// - Returns: nil where the length is out of range, or the signs differ.
        public init?(seconds: Int64, nanoseconds: Int32 = 0) {
            guard Duration.secondsRange.contains(seconds), (-999_999_999...999_999_999).contains(nanoseconds),
                (seconds >= 0 || nanoseconds <= 0) && (seconds <= 0 || nanoseconds >= 0)
            else { return nil }
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }
    }
}

extension Value.Duration: Comparable {
    public static func < (left: Value.Duration, right: Value.Duration) -> Bool {
        left.seconds == right.seconds ? left.nanoseconds < right.nanoseconds : left.seconds < right.seconds
    }
}
