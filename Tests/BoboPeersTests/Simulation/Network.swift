import BoboEngine

@testable import BoboPeers

/// A source of chance that gives the same for the same seed (Sebastiano Vigna: SplitMix64).
struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

/// Several gateways, each with its protocol and runs by hand, on a broker that may lose, repeat, delay and reorder.
final class Network {
    final class Node {
        let id: String
        var peers: Peers
        var runs: FakeRuns
        var isUp = true
        var isConnected = false
        var logs: [PeerLog] = []
        var published: [RunIdentifier] = []
        var discarded: [RunIdentifier] = []
        var holds = true
        var reads: [String]?
        var stopped: Bool?
        /// Whether the broker's acknowledgment of what it publishes comes back.
        var acknowledgesPublishing = true
        var wallOffset: Int64 = 0

        init(id: String, peers: Peers, runs: FakeRuns) {
            self.id = id
            self.peers = peers
            self.runs = runs
        }
    }

    struct Message {
        let at: Duration
        let number: Int
        let from: String
        let to: String
        let bytes: [UInt8]
    }

    private(set) var now = Duration.seconds(1000)
    private(set) var nodes: [String: Node] = [:]
    private var queue: [Message] = []
    private var number = 0
    private var random: SeededRandom
    private let configure: (inout PeersOptions) -> Void
    private var statuses: [String: Bool] = [:]
    private var lives: UInt64 = 0
    /// All that was sent, whether it came through or not.
    private(set) var sent: [Message] = []
    var loss = 0.0
    var repeats = 0.0
    var delay = Duration.milliseconds(2)
    var jitter = Duration.zero
    /// Pairs that nothing passes between, in that direction.
    var blocked: Set<[String]> = []

    init(_ ids: [String], seed: UInt64 = 1, _ configure: @escaping (inout PeersOptions) -> Void = { _ in }) {
        random = SeededRandom(seed)
        self.configure = configure
        for id in ids { boot(id, among: ids) }
    }

    subscript(id: String) -> Node {
        guard let node = nodes[id] else { preconditionFailure("no \(id)") }
        return node
    }

    private func moment(_ node: Node) -> Moment {
        Moment(now: now, wall: 1_700_000_000_000 + now.wholeMilliseconds + node.wallOffset)
    }

    private func boot(_ id: String, among ids: [String]) {
        lives += 1
        var options = PeersOptions(gateway: id, peers: ids.filter { $0 != id })
        configure(&options)
        let peers = Peers(
            options, random: SeededRandom(random.next() &+ lives), at: Moment(now: now, wall: 1_700_000_000_000))
        nodes[id] = Node(id: id, peers: peers, runs: FakeRuns(gateway: "\(id)-\(lives)"))
    }

    // MARK: What happens

    func connect(_ id: String) {
        let node = self[id]
        node.isConnected = true
        statuses[id] = true
        for (other, isOnline) in statuses where other != id {
            node.peers.status(of: other, isOnline: isOnline, isRetained: true, at: moment(node), node.runs)
        }
        node.peers.connection(isUp: true, at: moment(node), node.runs)
        carryOut(node)
    }

    func disconnect(_ id: String) {
        let node = self[id]
        node.isConnected = false
        tellStatus(id, isOnline: false)
        node.peers.connection(isUp: false, at: moment(node), node.runs)
        carryOut(node)
    }

    /// The gateway is gone, with all its memory; the broker publishes its will.
    func kill(_ id: String) {
        self[id].isUp = false
        self[id].isConnected = false
        queue.removeAll { $0.to == id }
        tellStatus(id, isOnline: false)
    }

    func restart(_ id: String) {
        if self[id].isUp { kill(id) }
        boot(id, among: Array(nodes.keys))
        connect(id)
    }

    /// The gateway stands still; what is sent to it waits in its socket.
    func pause(_ id: String) { self[id].isUp = false }

    func goOn(_ id: String) { self[id].isUp = true }

