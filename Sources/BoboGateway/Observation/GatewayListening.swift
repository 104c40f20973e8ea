import BoboEngine
import BoboMQTT
import BoboTopics
import CEL

extension LoopObserver {
    /// Hears what other gateways of the prefix publish: complex events, statuses, figures.
    func gatewayListener(_ configuration: Configuration, hasPeers: Bool) -> InboxListener {
        let (statuses, statistics) = ("\(configuration.prefix)/status/", "\(configuration.prefix)/stats/")
        let events = "\(configuration.prefix)/events/"
        let reader = try? PayloadReader()
        let wanted = [(events, false), (statistics, false)] + (hasPeers ? [] : [(statuses, true)])
        let filters = wanted.compactMap { topic, retained in
            (try? TopicFilter(topic + "+")).map {
                InboxListener.Wanted(filter: $0, retained: retained, fromOthersOnly: true)
            }
        }
        return InboxListener(filters: filters) { [observation] topic, message in
            guard let reader else { return }
            if topic.hasPrefix(events) {
                guard message.payload.count <= ObservedEvents.maximumLength,
                    let event = PublishedEvent(reader.read(message.payload).value), !message.isRetained,
                    event.gateway != configuration.instance
                else { return }
                var json = JSONWriter(capacity: message.payload.count)
                json.raw(message: Array(message.payload))
                observation.put(event: json.bytes)
            } else if topic.hasPrefix(statistics) {
                guard message.payload.count <= OtherGateways.maximumLength,
                    case .map(let figures) = reader.read(message.payload).value
                else { return }
                var json = JSONWriter(capacity: message.payload.count)
                json.write(Value.map(figures))
                observation.put(
                    statistics: json.bytes, of: String(topic.dropFirst(statistics.count)), date: ArrivalClock.date)
            } else if topic.hasPrefix(statuses) {
                let isOnline = message.payload.elementsEqual("online".utf8)
                guard isOnline || message.payload.elementsEqual("offline".utf8) else { return }
                observation.put(
                    status: isOnline, of: String(topic.dropFirst(statuses.count)), date: ArrivalClock.date)
            }
        }
    }
}
