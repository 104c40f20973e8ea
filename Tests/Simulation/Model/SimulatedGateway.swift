import BoboEngine
import BoboPeers
import BoboSharing
import DequeModule

/// A gateway as the process is one: a shared engine, its two connections, and the loop between them.
final class SimulatedGateway {
    private struct Waiting {
        let publication: Publication
        let partition: String
        let isOld: Bool
        let id: Int
    }

    enum State { case down, running, paused }

    let id: String
    private unowned let world: World
    private(set) var state = State.down
    private(set) var life = 0
    var clock = LocalClock()
    private(set) var engine: SharedEngine?
    private var reading: SimulatedClient?
    private var peers: SimulatedClient?
    private var queue = Deque<Waiting>()
    /// Taken, and to be acknowledged to the broker.
    private var toAcknowledge: [Int] = []
    /// By packet identifier, what was taken last: a message sent again is not a second one.
    private var taken: [Int: Int] = [:]
    private var messages: UInt64 = 0
    private var publishing: [Int: RunIdentifier] = [:]
    private var tokens: [Int: () -> Void] = [:]
    private var nextToken = 0
    private var wakesAt: Duration?
    private var isWakePending = false
    private var isStopping = false
    private var seen: [RunIdentifier: RunRank] = [:]
    /// The runs whose complex events this life has sent to the broker.
    private(set) var publishedRuns: Set<RunIdentifier> = []
    var link = SimulatedLink()

    init(id: String, world: World) {
        self.id = id
        self.world = world
    }

    var moment: Moment { clock.moment(world.schedule.now) }

    var isUp: Bool { state == .running }

    /// Whether nothing keeps it from finding out who has gone, and from taking what that one read.
    var isAble: Bool {
        isUp && world.broker.isUp
            && [reading, peers].allSatisfy { client in
                guard let client, client.isConnected else { return false }
                return world.blockedUntil[client.id].map { $0.time <= world.schedule.now } ?? true
            }
    }

    /// Since when it has run without standing still.
    private(set) var runsSince = Duration.zero

    // MARK: Life

    func start() {
        guard state == .down else { return }
        life += 1
        state = .running
        runsSince = world.schedule.now
        isStopping = false
        queue = []
        toAcknowledge = []
        taken = [:]
        publishing = [:]
        tokens = [:]
        messages = 0
        publishedRuns = []
        seen = [:]
        wakesAt = nil
        isWakePending = false
        world.trace { "\(self.id) starts, life \(self.life)" }
        engine = world.makeEngine(self)
        let delay = { [unowned self] in link.delay(&world.random) }
        let reading = SimulatedClient(id, world, keepsSession: true, will: nil, delay: delay)
        let peers = SimulatedClient(
            "\(id)-peers", world, keepsSession: false, will: world.status(id, isOnline: false), delay: delay)
        let life = life
        for client in [reading, peers] {
            client.onArrival = { [weak self] in if self?.life == life { self?.wakeSoon() } }
            world.schedule.after(world.random.duration(0...0.05)) { client.connect() }
        }
        self.reading = reading
        self.peers = peers
        work()
    }

    func kill(losesPower: Bool) {
        guard state != .down else { return }
        world.trace { "\(self.id) is killed\(losesPower ? ", its machine without power" : "")" }
        world.record.killed["\(id) \(life)"] = world.schedule.now
        reading?.die(losesPower: losesPower)
        peers?.die(losesPower: losesPower)
        end()
    }

    private func end() {
        world.ended(self)
        state = .down
        engine = nil
        reading = nil
        peers = nil
    }

    func pause() {
        guard state == .running else { return }
        world.trace { "\(self.id) stands still" }
        state = .paused
        let life = life
        for client in [reading, peers].compactMap(\.self) {
            guard let connection = client.connection else { continue }
            world.schedule.after(world.keepAlive * 1.5) { [weak self] in
                guard let self, self.life == life, state == .paused else { return }
                connection.down?.send(.closed)
                world.broker.lose(connection)
            }
        }
    }

