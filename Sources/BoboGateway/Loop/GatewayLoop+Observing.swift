import BoboEngine
import BoboMQTT
import BoboPeers
import BoboSharing
import BoboTopics
import Logging

/// What those see who look at the gateway from outside, and what Home Assistant is told.
extension GatewayLoop {
    func snapshot(_ observed: LoopObserver.Figures) -> GatewaySnapshot {
        GatewaySnapshot(
            number: observed.number, instance: configuration.instance, date: ArrivalClock.date, uptime: clock.passed,
            notReady: notReady, isReadingConnected: reading.link.isConnected,
            isPublishingConnected: publishing.link.isConnected, received: messages,
            dropped: queue.dropped + reading.tooLarge, queue: queue.count, waiting: publishing.waiting,
            publishedEvents: publishing.publishedEvents, refused: publishing.refused, engine: shared.engine.statistics,
            timers: shared.engine.timerCount, runs: shared.engine.runsByBlock, actions: observed.actions,
            actionFigures: actionFigures,
            peers: shared.peers?.report(at: moment), bytesToPeers: observed.bytesToPeers,
            bytesFromPeers: observed.bytesFromPeers, memory: StatisticsReport.residentBytes(), topics: observed.topics,
            topicCount: observed.topicCount)
    }

    /// Why the gateway takes no part; nil where it does.
    private var notReady: String? {
        if stopping.isAsked { return "the gateway is stopping" }
        if !reading.link.isConnected || !publishing.link.isConnected { return "no connection to the broker" }
        if shared.isHeld { return "waiting for the state of the peers" }
        return isReady ? nil : "subscribing"
    }

    func warn(_ line: String, groupedAs group: String? = nil) {
        logger.warning("\(line)")
        observer?.observation.put(warning: group ?? line, date: ArrivalClock.date)
    }

    /// Tells Home Assistant what it is to be told by now.
    func announce(_ now: Duration) {
        guard let discovery, publishing.link.isConnected else { return }
        discovery.messages(at: now).forEach(publish)
    }

    private func publish(_ message: HomeAssistantDiscovery.Message) {
        publish(try? TopicName(message.topic), message.payload, qos: .atLeastOnce, isRetained: true)
    }
}
