/// What a test waited for did not come.
struct TimedOut: Error, CustomStringConvertible {
    let waitedFor: String
    let timeout: Duration
    /// What there was instead.
    let found: String

    var description: String { "no \(waitedFor) within \(timeout); there was:\n\(found)" }
}
