import BoboActions
import BoboEngine
import BoboMQTT
import BoboPeers
import BoboSharing
import BoboTopics
import Foundation
import Logging

/// The gateway at work. One thread owns it: it waits for the two connections, hands what has been read to the engine in
/// batches, publishes what comes of it, and then acknowledges what was read.
///
/// A batch is acknowledged once the broker itself has acknowledged all that came of it, and, with peers, one of them the
/// changes. So whatever kills the gateway, the broker has either the complex event or still the message.
final class GatewayLoop {
    /// Packets that are read before the engine takes them.
    static let batch = 1000
    /// With a policy that drops, messages that the engine takes before the socket is looked at again.
    static let slice = 500
    /// Messages that are read and not acknowledged, before no more is read: fewer than the receive maximum.
    static let unacknowledged = 1500

    let configuration: Configuration
    let logger: Logger
    let shared: SharedEngine
    let reading: SensorReading
    let publishing: Publishing
    let onComplexEvent: (ComplexEvent) -> Void
    /// nil where nobody looks.
    let observer: LoopObserver?
    let discovery: HomeAssistantAnnouncer?
    let topics: GatewayTopics
    let actions: ActionQueue
    var actionLog: ActionLog
    private let actionWorkers: ActionWorkers
    private let wakeUp: WakeUp
    private let requests: LoopRequests
    var partitioning: Partitioning
    var queue: InputQueue
    var clock = ArrivalClock()
    var messages: UInt64 = 0
    /// Messages read since acknowledgments were last written.
    var readSinceWrite = 0
    var stopping = Stopping()
    var watching: RunWatching
    private var nextMisc = Duration.zero
    private var nextStatistics: Duration
    private(set) var isReady = false
    /// When it first was ready.
    var readySince: Duration?
    /// When what only the start or a change of the patterns needed is given back.
    private var givesBackAt: Duration?
    private var report = StatisticsReport()

    init(
        _ configuration: Configuration, _ preparation: EnginePreparation, links: GatewayLinks, requests: LoopRequests,
        observer: LoopObserver? = nil, logger: Logger, onComplexEvent: @escaping (ComplexEvent) -> Void
    ) {
        self.configuration = configuration
        self.logger = logger
        self.requests = requests
        let wakeUp = requests.wakeUp
        self.wakeUp = wakeUp
        actionWorkers = ActionWorkers(agent: "bobo/\(Gateway.version)") { wakeUp.signal() }
        actions = ActionQueue(actionWorkers)
        actionLog = ActionLog(logger)
        self.onComplexEvent = onComplexEvent
        self.observer = observer
        discovery =
            configuration.homeAssistant.discovery
            ? HomeAssistantAnnouncer(configuration, preparation.phenomena, logger: logger) : nil
        observer?.observation.put(preparation.phenomena)
        topics = GatewayTopics(prefix: configuration.prefix, instance: configuration.instance)
        partitioning = preparation.partitioning
        var options = preparation.options
        // Unique to this start, so that no two events of a gateway have one identifier.
        options.source = "\(configuration.instance)-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let engine = Engine(preparation.phenomena, paths: preparation.paths, options: options)
        shared = SharedEngine(
            engine, configuration.sharing(partitioning), random: SystemRandomNumberGenerator(),
            at: Moment(now: clock.passed, wall: ArrivalClock.date))
        queue = InputQueue(configuration.queue)
        watching = RunWatching(instance: configuration.instance, prefix: configuration.prefix)
        nextStatistics = .milliseconds(configuration.statsInterval)
        reading = SensorReading(
            links.reading, partitioning, own: shared.peers == nil ? nil : topics.mark, prefix: configuration.prefix,
            maximumPayload: Int(configuration.maxPayload), logger: logger)
        publishing = Publishing(
            links.publishing, statusTopic: topics.status, announcesItself: shared.peers == nil, logger: logger)
    }

    var moment: Moment { Moment(now: clock.passed, wall: ArrivalClock.date) }

    /// Works until asked to stop.
    /// - Throws: `ConnectionFailure` where the broker refuses for good.
    func run() throws(ConnectionFailure) {
        let clock = clock
        reading.link.begin { clock.passed }
        publishing.link.begin { clock.passed }
        listen()
        defer {
            _ = actions.close()
            actionWorkers.end()
        }
        while !isOver() {
            wait()
            // Before anything is read: whether the gateway stood still is seen here.
            noteDate()
            shared.tick(isIdle: queue.count == 0, at: moment)
            reading.link.tick(self.clock.passed)
            publishing.link.tick(self.clock.passed)
            if let refusal = reading.link.refusal ?? publishing.link.refusal { throw refusal }
            _ = publishing.link.connection.read()
            takeEndedActions()
            carryOut()
            let more = readAndTake()
            housekeeping(self.clock.passed)
            observer?.turn(shared.engine, snapshot)
            carryOut()
            // After all that publishes: while something waits here nothing is read.
            publishing.send()
            acknowledge()
            sayWhenReady()
            if more { wakeUp.signal() }
        }
        logger.info(
            "gateway \(configuration.instance) has stopped",
            metadata: ["messages": "\(messages)", "session": stopping.endsSession ? "ended" : "kept"])
    }

