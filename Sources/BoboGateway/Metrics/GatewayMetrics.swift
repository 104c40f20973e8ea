import BoboEngine
import BoboPeers
import Metrics

/// A gateway's figures through swift-metrics, to whatever backend the embedding program has. It belongs to the loop's thread.
final class GatewayMetrics {
    private struct Growing {
        let counter: Counter
        var last = 0

        /// - Parameter total: since the start.
        mutating func set(_ total: Int) {
            guard total > last else { return }
            counter.increment(by: total - last)
            last = total
        }
    }

    private let factory: any MetricsFactory
    private let eventTime: Timer
    private var counters: [String: Growing] = [:]
    private var gauges: [String: Gauge] = [:]
    private var patterns: [(name: PatternName, blocks: [Gauge])] = []

    init(_ factory: any MetricsFactory, instance: String) {
        self.factory = factory
        eventTime = Timer(label: MetricNames.eventTime, factory: factory)
        gauge(MetricNames.information, [("instance", instance), ("version", Gateway.version)], 1)
    }

    func count(event duration: Duration) {
        let (seconds, attoseconds) = duration.components
        eventTime.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    func count(_ event: ComplexEvent) {
        let labels = [("phenomenon", event.phenomenon), ("pattern", event.pattern)]
        let key = "\(MetricNames.complexEvents) \(event.phenomenon) \(event.pattern)"
        if counters[key] == nil {
            counters[key] = Growing(
                counter: Counter(label: MetricNames.complexEvents, dimensions: labels, factory: factory))
        }
        counters[key]?.counter.increment()
    }

    func report(_ snapshot: GatewaySnapshot) {
        let messages = snapshot.engine.messages
        for (result, count) in [
            ("event", messages.events), ("dropped", snapshot.dropped), ("too_large", messages.tooLarge),
            ("retained", messages.retained), ("not_json", messages.notJSON),
        ] {
            counter(MetricNames.messages, [("result", result)], count)
        }
        counter(MetricNames.received, [], Int(clamping: snapshot.received))
        counter(MetricNames.late, [], snapshot.engine.late)
        for (fault, count) in [
            ("failed", messages.timestampFailed), ("ahead", messages.ahead), ("event_id", messages.identifierFailed),
        ] {
            counter(MetricNames.timestampFaults, [("fault", fault)], count)
        }
        counter(MetricNames.started, [], snapshot.engine.startedRuns)
        counter(MetricNames.completed, [], snapshot.engine.completedRuns)
        for cause in HaltReason.allCases {
            counter(MetricNames.halted, [("cause", cause.rawValue)], snapshot.engine.haltedRuns[cause] ?? 0)
        }
        for (action, count) in snapshot.actions {
            let result = action.isSuccess ? "success" : "failure"
            counter(MetricNames.actions, [("action", action.name), ("result", result)], count)
        }
        counter(MetricNames.droppedActions, [], snapshot.actionFigures.dropped)
        gauge(MetricNames.waitingActions, [], Double(snapshot.actionFigures.waiting))
        gauge(MetricNames.runningActions, [], Double(snapshot.actionFigures.running))
        counter(MetricNames.published, [], snapshot.publishedEvents)
        counter(MetricNames.refused, [], snapshot.refused)
        gauge(MetricNames.timers, [], Double(snapshot.timers))
        gauge(MetricNames.resting, [], Double(snapshot.engine.restingKeys))
        gauge(MetricNames.stateTopics, [], Double(snapshot.engine.stateTopics))
        gauge(MetricNames.queue, [], Double(snapshot.queue))
        gauge(MetricNames.waiting, [], Double(snapshot.waiting))
        gauge(MetricNames.memory, [], Double(snapshot.memory))
        gauge(MetricNames.uptime, [], snapshot.uptime / .seconds(1))
        gauge(MetricNames.ready, [], snapshot.notReady == nil ? 1 : 0)
        gauge(MetricNames.connected, [("connection", "reading")], snapshot.isReadingConnected ? 1 : 0)
        gauge(MetricNames.connected, [("connection", "publishing")], snapshot.isPublishingConnected ? 1 : 0)
        report(snapshot.runs)
        if snapshot.peers != nil { reportPeers(snapshot) }
    }

    private func report(_ runs: [RunsByBlock]) {
        let isSame =
            runs.count == patterns.count
            && zip(runs, patterns).allSatisfy { run, known in
                known.name.phenomenon == run.phenomenon && known.name.pattern == run.pattern
                    && known.blocks.count == run.counts.count
            }
        if !isSame {
            for gauge in patterns.flatMap(\.blocks) { gauge.destroy() }
            patterns = runs.map { run in
                let name = PatternName(phenomenon: run.phenomenon, pattern: run.pattern)
                let blocks = run.counts.indices.map { block in
                    Gauge(
                        label: MetricNames.runs,
                        dimensions: [
                            ("phenomenon", run.phenomenon), ("pattern", run.pattern), ("block", "\(block)"),
                        ], factory: factory)
                }
                return (name, blocks)
            }
        }
        for (run, known) in zip(runs, patterns) {
            for (count, gauge) in zip(run.counts, known.blocks) { gauge.record(Int64(count)) }
        }
    }

    private func reportPeers(_ snapshot: GatewaySnapshot) {
        guard let peers = snapshot.peers else { return }
        for period in ["sync", "ping", "resync"] {
            gauge(
                MetricNames.peers, [("period", period)], Double(peers.peers.count { $0.period == period }))
        }
        for line in peers.peers {
            let label = [("peer", line.peer)]
            gauge(MetricNames.peerLive, label, line.isLive ? 1 : 0)
            gauge(MetricNames.peerStash, label, Double(line.stash))
            if let since = line.since { gauge(MetricNames.peerSince, label, since) }
            if let difference = line.clockDifference { gauge(MetricNames.peerClock, label, difference) }
        }
        counter(MetricNames.peerBytes, [("direction", "sent")], snapshot.bytesToPeers)
        counter(MetricNames.peerBytes, [("direction", "received")], snapshot.bytesFromPeers)
        counter(MetricNames.resyncs, [], peers.counters.resyncs)
        let own = peers.partitions.count { $0.value.contains { $0.reader == snapshot.instance } }
        let unread = peers.partitions.count { $0.value.isEmpty }
        gauge(MetricNames.partitions, [("reader", "self")], Double(own))
        gauge(MetricNames.partitions, [("reader", "other")], Double(peers.partitions.count - own - unread))
        gauge(MetricNames.partitions, [("reader", "none")], Double(unread))
    }

    private func counter(_ name: String, _ labels: [(String, String)], _ total: Int) {
        let key = name + labels.map { " " + $0.1 }.joined()
        var growing =
            counters[key] ?? Growing(counter: Counter(label: name, dimensions: labels, factory: factory))
        growing.set(total)
        counters[key] = growing
    }

    private func gauge(_ name: String, _ labels: [(String, String)], _ value: Double) {
        let key = name + labels.map { " " + $0.1 }.joined()
        let gauge = gauges[key] ?? Gauge(label: name, dimensions: labels, factory: factory)
        gauges[key] = gauge
        gauge.record(value)
    }
}
