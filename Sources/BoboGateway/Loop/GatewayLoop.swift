import BoboEngine
import BoboMQTT
import BoboTopics
import Foundation
import Logging

/// The gateway at work. One thread owns it: it waits for the two connections, hands what has been read to the engine in
/// batches, publishes what comes of it, and then acknowledges what was read.
///
/// A batch is acknowledged once the broker itself has acknowledged all that came of it. So whatever kills the gateway, the
/// broker has either the complex event or still the message.
final class GatewayLoop {
    /// Packets that are read before the engine takes them.
    private static let batch = 1000
    /// With a policy that drops, messages that the engine takes before the socket is looked at again.
    private static let slice = 500
    private static let stopTimeout = Duration.seconds(5)

    private let configuration: Configuration
    private let logger: Logger
    private let engine: Engine
    private let reading: SensorReading
    private let publishing: Publishing
    private let wakeUp: WakeUp
    private let requests: LoopRequests
    private let onComplexEvent: (ComplexEvent) -> Void
    private var queue: InputQueue
    private var clock = ArrivalClock()
    private var messages: UInt64 = 0
    /// The engine's clock at the last input, and when that was: while nothing comes it goes on at the pace of real time.
    private var pace: (engine: Int64, passed: Duration)?
    private var nextMisc = Duration.zero
    private var nextStatistics: Duration
    private var stopDeadline: Duration?
    private var isAwaitingGoodbye = false
    private var isReady = false
    private var report = StatisticsReport()

    init(
        _ configuration: Configuration, _ preparation: EnginePreparation, links: GatewayLinks, requests: LoopRequests,
        logger: Logger, onComplexEvent: @escaping (ComplexEvent) -> Void
    ) {
        self.configuration = configuration
        self.logger = logger
        self.requests = requests
        wakeUp = requests.wakeUp
        self.onComplexEvent = onComplexEvent
        var options = preparation.options
        // Unique to this start, so that no two events of a gateway have one identifier.
        options.source = "\(configuration.instance)-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        engine = Engine(preparation.phenomena, paths: preparation.paths, options: options)
        queue = InputQueue(configuration.queue)
        nextStatistics = .milliseconds(configuration.statsInterval)
        reading = SensorReading(
            links.reading, wanted: preparation.wanted, maximumPayload: Int(configuration.maxPayload), logger: logger)
        publishing = Publishing(links.publishing, statusTopic: links.statusTopic, logger: logger)
    }

    /// Works until asked to stop.
    /// - Throws: `ConnectionFailure` where the broker refuses for good.
    func run() throws(ConnectionFailure) {
        let clock = clock
        reading.link.begin { clock.passed }
        publishing.link.begin { clock.passed }
        reading.onMessage = { [unowned self] topic, message in enqueue(topic, message) }
        while !isOver() {
            wait()
            let now = self.clock.passed
            reading.link.tick(now)
            publishing.link.tick(now)
            if let refusal = reading.link.refusal ?? publishing.link.refusal { throw refusal }
            let more = readAndTake()
            passTime()
            publishing.send()
            if mayAcknowledge, reading.link.connection.wantsWrite { reading.link.connection.write() }
            housekeeping(now)
            sayWhenReady()
            if more { wakeUp.signal() }
        }
        logger.info("gateway \(configuration.instance) has stopped", metadata: ["messages": "\(messages)"])
    }

    // MARK: Waiting