    func goOn() {
        guard state == .paused else { return }
        world.trace { "\(self.id) goes on" }
        state = .running
        runsSince = world.schedule.now
        work()
    }

    func stop() {
        guard state == .running, !isStopping else { return }
        world.trace { "\(self.id) is asked to stop" }
        isStopping = true
        engine?.requestStop(at: moment)
        work()
    }

    /// The connections of the machine, by name.
    func clients(reading isReading: Bool, peers isPeers: Bool) -> [SimulatedClient] {
        [isReading ? reading : nil, isPeers ? peers : nil].compactMap(\.self)
    }

    // MARK: The loop

    private func wakeSoon() {
        guard state == .running, !isWakePending else { return }
        isWakePending = true
        let life = life
        world.schedule.after(link.work) { [weak self] in
            guard let self, self.life == life else { return }
            isWakePending = false
            if state == .running { work() }
        }
    }

    private func work() {
        guard let engine, let reading, let peers else { return }
        while let packet = peers.socket.popFirst() {
            takeFromPeers(packet, engine, peers)
            guard state == .running else { return }
        }
        while engine.mayRead(at: moment), let packet = reading.socket.popFirst() {
            read(packet, engine, reading)
            guard state == .running else { return }
        }
        takeQueue(engine)
        let deadline = engine.nextDeadline(at: moment)
        if deadline <= moment.now {
            engine.tick(isIdle: queue.isEmpty && reading.socket.isEmpty, at: moment)
            carryOut(engine)
            guard state == .running else { return }
            takeQueue(engine)
        }
        if !toAcknowledge.isEmpty, engine.mayAcknowledge(at: moment) {
            for id in toAcknowledge { reading.send(.acknowledge(id: id)) }
            toAcknowledge = []
        }
        if world.isTraced { traceRuns(engine) }
        sleep(engine)
    }

    /// What has changed of the active runs.
    private func traceRuns(_ engine: SharedEngine) {
        var ranks: [RunIdentifier: RunRank] = [:]
        for run in engine.engine.activeRuns { ranks[run] = engine.engine.rank(of: run) }
        for run in engine.engine.activeRuns where seen[run] != ranks[run] {
            let copy = engine.engine.copy(of: run)
            world.trace {
                "\(self.id) has \(run) \(copy?.phenomenon ?? ""): \(copy?.history.map { Outcome.describe($0.event) } ?? []) at \(copy?.block ?? -1)"
            }
        }
        for run in seen.keys.sorted(by: { $0.description < $1.description }) where ranks[run] == nil {
            let end = engine.engine.remembered[run].map { "\($0.status)" } ?? "gone"
            world.trace { "\(self.id) has no more \(run): \(end)" }
        }
        seen = ranks
    }

    private func sleep(_ engine: SharedEngine) {
        let due = max(clock.time(of: engine.nextDeadline(at: moment)), world.schedule.now + .microseconds(200))
        if let wakesAt, wakesAt <= due, wakesAt > world.schedule.now { return }
        wakesAt = due
        let life = life
        world.schedule.at(due) { [weak self] in
            guard let self, self.life == life, wakesAt == due else { return }
            wakesAt = nil
            if state == .running { work() }
        }
    }

    private func takeQueue(_ engine: SharedEngine) {
        guard engine.takesMessages, !queue.isEmpty else { return }
        while engine.takesMessages, let waiting = queue.popFirst() {
            take(waiting, engine)
            toAcknowledge.append(waiting.id)
        }
        engine.hasWaiting = !queue.isEmpty
        engine.settle(at: moment)
        carryOut(engine)
    }

