import BoboEngine
import BoboSharing

/// The loop's side of the observation: it counts what nobody else counts, and takes snapshots when they are wanted.
final class LoopObserver {
    let observation: GatewayObservation
    private let metrics: GatewayMetrics?
    private var number: UInt64 = 0
    private var topics = TopicActivity()
    private var actions: [GatewaySnapshot.ActionResult: Int] = [:]
    private(set) var bytesToPeers = 0
    private(set) var bytesFromPeers = 0

    init(_ observation: GatewayObservation, metrics: GatewayMetrics?) {
        self.observation = observation
        self.metrics = metrics
    }

    // MARK: What happens

    func note(_ message: InputQueue.Waiting) {
        topics.note(message.topic, message.payload, arrival: message.arrival)
    }

    func note(_ event: ComplexEvent) {
        observation.put(event: event.json)
        metrics?.count(event)
    }

    func note(_ request: ActionRequest, _ outcome: ActionOutcome) {
        actions[GatewaySnapshot.ActionResult(name: request.name, isSuccess: outcome.isSuccess), default: 0] += 1
    }

    func note(toPeer count: Int) { bytesToPeers += count }

    func note(fromPeer count: Int) { bytesFromPeers += count }

    /// Times each event of a batch: the end of one is the beginning of the next.
    var stopwatch: Stopwatch? { metrics.map { Stopwatch($0) } }

    struct Stopwatch {
        private let metrics: GatewayMetrics
        private var began = ContinuousClock.now

        fileprivate init(_ metrics: GatewayMetrics) { self.metrics = metrics }

        mutating func lap() {
            let now = ContinuousClock.now
            metrics.count(event: now - began)
            began = now
        }
    }

    // MARK: What is wanted

    /// Answers what was asked, and takes a snapshot where one is wanted.
    func turn(_ engine: Engine, _ snapshot: (Figures) -> GatewaySnapshot) {
        for (ticket, question) in observation.takeQuestions() {
            observation.answer(
                ticket,
                engine.runsSoFar(
                    of: question.pattern, at: question.block, limit: question.limit,
                    historyLimit: question.historyLimit))
        }
        guard let wish = observation.takeWish() else { return }
        number += 1
        let snapshot = snapshot(
            Figures(
                number: number, topics: wish.contains(.topics) ? topics : nil, topicCount: topics.lines.count,
                actions: actions, bytesToPeers: bytesToPeers, bytesFromPeers: bytesFromPeers))
        if wish.contains(.metrics) { metrics?.report(snapshot) }
        observation.put(snapshot)
    }

    /// What the observer itself has counted.
    struct Figures {
        let number: UInt64
        let topics: TopicActivity?
        let topicCount: Int
        let actions: [GatewaySnapshot.ActionResult: Int]
        let bytesToPeers: Int
        let bytesFromPeers: Int
    }
}
