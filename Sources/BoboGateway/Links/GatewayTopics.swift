import BoboTopics

/// The topics of a gateway's own: `mqtt.md` of the specification lists them.
struct GatewayTopics {
    private let prefix: String
    let status: TopicName?
    let statistics: TopicName?
    let markName: TopicName?
    let mark: TopicFilter?

    init(prefix: String, instance: String) {
        self.prefix = prefix
        status = try? TopicName("\(prefix)/status/\(instance)")
        statistics = try? TopicName("\(prefix)/stats/\(instance)")
        markName = try? TopicName("\(prefix)/mark/\(instance)")
        mark = try? TopicFilter("\(prefix)/mark/\(instance)")
    }

    func inbox(of peer: String) -> TopicName? { try? TopicName("\(prefix)/peer/\(peer)") }
}
