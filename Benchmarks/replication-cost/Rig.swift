import BoboEngine
import BoboPatterns
import BoboPeers
import BoboTopics
import BoboYAML
import CEL

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Gateways in one process, each with engine and protocol; messages arrive at once, and the clock is moved by hand. What is
/// measured is the protocol's own work, apart from broker and sockets.
final class Rig {
    /// Time and bytes that went into the protocol.
    struct Cost {
        /// Taking local changes and making messages of them.
        var sending = Duration.zero
        /// Reading messages, applying them in the engine, and answering.
        var receiving = Duration.zero
        var messages = 0
        /// Of messages with runs.
        var bytes = 0
        /// Of those without: acknowledgments, pings.
        var otherBytes = 0
        /// The longest that one input took.
        var longest = Duration.zero
    }

    final class Gateway {
        let engine: Engine
        let runs: EngineRuns
        var peers: Peers
        var isConnected = false
        var number: UInt64 = 0
        var complexEvents = 0

        init(engine: Engine, peers: Peers) {
            self.engine = engine
            runs = EngineRuns(engine)
            self.peers = peers
        }
    }

    private(set) var gateways: [String: Gateway] = [:]
    private var ids: [String] = []
    private(set) var now = Duration.seconds(100)
    private var queue: [(from: String, to: String, bytes: [UInt8])] = []
    private var head = 0
    private var lives: UInt64 = 0
    private let patterns: String
    private let key: [UInt8]?
    /// Only what this gateway sends to its first peer is counted in bytes.
    var counted = (from: "gw-a", to: "gw-b")
    var cost = Cost()
    /// Called after each message.
    var afterMessage: (Rig) -> Void = { _ in }

    init(_ ids: [String], patterns: String, key: [UInt8]? = nil) throws {
        self.ids = ids
        self.patterns = patterns
        self.key = key
        for id in ids { try boot(id) }
    }

    subscript(id: String) -> Gateway {
        guard let gateway = gateways[id] else { preconditionFailure("no gateway \(id)") }
        return gateway
    }

    private var moment: Moment { Moment(now: now, wall: 1_700_000_000_000 + milliseconds) }

    private var milliseconds: Int64 {
        now.components.seconds * 1000 + now.components.attoseconds / 1_000_000_000_000_000
    }

    func boot(_ id: String) throws {
        lives += 1
        let paths = PathTable()
        let problems = ProblemCollector()
        let phenomena = PatternFiles(paths: paths, problems: problems).load(texts: [(file: "p.yaml", text: patterns)])
        guard !problems.hasErrors else { preconditionFailure("\(problems.errors)") }
        var options = EngineOptions()
        options.defaultInput = [try TopicFilter("#")]
        options.replicates = true
        options.source = "\(id)-\(lives)"
        options.gateway = id
        var peersOptions = PeersOptions(gateway: id, peers: ids.filter { $0 != id })
        peersOptions.key = key
        peersOptions.division.partitions = ["plant/+/north/#", "plant/+/south/#", "plant/+/east/#"]
        let peers = Peers(peersOptions, random: SystemRandomNumberGenerator(), at: moment)
        gateways[id] = Gateway(engine: Engine(phenomena, paths: paths, options: options), peers: peers)
    }

    func connect(_ id: String) {
        let gateway = self[id]
        gateway.isConnected = true
        for other in ids where other != id && self[other].isConnected {
            gateway.peers.status(of: other, isOnline: true, isRetained: true, at: moment, gateway.runs)
        }
        gateway.peers.connection(isUp: true, at: moment, gateway.runs)
        settle()
    }

    /// The gateway is gone; the broker says so.
    func kill(_ id: String) {
        self[id].isConnected = false
        for other in ids where other != id && self[other].isConnected {
            let gateway = self[other]
            gateway.peers.status(of: id, isOnline: false, isRetained: false, at: moment, gateway.runs)
        }
        settle()
    }

    /// - Parameter step: how often the gateways are woken.
    func pass(_ time: Duration, step: Duration = .milliseconds(10)) {
        let end = now + time
        while now < end {
            now = min(end, now + step)
            for id in ids where self[id].isConnected {
                let gateway = self[id]
                gateway.engine.tick(monotonic: milliseconds)
                gateway.engine.advance(to: moment.wall)
                measure(\.sending) {
                    if gateway.peers.nextDeadline <= now { gateway.peers.tick(at: moment, gateway.runs) }
                }
            }
            settle()
        }
    }

    /// The engine takes events; the protocol is told of what they changed.
    func send(_ events: [(topic: String, payload: String)], to id: String) {
        let gateway = self[id]
        for event in events {
            gateway.number += 1
            Array(event.payload.utf8).withUnsafeBytes { bytes in
                gateway.engine.take(
                    Message(
                        topic: event.topic, payload: bytes, arrival: moment.wall, isRetained: false,
                        number: gateway.number))
            }
        }
        settle()
    }

    private func measure(_ part: WritableKeyPath<Cost, Duration>, _ body: () -> Void) {
        let start = cpuTime()
        body()
        let time = cpuTime() - start
        cost[keyPath: part] += time
        cost.longest = max(cost.longest, time)
    }

    func settle() {
        for id in ids { carryOut(id, \.sending) }
        while head < queue.count {
            let message = queue[head]
            head += 1
            let gateway = self[message.to]
            guard gateway.isConnected else { continue }
            measure(\.receiving) { gateway.peers.receive(message.bytes, at: moment, gateway.runs) }
            carryOut(message.to, \.receiving)
            afterMessage(self)
        }
        queue.removeAll(keepingCapacity: true)
        head = 0
    }

    private func carryOut(_ id: String, _ part: WritableKeyPath<Cost, Duration>) {
        let gateway = self[id]
        while true {
            let changes = gateway.engine.takeChanges()
            if !changes.isEmpty {
                measure(\.sending) { gateway.peers.take(changes, at: moment, gateway.runs) }
            }
            for case .complexEvent in gateway.engine.takeOutputs() { gateway.complexEvents += 1 }
            let actions = gateway.peers.takeActions()
            if actions.isEmpty, changes.isEmpty { return }
            for action in actions { carryOut(action, id, gateway, part) }
        }
    }

    private func carryOut(
        _ action: PeerAction, _ id: String, _ gateway: Gateway, _ part: WritableKeyPath<Cost, Duration>
    ) {
        switch action {
        case .send(let to, let bytes):
            guard gateway.isConnected else { return }
            queue.append((id, to, bytes))
            cost.messages += 1
            if (id, to) == counted { cost.bytes += bytes.count }
            if (to, id) == counted { cost.otherBytes += bytes.count }
        case .apply(let changes): measure(part) { _ = gateway.engine.apply(changes) }
        case .remember(let ends):
            measure(part) {
                _ = gateway.engine.remember(
                    ends.map {
                        RunEnd(
                            run: $0.run, status: $0.isCompleted ? .completed : .halted,
                            ended: milliseconds - $0.ago.components.seconds * 1000)
                    })
            }
        case .publish(let runs): gateway.peers.published(runs, at: moment, gateway.runs)
        case .dropRuns: gateway.engine.dropRuns()
        case .status(let isOnline):
            for other in ids where other != id && self[other].isConnected {
                let peer = self[other]
                peer.peers.status(of: id, isOnline: isOnline, isRetained: false, at: moment, peer.runs)
            }
            gateway.peers.status(of: id, isOnline: isOnline, isRetained: false, at: moment, gateway.runs)
        case .discard, .hold, .read, .stopped, .log: break
        }
    }
}

/// Of this thread, which does all: other processes on the machine do not count.
func cpuTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
