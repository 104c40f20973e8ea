import BoboEngine
import BoboTopics
import CEL

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

    func cut(_ partition: String) -> TopicFilter? { try? TopicFilter(cutText(partition)) }

    func cutName(_ partition: String) -> TopicName? { try? TopicName(cutText(partition)) }

    /// A filter is no topic: its hash stands for it.
    private func cutText(_ partition: String) -> String {
        var hash = Hash128()
        hash.combine(partition)
        return "\(prefix)/cut/\(hash)"
    }
}
