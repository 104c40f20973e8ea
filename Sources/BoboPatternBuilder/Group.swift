/// A name under which accepted events stand in a run's history, with the type of their payloads.
///
/// ```swift
/// let heat = Group<Climate>("heat")
/// ```
/// It is made once, outside the pattern, and named where events are accepted into it and where they are read:
/// `run[heat]`.
public struct Group<Payload: Decodable & Sendable>: Sendable {
    public let name: String
    let cache = PayloadCache<Payload>()

    /// - Parameter name: letters, digits and `_`, no digit first; as in pattern files, it stands in the complex event's
    ///   history.
    public init(_ name: String) { self.name = name }
}
