/// The last event that a pattern saw, by key.
final class PreviousEvents {
    /// Of more keys, those that have been quiet for longest are forgotten.
    static let limit = 100_000

    var table = RecencyTable<KeyValue, Event>(limit: PreviousEvents.limit)
}
