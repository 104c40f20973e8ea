package import BoboEngine
package import BoboPeers
import BoboTopics

/// An engine whose runs other gateways share, or a lone one: all of a gateway but its input and output. What the broker
/// hands over goes in, with the time, and what is to be done comes out as `Effect`s, which are carried out in order before
/// the next input. The gateway's loop owns one; so do the gateways of the simulator in the tests.
///
/// It belongs to one thread.
package final class SharedEngine {
    package let engine: Engine
    let runs: EngineRuns
    /// nil: a lone gateway.
    package internal(set) var peers: Peers?
    var effects: [Effect] = []
    var kept = KeptEvents()
    var absences = AbsenceDecisions()
    var partitions: PartitionReading
    var waited = WaitedMessages()
    let options: SharingOptions
    /// How often peers had said what they read when this was last looked at.
    var statementsHeard = 0
    /// When the reading connection was last known to be good.
    var lastRead: Duration?
    private var lastInput: Moment?
    private var lastSecond = Duration.zero
    var isReadingUp = false
    var hasConnected = false
    var isMarkSubscribed = false
    var markPublished: Duration?
    /// When the first mark that came back was published.
    var markReturned: Duration?
    var reported: [String: Duration] = [:]
    /// By the protocol: no event is taken, and no timer decided.
    package internal(set) var isHeld = false
    /// Since when the changes of what was taken wait for a peer's acknowledgment.
    private var unacknowledged: (batch: Int, since: Duration)?
    private var wantsTick = false
    private var lastTick: Duration
    var pace = Pace()
    /// Told of what the engine does to runs, while somebody watches; nil while nobody does.
    package var onChanges: (([Change]) -> Void)? {
        didSet { if peers == nil { engine.recordsChanges = onChanges != nil } }
    }

    /// - Parameter random: for epochs and tokens.
    package init(
        _ engine: Engine, _ options: SharingOptions, random: any RandomNumberGenerator & Sendable, at moment: Moment
    ) {
        self.engine = engine
        self.options = options
        lastTick = moment.now
        runs = EngineRuns(engine)
        peers = options.peers.map { Peers($0, random: random, at: moment) }
        let division = options.peers?.division ?? DivisionOptions()
        partitions = PartitionReading(
            division.partitions, gateway: options.peers?.gateway ?? "", life: peers?.incarnation ?? "",
            handOver: !division.read.isEmpty ? .fixed : division.copies > 1 ? .overlap : .cuts)
        // Before any run comes: it would seem to have been here for ages.
        engine.tick(monotonic: moment.now.wholeMilliseconds)
        carryOut(moment)
    }

    /// What is to be done because of all input since the last call.
    package func takeEffects() -> [Effect] {
        guard !effects.isEmpty else { return [] }
        defer { effects.removeAll(keepingCapacity: true) }
        return effects
    }

    // MARK: What sensors say

    /// Whether messages may be handed to `take`; if not, they wait.
    package var takesMessages: Bool { !isHeld && !waited.holds }

    /// Whether what is read now waited at the broker or in the socket: to be told with the message to `take`.
    package var readsOld: Bool { peers != nil && waited.isOld }

    /// Whether a message that is read now is acted on.
    /// - Parameter partition: nil: nobody else reads it.
    package func acts(on partition: String?) -> Bool {
        guard peers != nil, let partition else { return true }
        return partitions.acts(on: partition)
    }

    /// Takes a sensor's message. What comes of it follows with the next `settle`.
    package func take(_ message: Message, partition: String?, isOld: Bool) {
        if isOld, let partition, let peers, options.dropsWhatOthersRead, waited.isDropped(partition, peers) {
            droppedAsRead += 1
            return
        }
        hasTaken = true
        engine.take(message)
    }

    /// Whether this gateway has read an event of its own, which is its clock from then on; not of before it was away.
    var hasTaken = false

    /// The runs whose complex events are kept until it is clear who publishes them.
    package var keptEvents: [RunIdentifier] { kept.runs }

    /// Messages that waited, and that another gateway had read meanwhile.
    package private(set) var droppedAsRead = 0

    /// To be called once after each batch of messages that were taken, and after an action's end.
    package func settle(at moment: Moment) {
        begin(moment)
        takenBatch = nil
        pace.note(engine, moment)
        carryOut(moment)
        guard let batch = takenBatch, let hasAcknowledged = peers?.hasAcknowledged(batch) else { return }
        takenBatch = nil
        if !hasAcknowledged { unacknowledged = (batch, unacknowledged?.since ?? moment.now) }
    }

    /// The last batch of changes that the protocol was given, until `settle` has seen it.
    var takenBatch: Int?

    /// Whether what was taken so far may be acknowledged to the broker: a live peer has the changes that came of it, or
    /// there is none, or 200 ms are over.
    package func mayAcknowledge(at moment: Moment) -> Bool {
        guard let waiting = unacknowledged, let hasAcknowledged = peers?.hasAcknowledged(waiting.batch) else {
            return true
        }
        if hasAcknowledged || moment.now - waiting.since >= SharedEngine.patience {
            unacknowledged = nil
        }
        return unacknowledged == nil
    }

    /// Whether more may be read before that: while the batch to the peers is filling.
    package func mayRead(at moment: Moment) -> Bool {
        guard !mayAcknowledge(at: moment), let waiting = unacknowledged else { return true }
        return moment.now - waiting.since < options.batch
    }

    /// How long an acknowledgment to the broker waits for a peer's.
    private static let patience = Duration.milliseconds(200)

    // MARK: What the broker says

    /// A message in this gateway's inbox.
    package func receive(_ bytes: [UInt8], at moment: Moment) {
        begin(moment)
        peers?.receive(bytes, at: moment, runs)
        let clock = peers?.takeClock()
        carryOut(moment)
        if let peers, peers.statementsHeard != statementsHeard {
            statementsHeard = peers.statementsHeard
            doubtReading(peers, moment)
        }
        if !hasTaken, !options.arrivalsAreTheClock, let clock {
            follow(clock, moment)
            carryOut(moment)
        }
        // It may be the answer that the end of an `absent` waits for.
        if absences.areOpen { wantsTick = true }
    }

    package func status(of gateway: String, isOnline: Bool, isRetained: Bool, at moment: Moment) {
        begin(moment)
        peers?.status(of: gateway, isOnline: isOnline, isRetained: isRetained, at: moment, runs)
        carryOut(moment)
    }

    /// The connection that publishes is up, and the inbox and the statuses are subscribed; or it is lost.
    /// - Parameter limit: bytes of a message to a peer that the broker takes at most; nil: as many as there are.
    package func publishing(isUp: Bool, limit: Int? = nil, at moment: Moment) {
        begin(moment)
        peers?.connection(isUp: isUp, limit: limit, at: moment, runs)
        carryOut(moment)
    }

    /// The broker has refused a message to a peer, since it is too large.
    package func refused(bytes: Int, at moment: Moment) {
        begin(moment)
        peers?.refused(bytes: bytes, at: moment, runs)
        carryOut(moment)
    }

    /// The broker has acknowledged these complex events, and their actions have begun.
    package func published(_ completed: [RunIdentifier], at moment: Moment) {
        guard peers != nil else { return }
        begin(moment)
        peers?.published(completed, at: moment, runs)
        carryOut(moment)
    }

    // MARK: What time brings

    /// To be called at `nextDeadline` at the latest.
    /// - Parameter isIdle: whether no message waits to be taken.
    package func tick(isIdle: Bool, at moment: Moment) {
        begin(moment)
        wantsTick = false
        lastTick = moment.now
        guard peers != nil else {
            pace.advance(engine, moment)
            return carryOut(moment)
        }
        if !isHeld {
            startClock(moment)
            pace.advance(engine, moment)
        }
        engine.tick(monotonic: moment.now.wholeMilliseconds)
        if !isHeld {
            carryOut(moment)
            if isIdle, isReadingUp, !waited.isOld { decideAbsences(moment) }
        }
        // A copy of the peers that is held while they change would have all that they remember copied.
        let due = peers?.nextDeadline ?? .seconds(1 << 40)
        if due <= moment.now {
            peers?.tick(at: moment, runs)
            // What the division gives this gateway is known before it is looked what it may let go.
            carryOut(moment)
        }
        if moment.now - lastSecond >= .seconds(1) { eachSecond(moment) }
        carryOut(moment)
    }

    /// On the monotonic clock; where there are peers, half a second after the last `tick` at the latest.
    package func nextDeadline(at moment: Moment) -> Duration {
        if wantsTick { return moment.now }
        var deadline = peers == nil ? moment.now + .seconds(60) : lastTick + .milliseconds(500)
        if !isHeld, let due = pace.due(engine) { deadline = min(deadline, due) }
        if let due = peers?.nextDeadline { deadline = min(deadline, due) }
        if let waiting = unacknowledged { deadline = min(deadline, waiting.since + SharedEngine.patience) }
        return max(deadline, moment.now)
    }

    /// The machine's date was set; a lone gateway's clock goes with it, and what waits keeps the time that it has left.
    /// Gateways that share their runs keep to the times that they have told each other.
    /// - Parameter milliseconds: negative where it was set back.
    package func dateStepped(by milliseconds: Int64, at moment: Moment) {
        guard peers == nil, options.arrivalsAreTheClock else { return }
        engine.dateStepped(by: milliseconds)
        pace.note(engine, moment)
        carryOut(moment)
    }

    /// The gateway is to stop; `Effect.stopped` follows.
    package func requestStop(at moment: Moment) {
        begin(moment)
        guard peers != nil else {
            effects += [.status(isOnline: false), .stopped(sessionMayGo: false)]
            return
        }
        peers?.requestStop(at: moment, runs)
        carryOut(moment)
    }

    /// The engine has taken other patterns, which may come to other partitions.
    package func patternsChanged(_ options: SharingOptions, at moment: Moment) {
        guard let options = options.peers, peers != nil else { return }
        begin(moment)
        runs.patternsChanged()
        effects += partitions.replace(options.division.partitions, now: moment.now)
        peers?.replace(options.division, config: options.config, at: moment, runs)
        carryOut(moment)
    }

    // MARK: Inside

    /// Where arrivals are the clock, a gateway that has read no event yet goes by the date, since its peers' runs have timers;
    /// and so does one whose date was set right since its last event.
    private func startClock(_ moment: Moment) {
        guard options.arrivalsAreTheClock, engine.now.map({ moment.wall > $0 + (hasTaken ? 1000 : 0) }) ?? true else {
            return
        }
        engine.advance(to: moment.wall)
        pace.note(engine, moment)
    }

    private func eachSecond(_ moment: Moment) {
        lastSecond = moment.now
        let peers = peers
        effects += partitions.insist(now: moment.now) { peers?.mayLetGo($0) ?? false }
        let age = options.peers?.rememberAge ?? .zero
        engine.forgetRemembered(endedBefore: (moment.now - age).wholeMilliseconds) { peers?.remembers($0) ?? false }
        let patience = waited.isOld ? .seconds(10) : quiet
        if let patience, let published = markPublished, moment.now - max(published, lastRead ?? published) >= patience {
            publishMark(moment)
        }
    }

    /// A gap between inputs means that the gateway stood still: what lies in its sockets is old.
    func begin(_ moment: Moment) {
        engine.pass(monotonic: moment.now.wholeMilliseconds)
        defer { lastInput = moment }
        guard peers != nil, isReadingUp, let last = lastInput, moment.now - last.now > .seconds(1) else { return }
        beginWaiting(lastGood: min(last.now, lastRead ?? last.now), moment)
        if isMarkSubscribed { publishMark(moment) }
    }

    /// Whether messages that were read wait to be taken: told by who reads.
    package var hasWaiting = false {
        didSet { peers?.hasWaiting = hasWaiting }
    }

    /// Whether nothing is to be read any more, since the gateway stops.
    package var isFinishing: Bool { peers?.isFinishing == true }

    /// Whether nothing that is read from now on is acted on here.
    var isReleased: Bool { isReadingUp && !hasWaiting && partitions.isReleased }
}
