extension Value {
    /// A length of time with nanoseconds, as far as 64 bits of nanoseconds reach: about 292 years either way.
    public struct Duration: Hashable, Sendable {
        public let seconds: Int64
        /// Of the same sign as `seconds` where neither is 0; less than 1,000,000,000 either way.
        public let nanoseconds: Int32

        /// - Returns: nil where the length is out of range, or the signs differ.
        public init?(seconds: Int64, nanoseconds: Int32 = 0) {
            let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            guard (-999_999_999...999_999_999).contains(nanoseconds), !overflow,
                (seconds >= 0 || nanoseconds <= 0) && (seconds <= 0 || nanoseconds >= 0),
                !scaled.addingReportingOverflow(Int64(nanoseconds)).overflow
            else { return nil }
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }

        public init(totalNanoseconds: Int64) {
            seconds = totalNanoseconds / 1_000_000_000
            nanoseconds = Int32(totalNanoseconds % 1_000_000_000)
        }

        /// The whole length in nanoseconds.
        public var totalNanoseconds: Int64 { seconds * 1_000_000_000 + Int64(nanoseconds) }
    }
}

extension Value.Duration: Comparable {
    public static func < (left: Value.Duration, right: Value.Duration) -> Bool {
        left.totalNanoseconds < right.totalNanoseconds
    }
}

extension Value.Duration {
    func adding(_ other: Value.Duration) throws(EvaluationFailure) -> Value.Duration {
        let (sum, overflow) = totalNanoseconds.addingReportingOverflow(other.totalNanoseconds)
        guard !overflow else { throw EvaluationFailure(.overflow) }
        return Value.Duration(totalNanoseconds: sum)
    }

    /// The least duration has no counterpart; it becomes the greatest.
    var negated: Value.Duration {
        Value.Duration(totalNanoseconds: totalNanoseconds == .min ? .max : -totalNanoseconds)
    }
}
