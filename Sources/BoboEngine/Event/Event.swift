/// One thing that happened: a sensor's message, a complex event or an action event.
// Safe: it changes only while the engine's thread alone holds it. The receiver uses an event again, for the next message, if
// nobody else has come to hold it; where somebody has, its content is settled before the engine hands out anything of it.
public final class Event: @unchecked Sendable {
    public enum Kind: String, Sendable {
        case simple, complex, action
    }

    // A hundred thousand of these may be held, so what is small stands where it fills gaps: 120 bytes are what an allocation of
    // 128 has room for.
    /// Milliseconds since 1970.
    @exclusivity(unchecked) public private(set) var timestamp: Int64
    @exclusivity(unchecked) public private(set) var topic: Topic
    let paths: Paths
    @exclusivity(unchecked) public private(set) var identifier: EventIdentifier
    public let kind: Kind
    /// Whether the broker had stored the message before this gateway came.
    @exclusivity(unchecked) private(set) var isRetained: Bool
    private let smallDepth: Int32
    @exclusivity(unchecked) private(set) var content: EventContent

    /// - Parameter content: borrowed; to be settled (`settle()`) before it is gone.
    init(
        identifier: EventIdentifier, kind: Kind = .simple, timestamp: Int64, topic: Topic, content: EventContent,
        depth: Int = 0, isRetained: Bool = false, paths: Paths
    ) {
        self.identifier = identifier
        self.kind = kind
        self.timestamp = timestamp
        self.topic = topic
        self.content = content
        smallDepth = Int32(clamping: depth)
        self.isRetained = isRetained
        self.paths = paths
    }

    deinit { content.free() }

    /// Of how many complex events, each from the one before, this one is the last: 0 for a sensor's message.
    var depth: Int { Int(smallDepth) }

    /// Becomes the event of another message. Nobody else holds it, and its content is borrowed.
    func use(
        identifier: EventIdentifier, timestamp: Int64, topic: Topic, content: EventContent, isRetained: Bool
    ) {
        self.identifier = identifier
        self.timestamp = timestamp
        self.isRetained = isRetained
        if self.topic !== topic { self.topic = topic }
        self.content.free()
        self.content = content
    }

    /// Makes its content its own.
    func settle() { content.settle() }

    public var body: Body { Body(event: self) }
}