    private func take(_ waiting: Waiting, _ engine: SharedEngine) {
        messages += 1
        let dropped = engine.droppedAsRead
        waiting.publication.payload.withUnsafeBytes { bytes in
            let message = Message(
                topic: waiting.publication.topic, payload: bytes, arrival: arrival(engine), isRetained: false,
                number: messages)
            engine.take(message, partition: waiting.partition, isOld: waiting.isOld)
        }
        let isDropped = engine.droppedAsRead != dropped
        world.trace {
            "\(self.id) \(isDropped ? "drops" : "takes") \(describe(waiting.publication))\(waiting.isOld ? ", which waited" : "")"
        }
        if !isDropped { world.acted(self, waiting.publication) }
    }

    /// The date, but not before what the engine has seen, as in the real loop.
    private func arrival(_ engine: SharedEngine) -> Int64 {
        let date = moment.wall
        guard let now = engine.engine.now, now - date < 60_000 else { return date }
        return max(date, now)
    }

    // MARK: The reading connection

    private func read(_ packet: DownPacket, _ engine: SharedEngine, _ client: SimulatedClient) {
        switch packet {
        case .connected(let hasSession):
            world.trace { "\(self.id) reads, \(hasSession ? "with its session" : "without a session")" }
            client.accepted()
            engine.readingConnected(hasSession: hasSession, at: moment)
            subscribe([world.markTopic(id)], client) { [unowned self] in engine.markSubscribed(at: moment) }
        case .closed:
            world.trace { "\(self.id) reads no more" }
            client.ended()
            tokens = [:]
            toAcknowledge = []
            engine.readingLost(at: moment)
        case .subscribed(let token), .unsubscribed(let token): tokens.removeValue(forKey: token)?()
        case .published(let id): client.published(id)
        case .message(let publication, let id, let isRepeated, _): read(publication, id, isRepeated, engine)
        }
        carryOut(engine)
    }

    private func read(_ publication: Publication, _ id: Int, _ isRepeated: Bool, _ engine: SharedEngine) {
        if publication.topic == world.markTopic(self.id) {
            world.trace { "\(self.id) reads its mark \(text(publication))" }
            toAcknowledge.append(id)
            engine.markRead(Int(text(publication)) ?? -1, at: moment)
        } else if let partition = world.partition(ofCut: publication.topic) {
            world.trace { "\(self.id) reads the cut of \(partition) by \(text(publication))" }
            toAcknowledge.append(id)
            engine.cut(partition, text(publication), at: moment)
        } else if let partition = world.partition(of: publication.topic) {
            let number = serial(publication.payload) ?? 0
            if isRepeated, taken[id] == number {
                // One that is still held is acknowledged when it is taken.
                if !queue.contains(where: { $0.id == id }) { toAcknowledge.append(id) }
                return
            }
            taken[id] = number
            engine.heardReading(at: moment)
            guard engine.acts(on: partition) else {
                world.trace { "\(self.id) does not act on \(describe(publication))" }
                toAcknowledge.append(id)
                return
            }
            engine.hasWaiting = true
            queue.append(
                Waiting(publication: publication, partition: partition, isOld: engine.readsOld, id: id))
        }
    }

    private func subscribe(_ filters: [String], _ client: SimulatedClient, then: @escaping () -> Void) {
        nextToken += 1
        tokens[nextToken] = then
        client.send(.subscribe(filters, token: nextToken))
    }

    // MARK: The peers' connection

    private func takeFromPeers(_ packet: DownPacket, _ engine: SharedEngine, _ client: SimulatedClient) {
        switch packet {
        case .connected:
            client.accepted()
            client.send(.subscribe([world.inbox(id), world.statusFilter], token: 0))
        case .subscribed:
            world.trace { "\(self.id) is connected with the peers" }
            engine.publishing(isUp: true, at: moment)
        case .closed:
            world.trace { "\(self.id) is not connected with the peers" }
            client.ended()
            engine.publishing(isUp: false, at: moment)
        case .unsubscribed: break
        case .published(let id):
            client.published(id)
            if let run = publishing.removeValue(forKey: id) { engine.published([run], at: moment) }
        case .message(let publication, let id, _, let isRetained):
            client.send(.acknowledge(id: id))
            if publication.topic == world.inbox(self.id) {
                world.trace { "\(self.id) \(describe(message: publication.payload))" }
                engine.receive(publication.payload, at: moment)
            } else if let other = world.gateway(ofStatus: publication.topic) {
                let isOnline = text(publication) == "online"
                world.trace { "\(self.id) reads that \(other) is \(text(publication))\(isRetained ? " (stored)" : "")" }
                engine.status(of: other, isOnline: isOnline, isRetained: isRetained, at: moment)
            }
        }
        carryOut(engine)
    }

