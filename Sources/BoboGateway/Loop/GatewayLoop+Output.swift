import BoboEngine
import BoboMQTT
import BoboPeers
import BoboSharing
import BoboTopics
import Logging

/// What comes of the engine and of the peers' protocol, and its way to the broker.
extension GatewayLoop {
    func carryOut() {
        while true {
            let effects = shared.takeEffects()
            if effects.isEmpty { return }
            for effect in effects { carryOut(effect) }
        }
    }

    private func carryOut(_ effect: Effect) {
        switch effect {
        case .send(let peer, let bytes):
            observer?.note(toPeer: bytes.count)
            if let topic = topics.inbox(of: peer) { publishing.publish(bytes, toPeer: topic) }
        case .publish(let event, let actions):
            publish(event)
            actions.forEach { begin($0) }
        case .act(let request): begin(request)
        case .status(let isOnline): publishing.announce(isOnline ? "online" : "offline")
        case .publishMark(let number): publish(topics.markName, Array("\(number)".utf8), qos: .atLeastOnce)
        case .subscribe(let partition):
            // A hand-over is no start: what the broker has stored is old news.
            if let readySince, clock.passed - readySince > .seconds(5) { reading.endStart() }
            logger.debug("subscribing to the partition \(partition)")
            reading.subscribe(partition, cut: cut(partition))
        case .unsubscribe(let partition):
            logger.debug("unsubscribing from the partition \(partition)")
            reading.unsubscribe(partition, cut: cut(partition))
        case .publishCut(let partition, let text):
            logger.debug("asking to read the partition \(partition) from here on")
            publish(try? TopicName(partitioning.cutTopic(of: partition)), Array(text.utf8), qos: .atLeastOnce)
        case .stopped(let sessionMayGo): say(goodbye: sessionMayGo)
        case .log(let log):
            if log.level == .warning || log.level == .error {
                observer?.observation.put(warning: "\(log)", date: ArrivalClock.date)
            }
            logger.log(level: Logger.Level(log.level), "\(log)")
        }
    }

    /// Where the readers of a partition name themselves; none where nothing is handed over by cuts.
    private func cut(_ partition: String) -> TopicFilter? {
        let isCut = configuration.partitions.copies == 1 && configuration.partitions.read.isEmpty
        return isCut ? try? TopicFilter(partitioning.cutTopic(of: partition)) : nil
    }

    /// Somebody wants to see the runs, for a while.
    func beginWatching() {
        watching.ask(at: clock.passed)
        guard shared.onChanges == nil else { return }
        shared.onChanges = { [unowned self] changes in
            for message in watching.messages(changes, at: clock.passed) {
                publish(try? TopicName(watching.runsTopic), message, qos: .atMostOnce)
            }
        }
    }

    private func publish(_ event: ComplexEvent) {
        onComplexEvent(event)
        observer?.note(event)
        guard let topic = try? TopicName(event.topic), let qos = QoS(rawValue: UInt8(clamping: event.qos)) else {
            return shared.published([event.identifier], at: moment)
        }
        publishing.publish(
            Publishing.Outgoing(
                topic: topic, payload: event.json, qos: qos, isRetained: event.isRetained,
                contentType: "application/cloudevents+json", run: shared.peers == nil ? nil : event.identifier))
    }

    func publish(
        _ topic: TopicName?, _ payload: [UInt8], qos: QoS?, isRetained: Bool = false, contentType: String? = nil
    ) {
        guard let topic, let qos else { return }
        publishing.publish(
            Publishing.Outgoing(
                topic: topic, payload: payload, qos: qos, isRetained: isRetained, contentType: contentType))
    }
}

extension Logger.Level {
    fileprivate init(_ level: PeerLog.Level) {
        self =
            switch level {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
    }
}
