package import BoboMQTT
package import BoboTopics
package import BoboYAML

/// What a gateway is told from outside: defaults, the configuration file, environment variables and flags, the later ones
/// winning, checked as far as can be without a broker. Durations are in milliseconds, sizes in bytes.
package struct Configuration: Hashable, Sendable {
    package var instance: String
    /// The first level of all topics that gateways publish on.
    package var prefix = "bobo"
    /// A file or a folder of pattern files. Whether it is there is for its reader to say.
    package var patterns = "patterns"
    /// An IANA name. In replays and tests UTC where `origin(of: "timezone")` is `default`.
    package var timezone: String
    package var broker: Broker
    /// A file of `name: text`, for `secret("name")` in actions.
    package var secretsFile: String?
    package var sensors: [Sensor] = []
    package var maxLateness: Int64 = 0
    package var late = LateEvents.process
    package var maxAhead: Int64 = 60_000
    package var maxPayload: Int64 = 1 << 20
    package var maxState: Int64 = 10_000
    package var queue = Queue()
    package var peers = Peers()
    package var partitions = Partitions()
    package var statsInterval: Int64 = 5000
    package var homeAssistant = HomeAssistant()
    package var http = HTTP()
    package var logLevel = LogLevel.info
    package var logFormat = LogFormat.text

    /// The configuration file that was read, nil where there was none.
    package var file: String?
    /// Where each value that is no default comes from, by the path of its key: `broker.url`.
    package var origins: [String: Origin] = [:]

    package func origin(of path: String) -> Origin { origins[path] ?? .default }

    /// For a problem that is told of a value after it was read.
    package func place(of path: String) -> SourcePlace { origin(of: path).place(of: path) }

    package struct Broker: Hashable, Sendable {
        /// nil: a private broker on loopback.
        package var url: BrokerURL?
        package var version = ProtocolVersion.v5
        package var clientID: String
        package var username: String?
        /// From `password`, or read from `passwordFile`.
        package var password: Secret?
        package var passwordFile: String?
        package var caFile: String?
        package var certificateFile: String?
        package var keyFile: String?
        /// A whole number of seconds from 5 to 65,535, in milliseconds.
        package var keepAlive: Int64 = 10_000
        /// A whole number of seconds, in milliseconds; 0 for no session. With peers at most half of `remember.age`, with
        /// `partitions.share` 0, whatever the configuration says.
        package var sessionExpiry: Int64 = 3_600_000
    }

    package enum ProtocolVersion: String, CaseIterable, Hashable, Sendable {
        case v5 = "5"
        case v311 = "3.1.1"
    }

    /// An entry of `sensors`: the first whose filter matches a topic counts.
    package struct Sensor: Hashable, Sendable {
        package var filter: TopicFilter
        package var filterPlace: SourcePlace
        package var qos = 1
        /// Whether what the broker had stored is an event, too.
        package var retained = false
        package var format = PayloadFormat.auto
        /// CEL over payload, text, topic, levels; compiled by the gateway.
        package var timestamp: SourceText?
        package var eventID: SourceText?
    }

    package enum PayloadFormat: String, CaseIterable, Hashable, Sendable { case auto, json, text, bytes }

    package enum LateEvents: String, CaseIterable, Hashable, Sendable { case process, drop }

    package struct Queue: Hashable, Sendable {
        package var size: Int64 = 100_000
        package var whenFull = WhenFull.wait
    }

    package enum WhenFull: String, CaseIterable, Hashable, Sendable {
        case wait
        case dropNewest = "drop_newest"
        case dropOldest = "drop_oldest"
    }

    package enum LogLevel: String, CaseIterable, Hashable, Sendable { case trace, debug, info, warning, error }

    package enum LogFormat: String, CaseIterable, Hashable, Sendable { case text, json }

    /// Where a value comes from.
    package enum Origin: Hashable, Sendable, CustomStringConvertible {
        case `default`
        case file(SourcePlace)
        case environment(variable: String)
        case flag(String)

        package var description: String {
            switch self {
            case .default: "default"
            case .file(let place): "\(place.file):\(place.line)"
            case .environment(let variable): variable
            case .flag(let flag): flag
            }
        }

        /// - Parameter path: of the key, for a default.
        func place(of path: String) -> SourcePlace {
            switch self {
            case .default: .whole(path)
            case .file(let place): place
            case .environment(let variable): .whole(variable)
            case .flag(let flag): .whole(flag)
            }
        }
    }
}
