import Foundation

/// What a gateway says of itself on `<prefix>/stats/<instance>`. Whatever is missing is nil: another version may say other
/// things.
package struct GatewayFigures: Decodable, Sendable {
    package struct Messages: Decodable, Sendable {
        package let received: Int64?
        package let events: Int64?
        package let late: Int64?
        package let dropped: Int64?
        package let failed: Int64?
        /// Messages that waited while the gateway did not read, and that another gateway had read.
        package let readElsewhere: Int64?
        package let perSecond: Double?
    }

    package struct Runs: Decodable, Sendable {
        package let active: Int64?
        package let started: Int64?
        package let completed: Int64?
        package let halted: Int64?
        /// Keys that rest.
        package let resting: Int64?
        package let patterns: [Pattern]?
    }

    package struct Actions: Decodable, Sendable {
        package let succeeded: Int64?
        package let failed: Int64?
        package let dropped: Int64?
        package let waiting: Int64?
        package let running: Int64?
    }

    package struct Pattern: Decodable, Sendable {
        package let phenomenon: String
        package let pattern: String
        package let active: Int64
    }

    package struct Peer: Decodable, Sendable {
        package let period: String?
        package let live: Bool?
        package let ready: Bool?
        /// Seconds since the last success.
        package let since: Double?
        package let stash: Int64?
        /// Seconds that the oldest change has waited which it has not acknowledged.
        package let lag: Double?
        package let delay: Delay?
        /// Seconds, positive where its clock is ahead.
        package let clockDifference: Double?
        package let digestAgrees: Bool?
    }

    /// How long changes took till a peer acknowledged them, in the last one to two minutes: in seconds.
    package struct Delay: Decodable, Sendable {
        package let median: Double?
        package let p99: Double?
        package let most: Double?
    }

    /// Milliseconds since 1970.
    package let ts: Int64?
    package let version: String?
    /// Seconds.
    package let uptime: Double?
    package let messages: Messages?
    package let runs: Runs?
    package let eventsPublished: Int64?
    package let actions: Actions?
    package let peers: [String: Peer]?
    /// By partition, who reads it.
    package let partitions: [String: [String]]?
    /// By partition and reader, for how many seconds.
    package let reading: [String: [String: Double]]?
    package let queue: Int64?
    /// Bytes.
    package let memory: Int64?

    /// Larger figures are no gateway's.
    static let maximumSize = 4 << 20

    private enum CodingKeys: String, CodingKey {
        case ts, version, uptime, messages, runs, actions, peers, partitions, reading, queue, memory
        case eventsPublished = "events_published"
    }

    /// nil where it is no such thing.
    init?(json: [UInt8]) {
        guard json.count <= Self.maximumSize,
            let figures = try? JSONDecoder().decode(GatewayFigures.self, from: Data(json))
        else { return nil }
        self = figures
    }
}

extension GatewayFigures.Messages {
    private enum CodingKeys: String, CodingKey {
        case received, events, late, dropped, failed
        case readElsewhere = "read_elsewhere"
        case perSecond = "per_second"
    }
}

extension GatewayFigures.Peer {
    private enum CodingKeys: String, CodingKey {
        case period, live, ready, since, stash, lag, delay
        case clockDifference = "clock_difference"
        case digestAgrees = "digest_agrees"
    }
}
