import BoboEngine
import BoboPeers
import BoboSharing
import BoboTopics

/// Everything of one simulation: time, chance, the broker, the gateways, and what they did.
final class World {
    let scenario: Scenario
    let library: PatternLibrary
    let schedule = Schedule()
    let broker: SimulatedBroker
    var random: SeededRandom
    private(set) var gateways: [SimulatedGateway] = []
    var record = Record()
    /// The last steps, where they are wanted.
    private(set) var steps: [String] = []
    let isTraced: Bool
    /// By client: until when nothing gets through.
    var blockedUntil: [String: (up: Bool, down: Bool, time: Duration)] = [:]
    let keepAlive = Duration.seconds(12)
    let retryScale = 0.5
    private var held: [Publication] = []
    private var peerMessages: [(to: String, bytes: [UInt8])] = []
    private let filters: [(name: String, filter: TopicFilter)]
    var readership = Readership()
    private var partitionsOfTopics: [String: String] = [:]

    init(_ scenario: Scenario, _ library: PatternLibrary, random: SeededRandom, isTraced: Bool) {
        self.scenario = scenario
        self.library = library
        self.random = random
        self.isTraced = isTraced
        broker = SimulatedBroker(schedule, sessionExpiry: scenario.rememberAge / 2)
        filters = scenario.partitions.compactMap { name in (try? TopicFilter(name)).map { (name, $0) } }
        gateways = scenario.gateways.map { SimulatedGateway(id: $0, world: self) }
        broker.know(
            scenario.partitions + scenario.partitions.map(cutTopic) + [statusFilter]
                + scenario.gateways.flatMap { [markTopic($0), inbox($0)] })
        broker.trace = { [unowned self] in trace($0) }
        broker.onPublication = { [unowned self] in noteReader($0) }
        broker.onHandedOut = { [unowned self] publication, clients in
            guard partition(of: publication.topic) != nil, let number = serial(publication.payload) else { return }
            record.heldBy[number, default: []].formUnion(clients)
            record.handedTo[number, default: []].formUnion(clients)
        }
        broker.onExpiry = { [unowned self] client, publications in
            readership.expired(client)
            for publication in publications where partition(of: publication.topic) != nil {
                if let number = serial(publication.payload) { record.heldBy[number]?.remove(client) }
            }
        }
    }

    subscript(id: String) -> SimulatedGateway? { gateways.first { $0.id == id } }

    // MARK: Topics

    let statusFilter = "bobo/status/+"
    func inbox(_ id: String) -> String { "bobo/peer/\(id)" }
    func markTopic(_ id: String) -> String { "bobo/mark/\(id)" }
    func cutTopic(_ partition: String) -> String {
        "bobo/cut/\(scenario.partitions.firstIndex(of: partition) ?? -1)"
    }
    func filters(of partition: String) -> [String] {
        scenario.copies == 1 ? [partition, cutTopic(partition)] : [partition]
    }
    func status(_ id: String, isOnline: Bool) -> Publication {
        Publication(
            topic: "bobo/status/\(id)", payload: Array((isOnline ? "online" : "offline").utf8), isRetained: true)
    }
    func gateway(ofStatus topic: String) -> String? {
        topic.hasPrefix("bobo/status/") ? String(topic.dropFirst("bobo/status/".count)) : nil
    }
    func partition(ofCut topic: String) -> String? {
        guard topic.hasPrefix("bobo/cut/"), let place = Int(topic.dropFirst("bobo/cut/".count)),
            scenario.partitions.indices.contains(place)
        else { return nil }
        return scenario.partitions[place]
    }
    func partition(of topic: String) -> String? {
        if let known = partitionsOfTopics[topic] { return known }
        guard let name = try? TopicName(topic), let found = filters.first(where: { $0.filter.matches(name) }) else {
            return nil
        }
        partitionsOfTopics[topic] = found.name
        return found.name
    }

    // MARK: Engines

    func engineOptions() -> EngineOptions {
        var options = EngineOptions()
        let filters = ["a", "b", "c", "d"].compactMap { try? TopicFilter("home/+/\($0)") }
        options.sensors = filters.map {
            Sensor(
                filter: $0, timestamp: scenario.hasTimestamps ? library.timestamp : nil,
                eventIdentifier: scenario.hasIdentifiers ? library.identifier : nil)
        }
        options.rememberAge = scenario.rememberAge.wholeMilliseconds
        return options
    }