    // MARK: Waiting

    private func wait() {
        var descriptors = [pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0)]
        if let descriptor = publishing.link.connection.descriptor {
            let write = publishing.link.connection.wantsWrite ? Int16(POLLOUT) : 0
            descriptors.append(pollfd(fd: descriptor, events: Int16(POLLIN) | write, revents: 0))
        }
        if let descriptor = reading.link.connection.descriptor {
            let moment = moment
            let read = mayRead(moment) ? Int16(POLLIN) : 0
            let write = mayAcknowledge(moment) && reading.link.connection.wantsWrite ? Int16(POLLOUT) : 0
            if read | write != 0 { descriptors.append(pollfd(fd: descriptor, events: read | write, revents: 0)) }
        }
        _ = poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: waitMilliseconds()))
        if descriptors[0].revents != 0 { wakeUp.clear() }
    }

    private func waitMilliseconds() -> Int64 {
        let moment = moment
        var until = min(nextMisc, nextStatistics, shared.nextDeadline(at: moment))
        let toHomeAssistant = publishing.link.isConnected ? discovery?.nextDueAt : nil
        for due in [
            reading.link.dueAt, publishing.link.dueAt, stopping.deadline, stopping.actionsDue, toHomeAssistant,
        ] {
            if let due { until = min(until, due) }
        }
        guard until > moment.now else { return 0 }
        return (until - moment.now).wholeMilliseconds + 1
    }

    /// Ready: all is subscribed, the broker has the status, and, with peers, their state is here. That partitions come and
    /// go later changes nothing about it.
    private func sayWhenReady() {
        guard reading.link.isConnected, publishing.link.isConnected, !shared.isHeld else {
            isReady = false
            return
        }
        guard !isReady, reading.isReady, shared.takesMessages, publishing.isIdle else { return }
        isReady = true
        if readySince == nil {
            readySince = clock.passed
            givesBackAt = clock.passed + .seconds(1)
        }
        logger.info(
            "gateway \(configuration.instance) is ready",
            metadata: ["broker": "\(reading.link.connection.options.url)"])
    }

    private func housekeeping(_ now: Duration) {
        if now >= nextMisc {
            nextMisc = now + .seconds(1)
            reading.link.connection.misc()
            publishing.link.connection.misc()
        }
        if let phenomena = requests.takePatterns() { take(phenomena) }
        if let due = givesBackAt, now >= due {
            givesBackAt = nil
            ProgramPages.giveBack()
        }
        if now >= nextStatistics {
            nextStatistics = now + .milliseconds(configuration.statsInterval)
            publishStatistics(now)
        }
        if shared.onChanges != nil, !watching.isWatched(at: now) { shared.onChanges = nil }
        announce(now)
        if requests.isStopping, !stopping.isAsked { beginStop(now) }
    }

    private func publishStatistics(_ now: Duration) {
        let figures = StatisticsReport.Figures(
            engine: shared.engine.statistics, received: messages, dropped: queue.dropped + reading.tooLarge,
            queue: queue.count, publishedEvents: publishing.publishedEvents, refused: publishing.refused,
            peers: shared.peers?.report(at: moment), readElsewhere: shared.droppedAsRead,
            actions: actionFigures)
        let json = report.json(figures, date: ArrivalClock.date, uptime: now)
        if publishing.link.isConnected {
            publish(topics.statistics, json, qos: .atMostOnce)
        }
        for line in report.warnings(figures) { warn(line, groupedAs: "\(line.drop { $0.isNumber || $0 == " " })") }
        for warning in shared.engine.takeWarnings() { warn("\(warning)") }
        observer?.observation.put(statistics: json, of: configuration.instance, date: ArrivalClock.date)
    }

    // MARK: Changes while running

    private func take(_ preparation: EnginePreparation) {
        let begin = ContinuousClock.now
        shared.engine.replace(preparation.phenomena, options: preparation.options)
        partitioning = preparation.partitioning
        reading.replace(partitioning)
        shared.patternsChanged(configuration.sharing(partitioning), at: moment)
        carryOut()
        observer?.observation.put(preparation.phenomena)
        discovery?.replace(preparation.phenomena, at: clock.passed)
        givesBackAt = clock.passed + .seconds(1)
        let change = ContinuousClock.now - begin
        logger.info(
            "patterns were read anew",
            metadata: [
                "phenomena": "\(preparation.phenomena.count)",
                "reading": "\(Int(preparation.spent / .milliseconds(1))) ms",
                "change": "\(Int(change / .milliseconds(1))) ms",
            ])
    }
}
