package import BoboEngine
package import BoboPeers

/// What a gateway is doing, as it was at one moment: a value that the loop hands over to whoever looks.
package struct GatewaySnapshot: Sendable {
    /// 1 for the first since the start.
    package let number: UInt64
    package let instance: String
    /// Milliseconds since 1970.
    package let date: Int64
    /// Since the start.
    package let uptime: Duration
    /// nil: it is ready.
    package let notReady: String?
    package let isReadingConnected: Bool
    package let isPublishingConnected: Bool

    /// Messages read since the start, and those that were dropped: the queue was full, or they were too large.
    package let received: UInt64
    package let dropped: Int
    package let queue: Int
    /// What waits for the broker's acknowledgment.
    package let waiting: Int
    /// Complex and action events that the broker was handed, and messages that it refused.
    package let publishedEvents: Int
    package let refused: Int
    package let engine: Statistics
    package let timers: Int
    /// Of all patterns, in the order of output.
    package let runs: [RunsByBlock]
    package let actions: [ActionResult: Int]
    package let actionFigures: ActionFigures
    /// nil: a lone gateway.
    package let peers: PeersReport?
    package let bytesToPeers: Int
    package let bytesFromPeers: Int
    /// Resident, in bytes.
    package let memory: Int
    /// What came on the topics of sensors; nil where that was not asked for.
    package let topics: TopicActivity?
    package let topicCount: Int

    /// An action, and how it ended.
    package struct ActionResult: Hashable, Sendable {
        /// As pattern files call it.
        package let name: String
        package let isSuccess: Bool
    }
}
