extension Duration {
    /// Rounded toward zero; the ends of the range where it lies beyond.
    package var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? (seconds < 0 ? .min : .max) : product + attoseconds / 1_000_000_000_000_000
    }
}

extension Int64 {
    /// A time in milliseconds so much later, the latest there is where it lies beyond.
    func addingClamped(_ milliseconds: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(milliseconds)
        return overflow ? milliseconds < 0 ? .min : .max : sum
    }

    mutating func add(_ milliseconds: Int64) { self = addingClamped(milliseconds) }
}