    func makeEngine(_ gateway: SimulatedGateway) -> SharedEngine {
        var options = engineOptions()
        options.gateway = gateway.id
        options.source = "\(gateway.id).\(gateway.life)"
        options.replicates = true
        options.recordsChanges = true
        var peers = PeersOptions(gateway: gateway.id, peers: scenario.gateways.filter { $0 != gateway.id })
        peers.pingAfter = peers.pingAfter / scenario.scale
        peers.resyncAfter = peers.resyncAfter / scenario.scale
        peers.pingInterval = peers.pingInterval / scenario.scale
        peers.resyncInterval = peers.resyncInterval / scenario.scale
        peers.stashInterval = peers.stashInterval / scenario.scale
        peers.rememberAge = scenario.rememberAge
        peers.division.partitions = scenario.partitions
        peers.division.copies = scenario.copies
        peers.division.read = scenario.fixed(gateway.id)
        peers.stashLimit = scenario.stashLimit
        peers.messageLimit = scenario.messageLimit
        var sharing = SharingOptions(peers: peers)
        sharing.arrivalsAreTheClock = !scenario.hasTimestamps
        return SharedEngine(
            Engine(library.phenomena, paths: library.paths, options: options), sharing,
            random: SeededRandom(random.next()), at: gateway.moment)
    }

    // MARK: What happens

    func publish(_ message: SensorMessage) {
        let publication = Publication(topic: message.topic, payload: message.payload)
        record.messages.append(message)
        guard broker.isUp else { return held.append(publication) }
        trace { "a sensor publishes \(message.topic) \(String(decoding: message.payload, as: UTF8.self))" }
        broker.publish(publication)
    }

    func startBroker() {
        trace { "the broker starts" }
        broker.start()
        let waiting = held
        held = []
        schedule.after(random.duration(0.05...1)) { [self] in for publication in waiting { broker.publish(publication) }
        }
    }

    func brokerNotices(_ connection: Connection, after time: Duration) {
        schedule.after(time) { [broker] in broker.lose(connection) }
    }

    func sent(_ bytes: [UInt8], to: String) {
        record.peerMessages += 1
        record.peerBytes += bytes.count
        guard scenario.family == .replay || scenario.family == .overlap else { return }
        peerMessages.append((to, bytes))
    }

    func replay() {
        guard broker.isUp, let message = peerMessages.randomElement(using: &random) else { return }
        trace { "an old message to \(message.to) comes again" }
        broker.publish(Publication(topic: inbox(message.to), payload: message.bytes))
    }

    func acted(_ gateway: SimulatedGateway, _ publication: Publication) {
        guard let number = serial(publication.payload) else { return }
        record.acted[number, default: []].append(
            Record.Act(gateway: gateway.id, life: gateway.life, at: schedule.now))
    }

    func published(_ event: ComplexEvent, by gateway: SimulatedGateway) {
        let outcome = Outcome(event)
        trace { "\(gateway.id) publishes \(outcome.name): \(outcome.history)" }
        if gateway.publishedRuns.contains(event.identifier) {
            violate(.publishedTwiceByOne, "\(gateway.id) publishes \(outcome.name) twice in one life")
        }
        record.published.append(
            Record.Published(outcome: outcome, by: gateway.id, at: schedule.now, run: event.identifier))
        if Set(outcome.history).count != outcome.history.count, scenario.hasIdentifiers || !scenario.family.hasFaults {
            violate(.eventTwice, "\(outcome.name) counts an event twice: \(outcome.history)")
        }
    }

    func ran(_ action: ActionRequest, by gateway: SimulatedGateway) { record.actions[action.run, default: 0] += 1 }

    func log(_ gateway: SimulatedGateway, _ log: PeerLog) {
        trace { "\(gateway.id): \(log)" }
        if case .digestsDiffer = log { violate(.digest, "\(gateway.id): \(log)") }
    }

    /// The process is about to be no more.
    func ended(_ gateway: SimulatedGateway) {
        record.count(gateway)
    }

    // MARK: Trace

    func trace(_ text: () -> String) {
        guard isTraced else { return }
        steps.append("\(milliseconds(schedule.now)) \(text())")
        if steps.count > 400_000 { steps.removeFirst(200_000) }
    }

    private func milliseconds(_ time: Duration) -> String {
        let number = time.wholeMilliseconds
        let rest = String(number % 1000)
        return "\(number / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }

    func violate(_ kind: Violation.Kind, _ text: String) {
        trace { "VIOLATION \(kind.rawValue): \(text)" }
        record.violations.append(Violation(kind: kind, at: schedule.now, text: text))
    }
}