    // MARK: What follows

    private func carryOut(_ engine: SharedEngine) {
        while state == .running {
            let effects = engine.takeEffects()
            if effects.isEmpty { return }
            for effect in effects { carryOut(effect, engine) }
        }
    }

    private func carryOut(_ effect: Effect, _ engine: SharedEngine) {
        guard let reading, let peers else { return }
        switch effect {
        case .send(let to, let bytes):
            world.sent(bytes, to: to)
            peers.publish(
                Publication(topic: world.inbox(to), payload: bytes), isKept: world.scenario.keepsPeerMessages)
        case .publish(let event, let actions):
            world.published(event, by: self)
            publishedRuns.insert(event.identifier)
            if let number = peers.publish(Publication(topic: event.topic, payload: event.json), isKept: true) {
                publishing[number] = event.identifier
            }
            for action in actions { carryOut(action, engine) }
        case .act(let action): carryOut(action, engine)
        case .status(let isOnline): peers.publish(world.status(id, isOnline: isOnline), isKept: false)
        case .publishMark(let number):
            peers.publish(Publication(topic: world.markTopic(id), payload: Array("\(number)".utf8)), isKept: true)
        case .subscribe(let partition):
            world.trace { "\(self.id) subscribes to \(partition)" }
            subscribe(world.filters(of: partition), reading) { [unowned self] in
                engine.subscribed(partition, at: moment)
                carryOut(engine)
            }
        case .unsubscribe(let partition):
            world.trace { "\(self.id) lets go of \(partition)" }
            nextToken += 1
            tokens[nextToken] = { [unowned self] in
                engine.unsubscribed(partition, at: moment)
                carryOut(engine)
            }
            reading.send(.unsubscribe(world.filters(of: partition), token: nextToken))
        case .publishCut(let partition, let text):
            world.trace { "\(self.id) cuts \(partition)" }
            peers.publish(Publication(topic: world.cutTopic(partition), payload: Array(text.utf8)), isKept: true)
        case .stopped(let sessionMayGo):
            world.trace { "\(self.id) stops\(sessionMayGo ? ", and its session ends" : "")" }
            if let engine = self.engine, engine.mayAcknowledge(at: moment) {
                for id in toAcknowledge { reading.send(.acknowledge(id: id)) }
            }
            reading.disconnect(sessionEnds: sessionMayGo)
            peers.disconnect(sessionEnds: true)
            end()
        case .log(let log): world.log(self, log)
        }
    }

    private func carryOut(_ action: ActionRequest, _ engine: SharedEngine) {
        world.ran(action, by: self)
        _ = engine.engine.take(ActionOutcome(isSuccess: true), of: action, at: moment.wall)
        engine.settle(at: moment)
    }

    private func text(_ publication: Publication) -> String { String(decoding: publication.payload, as: UTF8.self) }
}

/// How packets of a gateway's machine travel, and how fast the machine works.
struct SimulatedLink {
    var least = 0.001
    var most = 0.01
    /// From an arrival to the process's looking at it.
    var work = Duration.microseconds(100)

    func delay(_ random: inout SeededRandom) -> Duration { random.duration(least...most) }
}

private func describe(_ publication: Publication) -> String {
    "\(publication.topic) \(String(decoding: publication.payload, as: UTF8.self))"
}

private func describe(message bytes: [UInt8]) -> String {
    "hears \(String(decoding: bytes.prefix(1500), as: UTF8.self))"
}
