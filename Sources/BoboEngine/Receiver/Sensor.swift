public import BoboTopics
public import CEL

/// How the messages of some topics are read.
public struct Sensor: Sendable {
    public enum Format: String, Sendable, CaseIterable {
        /// JSON where it is JSON, else text where it is UTF-8, else bytes.
        case auto
        /// What is no JSON is dropped and counted.
        case json
        case text, bytes
    }

    public let filter: TopicFilter
    /// Whether what the broker had stored is an event, too.
    public let takesRetained: Bool
    public let format: Format
    /// The time of the event; nil, and where it fails: the arrival.
    public let timestamp: Program?
    /// What the sensor itself calls the message; nil, and where it fails: a number of the reader's own.
    public let eventIdentifier: Program?

    public init(
        filter: TopicFilter, takesRetained: Bool = false, format: Format = .auto, timestamp: Program? = nil,
        eventIdentifier: Program? = nil
    ) {
        self.filter = filter
        self.takesRetained = takesRetained
        self.format = format
        self.timestamp = timestamp
        self.eventIdentifier = eventIdentifier
    }
}
