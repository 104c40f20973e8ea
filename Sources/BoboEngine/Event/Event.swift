/// One thing that happened: a sensor's message, a complex event or an action event.
public final class Event: Sendable {
    public enum Kind: String, Sendable {
        case simple, complex, action
    }

    public let identifier: EventIdentifier
    public let kind: Kind
    /// Milliseconds since 1970.
    public let timestamp: Int64
    public let topic: Topic
    public let body: Body
    /// Of how many complex events, each from the one before, this one is the last: 0 for a sensor's message.
    let depth: Int
    /// Whether the broker had stored the message before this gateway came.
    let isRetained: Bool
    let fields: Fields

    init(
        identifier: EventIdentifier, kind: Kind, timestamp: Int64, topic: Topic, body: Body, depth: Int,
        isRetained: Bool = false, fields: Fields
    ) {
        self.identifier = identifier
        self.kind = kind
        self.timestamp = timestamp
        self.topic = topic
        self.body = body
        self.depth = depth
        self.isRetained = isRetained
        self.fields = fields
    }
}
