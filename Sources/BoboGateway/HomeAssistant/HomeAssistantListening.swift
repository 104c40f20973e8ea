import BoboEngine
import BoboMQTT
import BoboTopics
import CEL

extension HomeAssistantAnnouncer {
    /// A longer message is passed over.
    private static let maximumLength = 8 << 20

    /// Hears Home Assistant, and what gateways of the prefix tell it.
    /// - Parameter hasPeers: whether all gateways' statuses are heard anyway.
    func listener(hasPeers: Bool, _ now: @escaping () -> Duration) -> InboxListener {
        let (names, reader) = (names, try? PayloadReader())
        let statuses = names.status(of: "")
        let wanted =
            [(names.birthTopic, false), (names.deviceFilter, true)] + (hasPeers ? [] : [(statuses + "+", true)])
        let filters = wanted.compactMap { filter, retained in
            (try? TopicFilter(filter)).map { InboxListener.Wanted(filter: $0, retained: retained) }
        }
        return InboxListener(filters: filters) { [weak self] topic, message in
            guard let self, let reader, message.payload.count <= HomeAssistantAnnouncer.maximumLength else { return }
            if topic == names.birthTopic {
                if !message.isRetained, message.payload.elementsEqual("online".utf8) { heardBirth(at: now()) }
            } else if topic == names.deviceTopic {
                heardDevice(Array(message.payload).hashValue, at: now()) {
                    ToldDevice(message.payload.isEmpty ? nil : reader.read(message.payload).value)
                }
            } else if let gateway = names.gateway(of: topic) {
                let told = message.payload.isEmpty ? nil : reader.read(message.payload).value
                heardGateway(gateway, ShownPhenomena(ofGateway: told), isStored: message.isRetained, at: now())
            } else if topic.hasPrefix(statuses), message.payload.elementsEqual("offline".utf8) {
                heardAway(String(topic.dropFirst(statuses.count)))
            }
        }
    }
}

extension ShownPhenomena {
    /// - Parameter message: what a gateway has told of its own device; nil where it does not tell what it shows.
    fileprivate init?(ofGateway message: Value?) {
        guard case .map(let message)? = message, case .map(let components)? = message["components"],
            case .map(let connectivity)? = components["connectivity"], let shown = connectivity["phenomena"]
        else { return nil }
        self.init(shown)
    }
}
