import BoboTopics
public import CEL
import DequeModule

/// The engine: events and the passing of time go in, in one order; complex events, actions and changes of runs come out. It
/// is a function of its inputs: the same input gives the same output.
///
/// It belongs to one thread at a time.
public final class Engine {
    /// What came of the input, in order.
    public enum Output: Sendable {
        case complexEvent(ComplexEvent)
        indirect case action(ActionRequest)
    }

    @exclusivity(unchecked) var options: EngineOptions
    private let paths: PathTable
    @exclusivity(unchecked) private(set) var receiver: Receiver
    @exclusivity(unchecked) var routes: Routes { didSet { scope.passedOver = routes.passedOver } }
    /// Lines that are taken, and those that come next.
    let windows = (LineWindow(), LineWindow())
    let decider: Decider
    let producer: Producer
    let forwarder: Forwarder
    let scope: Scope
    @exclusivity(unchecked) private(set) var clock: EventClock
    @exclusivity(unchecked) var feedback = Deque<Feedback>()
    /// By the patterns' places in the order of output, as far as it is known.
    @exclusivity(unchecked) var feedingBack: ContiguousArray<Bool?> = []
    @exclusivity(unchecked) var outputs = MovedList<Output>()
    @exclusivity(unchecked) public internal(set) var late = 0
    private var told: Set<String> = []

    /// - Parameters:
    ///   - phenomena: compiled against `paths`; complex events come in the order of their names.
    ///   - paths: the table that all expressions of `phenomena` and `options.sensors` were compiled with.
    public init(_ phenomena: [Phenomenon], paths: PathTable, options: EngineOptions = EngineOptions()) {
        self.options = options
        self.paths = paths
        scope = Scope(timezone: options.timezone)
        scope.secrets = options.secrets
        let sorted = phenomena.sorted { $0.name < $1.name }
        decider = Decider(
            sorted, scope: scope, maximumState: options.maximumState, recordsChanges: options.recordsChanges,
            replication: options.replicates ? Replication(options) : nil, explains: options.explains,
            naming: ComplexEventNaming(gateway: options.gateway, prefix: options.prefix), fewRuns: options.fewRuns)
        routes = Routes(
            matchers: decider.matchers, state: decider.store.filters.map(\.on), sensors: options.sensors,
            defaultInput: options.defaultInput,
            prefix: options.prefix)
        scope.passedOver = routes.passedOver
        feedingBack = ContiguousArray(repeating: nil, count: decider.matchers.count)
        receiver = Receiver(paths: Paths(paths, read: Engine.programs(sorted, options)), options: options)
        producer = Producer(scope: scope)
        forwarder = Forwarder(options: options, scope: scope)
        clock = EventClock(maximumLateness: options.maximumLateness)
    }

    // MARK: In

    /// Takes a sensor's message.
    public func take(_ message: Message) {
        guard let route = routes.route(message.topic), !route.isOwn else { return }
        guard let (event, isEvent) = receiver.event(message, route) else { return }
        take(event, isEvent: isEvent, route)
        scope.event = nil
        receiver.release(event)
    }

    /// - Parameter found: so many patterns have just been found to care for it; nil: they are yet to be found.
    @inline(__always)
    func take(_ event: Event, isEvent: Bool, _ route: Route, found: Int? = nil) {
        if clock.isLate(event.timestamp) {
            guard isEvent else { return decider.keep(event, route) }
            late += 1
            if options.late == .process { process(event, route, found) }
        } else if options.maximumLateness == 0 {
            let isQuiet = moveClock(to: event.timestamp)
            // What timers bring about comes back to the same patterns, perhaps.
            if isEvent { process(event, route, isQuiet ? found : nil) } else { decider.keep(event, route) }
        } else {
            clock.wait(event, isEvent: isEvent)
            advance(to: event.timestamp.addingClamped(-options.maximumLateness))
        }
    }

    /// Moves the clock, which never goes back, and fires the timers that are due.
    /// - Parameter time: milliseconds since 1970.
    public func advance(to time: Int64) { _ = moveClock(to: time) }

    /// - Returns: whether nothing else was due by then.
    @inline(__always)
    func moveClock(to time: Int64) -> Bool {
        let time = max(time, clock.now)
        guard decider.isQuiet(until: time), clock.isEmpty else {
            advanceThroughDeadlines(to: time)
            return false
        }
        clock.advance(to: time)
        return true
    }

    private func advanceThroughDeadlines(to time: Int64) {
        // The clock goes from event to event, or timers between them would find it beyond them.
        while let event = clock.next(until: time) { processWaiting(event) }
        clock.advance(to: time)
        fire(until: time)
    }

    /// Tells of a step of the machine's date, which is no passage of time: the clock moves with it, and what waits keeps the
    /// time that it has left. Events that come after bear the new date.
    /// - Parameter milliseconds: how much later the date is than it would be; negative where it was set back.
    public func dateStepped(by milliseconds: Int64) {
        guard milliseconds != 0 else { return }
        clock.shift(by: milliseconds)
        decider.shift(by: milliseconds)
    }

    /// Processes the events that still wait for earlier ones, as if none could come any more.
    public func flush() {
        while let event = clock.next(until: .max) { processWaiting(event) }
    }

    /// Takes the end of an action; its event feeds back into the stream.
    /// - Parameter time: when it ended, milliseconds since 1970.
    public func take(_ outcome: ActionOutcome, of request: ActionRequest, at time: Int64) -> ActionEvent {
        let timestamp = max(time, clock.now)
        let json = forwarder.json(request, outcome, timestamp: timestamp)
        advance(to: timestamp)
        feedback.append(.action(request, json: json, timestamp: timestamp))
        drainFeedback()
        return ActionEvent(topic: forwarder.topic(request), json: json)
    }

