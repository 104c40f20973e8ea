package import BoboEngine

/// What a gateway's `peers` and `partitions` say. Times are of the gateway's monotonic clock.
package struct PeersOptions: Sendable {
    /// `instance`.
    package var gateway: String
    /// The other gateways; nobody else is heard.
    package var peers: [String]
    package var prefix = "bobo"
    /// 32 bytes; nil: messages are not sealed.
    package var key: [UInt8]?
    package var pingAfter = Duration.seconds(30)
    package var resyncAfter = Duration.seconds(60)
    package var pingInterval = Duration.seconds(5)
    package var resyncInterval = Duration.seconds(10)
    package var stashInterval = Duration.seconds(5)
    package var stashLimit = 10_000
    package var rememberedRuns = 1_000_000
    package var rememberAge = Duration.seconds(600)
    package var batch = Duration.milliseconds(10)
    /// Bytes.
    package var messageLimit = 256 << 10
    /// Bytes: a message with a single event that is larger than `messageLimit` may have so many. At most what the broker
    /// passes on, and what peers read.
    package var largestMessage = MessageLimits.size
    /// Bytes of a message that the broker takes at most; nil: it sets no bound.
    package internal(set) var brokerLimit: Int?
    /// A hash of `partitions` and of the entries of `sensors`: only gateways of one kind divide among themselves.
    package var config = Hash128()
    package var division = DivisionOptions()

    package init(gateway: String, peers: [String]) {
        self.gateway = gateway
        self.peers = peers
    }

    /// Where the broker takes less, messages are as large all the same: no less can bear what each message says.
    package static let leastMessage = 4096
    /// What sealing adds, with names of the usual length.
    private static let sealSize = 512

    /// What the broker takes of the largest message.
    var effectiveLargestMessage: Int {
        guard let brokerLimit else { return largestMessage }
        let taken = brokerLimit - (key == nil ? 0 : PeersOptions.sealSize)
        return min(largestMessage, max(taken, PeersOptions.leastMessage))
    }
    var effectiveMessageLimit: Int { min(messageLimit, effectiveLargestMessage) }

    /// Longest time from the start, or from a decision to be made, until the gateway goes on with what it has.
    static let patience = Duration.seconds(5)

    /// Where ids are kept for a short time only, a quiet peer is to be heard of more often: who has heard of nobody for
    /// half of that time takes himself for away.
    var effectivePingAfter: Duration { min(pingAfter, rememberAge / 8) }
    /// After which time a counted message goes again that was not acknowledged.
    /// - Parameter hasChanges: else it is a PING.
    func interval(hasChanges: Bool) -> Duration { min(hasChanges ? stashInterval : pingInterval, rememberAge / 8) }
}

/// `partitions` of the configuration.
package struct DivisionOptions: Hashable, Sendable {
    /// A topic belongs to the first that matches.
    package var partitions: [String] = []
    package var copies = 1
    /// Static: what this gateway reads, instead of the division.
    package var read: [String] = []

    package init() {}
}

/// When an input comes.
package struct Moment: Sendable {
    /// Of the monotonic clock.
    package let now: Duration
    /// Of the wall clock, milliseconds since 1970.
    package let wall: Int64

    package init(now: Duration, wall: Int64) {
        self.now = now
        self.wall = wall
    }
}