    private func wait() {
        var descriptors = [pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0)]
        if let descriptor = publishing.link.connection.descriptor {
            let write = publishing.link.connection.wantsWrite ? Int16(POLLOUT) : 0
            descriptors.append(pollfd(fd: descriptor, events: Int16(POLLIN) | write, revents: 0))
        }
        if let descriptor = reading.link.connection.descriptor {
            let read = mayRead ? Int16(POLLIN) : 0
            let write = mayAcknowledge && reading.link.connection.wantsWrite ? Int16(POLLOUT) : 0
            if read | write != 0 { descriptors.append(pollfd(fd: descriptor, events: read | write, revents: 0)) }
        }
        _ = poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: waitMilliseconds()))
        if descriptors[0].revents != 0 { wakeUp.clear() }
    }

    private func waitMilliseconds() -> Int64 {
        let now = clock.passed
        var until = min(nextMisc, nextStatistics)
        for due in [reading.link.dueAt, publishing.link.dueAt, stopDeadline] {
            if let due { until = min(until, due) }
        }
        if let deadline = engine.nextDeadline, let pace {
            until = min(until, pace.passed + .milliseconds(max(0, deadline - pace.engine)))
        }
        guard until > now else { return 0 }
        return (until - now).milliseconds + 1
    }

    /// What one batch brought must be with the broker before the next is read, and its acknowledgments written: mosquitto
    /// 2.0 sends more than the receive maximum, and they would pile up. A policy that drops reads on regardless.
    private var mayRead: Bool {
        guard stopDeadline == nil else { return !reading.link.isConnected || isAwaitingGoodbye }
        guard queue.whenFull == .wait, reading.link.isConnected else { return true }
        return publishing.isIdle && queue.count == 0 && !reading.link.connection.wantsWrite
    }

    /// Messages that a policy drops are acknowledged as they are read.
    private var mayAcknowledge: Bool {
        !reading.link.isConnected || isAwaitingGoodbye || queue.whenFull != .wait
            || (publishing.isIdle && queue.count == 0)
    }

    /// Ready: all is subscribed, and the broker has the status.
    private func sayWhenReady() {
        guard reading.isReady, publishing.link.isConnected else {
            isReady = false
            return
        }
        guard !isReady, publishing.isIdle else { return }
        isReady = true
        logger.info(
            "gateway \(configuration.instance) is ready",
            metadata: ["broker": "\(reading.link.connection.options.url)"])
    }

    // MARK: Input

    /// - Returns: whether more can be done at once.
    private func readAndTake() -> Bool {
        _ = publishing.link.connection.read()
        var more = false
        if mayRead {
            let room = queue.whenFull == .wait ? min(GatewayLoop.batch, max(1, queue.room)) : GatewayLoop.batch
            more = reading.link.connection.read(maximumPackets: room)
        }
        guard stopDeadline == nil || queue.count > 0 else { return more }
        var taken = 0
        while queue.whenFull == .wait || (taken < GatewayLoop.slice && publishing.waiting < 10_000),
            let message = queue.popFirst()
        {
            taken += 1
            message.payload.withUnsafeBytes { bytes in
                engine.take(
                    Message(
                        topic: message.topic, payload: bytes, arrival: message.arrival, isRetained: message.isRetained,
                        number: message.number))
            }
        }
        if taken > 0 { keepPace() }
        forward()
        return more || (queue.count > 0 && publishing.waiting < 10_000)
    }

    private func enqueue(_ topic: String, _ message: BorrowedMessage) {
        messages += 1
        queue.append(
            InputQueue.Waiting(
                topic: topic, payload: Array(message.payload), arrival: arrival(), isRetained: message.isRetained,
                number: messages))
    }

    /// The date, but never before what the engine has seen: a date that is set back is no time that comes again.
    private func arrival() -> Int64 {
        let (date, step) = clock.now()
        if let step {
            logger.warning("the machine's date was set", metadata: ["by": "\(Duration.milliseconds(step).rounded)"])
        }
        guard let engineNow = engine.now, engineNow - date < 60_000 else { return date }
        return max(date, engineNow)
    }

    // MARK: Time

    private func keepPace() {
        if let now = engine.now { pace = (now, clock.passed) }
    }

    private func passTime() {
        guard let pace else { return }
        let time = pace.engine + (clock.passed - pace.passed).milliseconds
        guard time > engine.now ?? time else { return }
        engine.advance(to: time)
        forward()
    }

    private func housekeeping(_ now: Duration) {
        if now >= nextMisc {
            nextMisc = now + .seconds(1)
            reading.link.connection.misc()
            publishing.link.connection.misc()
        }
        if let phenomena = requests.takePatterns() { take(phenomena) }
        if now >= nextStatistics {
            nextStatistics = now + .milliseconds(configuration.statsInterval)
            publishStatistics(now)
        }
        if requests.isStopping, stopDeadline == nil {
            stopDeadline = now + GatewayLoop.stopTimeout
            logger.info("stopping", metadata: ["waiting": "\(publishing.waiting)"])
            publishing.announce("offline")
            publishing.send()
        }
    }

    // MARK: Output

    private func forward() {
        for output in engine.takeOutputs() {
            switch output {
            case .complexEvent(let event):
                onComplexEvent(event)
                publish(
                    event.topic, event.json, qos: event.qos, isRetained: event.isRetained,
                    contentType: "application/cloudevents+json")
            case .action(let request): carryOut(request)
            }
        }
    }

    private func carryOut(_ request: ActionRequest) {
        let outcome: ActionOutcome
        switch request.work {
        case .publish(let topic, let payload, let qos, let isRetained):
            publish(topic, payload, qos: qos, isRetained: isRetained, contentType: nil)
            outcome = ActionOutcome(isSuccess: true)
        case .log(let message, let level):
            logger.log(
                level: Logger.Level(rawValue: level.rawValue) ?? .info, "\(message)",
                metadata: ["phenomenon": "\(request.phenomenon)"])
            outcome = ActionOutcome(isSuccess: true, output: String(message.prefix(4096)))
        case .failed(let reason):
            logger.warning(
                "an action failed: \(reason)",
                metadata: ["phenomenon": "\(request.phenomenon)", "action": "\(request.name)"])
            outcome = ActionOutcome(isSuccess: false, error: reason)
        }
        let event = engine.take(outcome, of: request, at: engine.now ?? ArrivalClock.date)
        publish(event.topic, event.json, qos: 1, isRetained: false, contentType: "application/cloudevents+json")
        forward()
    }

    private func publish(_ topic: String, _ payload: [UInt8], qos: Int, isRetained: Bool, contentType: String?) {
        guard let topic = try? TopicName(topic), let qos = QoS(rawValue: UInt8(clamping: qos)) else { return }
        publishing.publish(
            Publishing.Outgoing(
                topic: topic, payload: payload, qos: qos, isRetained: isRetained, contentType: contentType))
    }

    private func publishStatistics(_ now: Duration) {
        let figures = StatisticsReport.Figures(
            engine: engine.statistics, received: messages, dropped: queue.dropped + reading.tooLarge,
            queue: queue.count, publishedEvents: publishing.publishedEvents, refused: publishing.refused)
        let json = report.json(figures, date: ArrivalClock.date, uptime: now)
        if publishing.link.isConnected {
            publish(
                "\(configuration.prefix)/stats/\(configuration.instance)", json, qos: 0, isRetained: false,
                contentType: nil)
        }
        for line in report.warnings(figures) { logger.warning("\(line)") }
        for warning in engine.takeWarnings() { logger.warning("\(warning)") }
    }

    // MARK: Changes while running

    private func take(_ preparation: EnginePreparation) {
        engine.replace(preparation.phenomena, options: preparation.options)
        reading.subscribe(to: preparation.wanted)
        logger.info("patterns were read anew", metadata: ["phenomena": "\(preparation.phenomena.count)"])
    }

    /// In order: what was read is taken and published, the reading is acknowledged, both connections say goodbye.
    private func isOver() -> Bool {
        guard let stopDeadline else { return false }
        if clock.passed >= stopDeadline {
            logger.warning(
                "stopping without the broker's acknowledgments", metadata: ["waiting": "\(publishing.waiting)"])
            return true
        }
        if isAwaitingGoodbye {
            return reading.link.connection.descriptor == nil && publishing.link.connection.descriptor == nil
        }
        guard publishing.isIdle && queue.count == 0 || !publishing.link.isConnected else { return false }
        isAwaitingGoodbye = true
        for link in [reading.link, publishing.link] {
            link.stop()
            if link.connection.wantsWrite { link.connection.write() }
            link.connection.disconnect()
            link.connection.write()
        }
        return reading.link.connection.descriptor == nil && publishing.link.connection.descriptor == nil
    }
}