    /// Takes other patterns and sensors. The runs of patterns that have not changed go on.
    /// - Parameter phenomena: compiled against the same table of paths as those before.
    package func replace(_ phenomena: [Phenomenon], options replacing: EngineOptions) {
        options.sensors = replacing.sensors
        options.defaultInput = replacing.defaultInput
        scope.secrets = replacing.secrets
        let sorted = phenomena.sorted { $0.name < $1.name }
        decider.replace(sorted, timestamp: clock.now)
        feedingBack = ContiguousArray(repeating: nil, count: decider.matchers.count)
        routes = Routes(
            matchers: decider.matchers, state: decider.store.filters.map(\.on), sensors: options.sensors,
            defaultInput: options.defaultInput,
            prefix: options.prefix)
        let read = Paths(paths, read: Engine.programs(sorted, options))
        receiver = Receiver(paths: read, options: options, counters: receiver.counters)
    }

    private static func programs(_ phenomena: [Phenomenon], _ options: EngineOptions) -> [Program] {
        phenomena.flatMap(\.patterns).flatMap(\.programs)
            + options.sensors.flatMap { [$0.timestamp, $0.eventIdentifier].compactMap(\.self) }
    }

    // MARK: Out

    /// What has come of all input since the last call.
    public func takeOutputs() -> [Output] {
        guard !outputs.isEmpty else { return [] }
        var taken: [Output] = []
        taken.reserveCapacity(outputs.count)
        outputs.drain { taken.append($0) }
        return taken
    }

    /// The same, one by one; the engine is not to be used meanwhile.
    @inline(__always)
    package func forEachOutput(_ body: (Output) throws -> Void) rethrows {
        if !outputs.isEmpty { try outputs.drain { try body($0) } }
    }

    /// The changes of runs since the last call, in order; none unless `EngineOptions.recordsChanges`.
    public func takeChanges() -> [Change] { decider.takeChanges() }

    /// Whether changes of runs are kept for `takeChanges()`; where runs are shared, they always are. They are to be taken as
    /// long as they are kept.
    package var recordsChanges: Bool {
        get { decider.state.effects.recordsChanges }
        set {
            guard decider.state.replication == nil else { return }
            decider.state.effects.recordsChanges = newValue
            if !newValue { _ = decider.takeChanges() }
        }
    }

    /// What each event since the last call did to runs of `EngineOptions.explains`, in order, and the changes of all runs,
    /// as `takeChanges()` has them.
    package func takeExplanations() -> (explanations: [Explanation], changes: [Change]) {
        (decider.witness?.take() ?? [], decider.takeChanges())
    }

    /// The predicates that have failed on each of the first events they were asked of, each of them once.
    public func takeWarnings() -> [PredicateWarning] {
        guard !scope.warnings.isEmpty else { return [] }
        defer { scope.warnings = [] }
        // A block that stands several times has the predicate as often.
        return scope.warnings.filter { told.insert("\($0.place) \($0.expression)").inserted }
    }

    /// How often each predicate has failed that has: by its place.
    public var failures: [String: Int] {
        var failures: [String: Int] = [:]
        for predicate in decider.matchers.flatMap(\.compiled.predicates) where predicate.failures > 0 {
            failures[predicate.source.place, default: 0] += predicate.failures
        }
        return failures
    }

    /// When the next timer is due, or it is the turn of the next event that waits: milliseconds since 1970. A timer may turn
    /// out to concern nothing any more.
    public var nextDeadline: Int64? {
        [decider.nextDeadline, clock.nextWaiting].compactMap(\.self).min()
    }

    /// The clock, milliseconds since 1970; nil before the first event.
    public var now: Int64? { clock.now == .min ? nil : clock.now }

    public var statistics: Statistics {
        let runs = decider.counters
        return Statistics(
            messages: receiver.counters, production: producer.counters, late: late, waiting: clock.waitingCount,
            activeRuns: decider.activeRuns, restingKeys: decider.restingKeys, stateTopics: decider.store.topicCount,
            droppedStateTopics: decider.store.dropped, startedRuns: runs.started, completedRuns: runs.completed,
            haltedRuns: runs.halted, droppedRests: runs.droppedRests, busiestPatterns: decider.busiestPatterns(20))
    }

    // MARK: Inside

    private func processWaiting(_ waiting: EventClock.Waiting) {
        guard let route = routes.route(of: waiting.event.topic) else { return }
        clock.advance(to: waiting.due)
        fire(until: waiting.due)
        if waiting.isEvent { process(waiting.event, route) } else { decider.keep(waiting.event, route) }
    }

    @inline(__always)
    func fire(until time: Int64) { if !decider.isQuiet(until: time) { fireAll(until: time) } }

    private func fireAll(until time: Int64) {
        while let deadline = decider.nextDeadline, deadline <= time {
            scope.now = deadline
            decider.fireEarliest()
            produce()
            drainFeedback()
        }
    }

    private func process(_ event: Event, _ route: Route, _ found: Int? = nil) {
        scope.now = max(clock.now, event.timestamp)
        decider.take(event, route, found: found ?? route.find(in: event.content))
        produce()
        drainFeedback()
        fire(until: clock.now)
    }

    /// The topic with what expressions read of it; nil where the text is none.
    func topic(_ name: String) -> Topic? { routes.route(name)?.topic }

    @inline(__always)
    func route(of topic: Topic) -> Route? { routes.route(of: topic) }
}