    private func tellStatus(_ id: String, isOnline: Bool) {
        statuses[id] = isOnline
        for node in nodes.values.sorted(by: { $0.id < $1.id }) where node.isConnected && node.isUp {
            node.peers.status(of: id, isOnline: isOnline, isRetained: false, at: moment(node), node.runs)
            carryOut(node)
        }
    }

    /// The gateway's engine changes a run.
    func act(_ id: String, _ change: (FakeRuns) -> Change) {
        let node = self[id]
        let change = change(node.runs)
        node.peers.take([change], at: moment(node), node.runs)
        carryOut(node)
    }

    func forgetSent() { sent = [] }

    func inject(_ bytes: [UInt8], to id: String) {
        let node = self[id]
        node.peers.receive(bytes, at: moment(node), node.runs)
        carryOut(node)
    }

    func with(_ id: String, _ body: (inout Peers, Moment, FakeRuns) -> Void) {
        let node = self[id]
        body(&node.peers, moment(node), node.runs)
        carryOut(node)
    }

    private func carryOut(_ node: Node) {
        for action in node.peers.takeActions() {
            switch action {
            case .send(let to, let bytes): send(node, to, bytes)
            case .apply(let changes): node.runs.apply(changes)
            case .remember(let ends): node.runs.remember(ends)
            case .publish(let runs):
                node.published += runs
                if node.acknowledgesPublishing {
                    node.peers.published(runs, at: moment(node), node.runs)
                    carryOut(node)
                }
            case .discard(let runs): node.discarded += runs
            case .status(let isOnline): tellStatus(node.id, isOnline: isOnline)
            case .hold(let holds): node.holds = holds
            case .dropRuns: node.runs.forgetAll()
            case .read(let partitions): node.reads = partitions
            case .stopped(let sessionMayGo): node.stopped = sessionMayGo
            case .log(let line): node.logs.append(line)
            }
        }
    }

    private func send(_ node: Node, _ to: String, _ bytes: [UInt8]) {
        guard node.isConnected else { return }
        let copies = chance() < repeats ? 2 : 1
        for _ in 0..<copies {
            number += 1
            let late = Duration.milliseconds(Int64(chance() * Double(jitter.wholeMilliseconds)))
            let message = Message(at: now + delay + late, number: number, from: node.id, to: to, bytes: bytes)
            sent.append(message)
            guard !blocked.contains([node.id, to]), chance() >= loss else { continue }
            queue.append(message)
        }
    }

    private func chance() -> Double { Double(random.next() >> 11) / Double(1 << 53) }

    // MARK: Time

    func run(for time: Duration) { run(until: now + time) }

    private func run(until end: Duration) {
        while true {
            var next = end
            for node in nodes.values where node.isUp { next = min(next, node.peers.nextDeadline) }
            let due = queue.filter { self[$0.to].isUp && self[$0.to].isConnected }
            let message = due.min { ($0.at, $0.number) < ($1.at, $1.number) }
            if let message { next = min(next, message.at) }
            now = max(now, next)
            guard now < end else { return now = end }
            if let message, message.at <= now {
                queue.removeAll { $0.number == message.number }
                inject(message.bytes, to: message.to)
            } else {
                for node in nodes.values.sorted(by: { $0.id < $1.id }) where node.isUp && node.peers.nextDeadline <= now
                {
                    node.peers.tick(at: moment(node), node.runs)
                    carryOut(node)
                }
            }
        }
    }

    /// Messages to gateways that are not connected are lost: their inbox has no session.
    func dropUndelivered() { queue.removeAll { !self[$0.to].isConnected } }

    /// All are connected, and as the ready and live gateways they should be.
    func start() {
        for id in nodes.keys.sorted() { connect(id) }
        run(for: .seconds(1))
    }

    func messages(from: String, to: String, after: Duration = .zero) -> [PeerMessage] {
        sent.filter { $0.from == from && $0.to == to && $0.at > after }.compactMap { try? PeerMessage(json: $0.bytes) }
    }
}
