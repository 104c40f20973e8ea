import BoboEngine
import BoboPatterns
import BoboTopics
import BoboYAML
import CEL
import Testing

@testable import BoboPeers

/// Gateways with real engines, whose messages arrive at once and in order.
private final class Gateways {
    final class Gateway {
        let engine: Engine
        let runs: EngineRuns
        var peers: Peers
        var complexEvents: [RunIdentifier] = []
        var published: [RunIdentifier] = []
        var number: UInt64 = 0

        init(engine: Engine, peers: Peers) {
            self.engine = engine
            runs = EngineRuns(engine)
            self.peers = peers
        }
    }

    private(set) var all: [String: Gateway] = [:]
    private var now = Duration.seconds(100)
    private let file: String
    private var queue: [(from: String, to: String, bytes: [UInt8])] = []
    private var lives = 0

    init(_ ids: [String], pattern file: String) throws {
        self.file = file
        for id in ids { try boot(id, among: ids) }
        connect(ids)
    }

    subscript(id: String) -> Gateway {
        guard let gateway = all[id] else { preconditionFailure("no \(id)") }
        return gateway
    }

    private var moment: Moment { Moment(now: now, wall: 1_700_000_000_000 + now.wholeMilliseconds) }

    private func boot(_ id: String, among ids: [String]) throws {
        lives += 1
        let paths = PathTable()
        let problems = ProblemCollector()
        let phenomena = PatternFiles(paths: paths, problems: problems).load(texts: [(file: "p.yaml", text: file)])
        try #require(!problems.hasErrors, "\(problems.errors)")
        var options = EngineOptions()
        options.defaultInput = [try TopicFilter("#")]
        options.replicates = true
        options.recordsChanges = true
        options.source = "\(id)-\(lives)"
        options.gateway = id
        let peersOptions = PeersOptions(gateway: id, peers: ids.filter { $0 != id })
        let peers = Peers(peersOptions, random: SeededRandom(UInt64(lives)), at: moment)
        all[id] = Gateway(engine: Engine(phenomena, paths: paths, options: options), peers: peers)
    }

    private func connect(_ ids: [String]) {
        for id in ids {
            let gateway = self[id]
            for other in all.keys.sorted() where other != id {
                gateway.peers.status(of: other, isOnline: true, isRetained: true, at: moment, gateway.runs)
            }
            gateway.peers.connection(isUp: true, at: moment, gateway.runs)
        }
        settle()
        pass(.seconds(6))
    }

    func restart(_ id: String) throws {
        for (other, gateway) in all where other != id {
            gateway.peers.status(of: id, isOnline: false, isRetained: false, at: moment, gateway.runs)
        }
        settle()
        try boot(id, among: all.keys.sorted())
        connect([id])
    }

    func pass(_ time: Duration) {
        let end = now + time
        while now < end {
            now += .milliseconds(20)
            for gateway in all.values {
                gateway.engine.tick(monotonic: now.wholeMilliseconds)
                gateway.engine.advance(to: moment.wall)
                if gateway.peers.nextDeadline <= now { gateway.peers.tick(at: moment, gateway.runs) }
            }
            settle()
        }
    }

    func send(_ topic: String, _ payload: String, to id: String) {
        let gateway = self[id]
        gateway.number += 1
        Array(payload.utf8).withUnsafeBytes { bytes in
            gateway.engine.take(
                Message(
                    topic: topic, payload: bytes, arrival: moment.wall, isRetained: false, number: gateway.number))
        }
        settle()
        pass(.milliseconds(40))
    }

    private func settle() {
        repeat {
            for id in all.keys.sorted() { carryOut(id) }
            while !queue.isEmpty {
                let message = queue.removeFirst()
                let gateway = self[message.to]
                gateway.peers.receive(message.bytes, at: moment, gateway.runs)
                carryOut(message.to)
            }
        } while !queue.isEmpty
    }

    private func carryOut(_ id: String) {
        let gateway = self[id]
        while true {
            let rests = gateway.engine.takeRestChanges()
            if !rests.isEmpty { gateway.peers.take(rests: rests, at: moment, gateway.runs) }
            let changes = gateway.engine.takeChanges()
            if !changes.isEmpty { gateway.peers.take(changes, at: moment, gateway.runs) }
            for case .complexEvent(let event) in gateway.engine.takeOutputs() {
                gateway.complexEvents.append(event.identifier)
            }
            let actions = gateway.peers.takeActions()
            if actions.isEmpty, changes.isEmpty { return }
            for action in actions {
                switch action {
                case .send(let to, let bytes): queue.append((id, to, bytes))
                case .apply(let changes): gateway.engine.apply(changes)
                case .remember(let ends):
                    gateway.engine.remember(
                        ends.map {
                            RunEnd(
                                run: $0.run, status: $0.isCompleted ? .completed : .halted,
                                ended: (now - $0.ago).wholeMilliseconds)
                        })
                case .publish(let runs):
                    gateway.published += runs
                    gateway.peers.published(runs, at: moment, gateway.runs)
                case .dropRuns: gateway.engine.dropRuns()
                case .status(let isOnline):
                    for other in all.keys.sorted() {
                        let peer = self[other]
                        peer.peers.status(of: id, isOnline: isOnline, isRetained: false, at: moment, peer.runs)
                    }
                case .discard, .hold, .read, .stopped, .log: break
                }
            }
        }
    }
}

@Suite struct EngineTests {
    private let pattern = """
        phenomenon: fire
        patterns:
          - name: rising
            key: levels[1]
            blocks:
              - followed_by: topic.endsWith("smoke") && payload.level > 5
              - followed_by: topic.endsWith("heat") && payload.level > 5
                times: 2
              - followed_by: topic.endsWith("alarm")
        """

    @Test func `A run goes on from gateway to gateway, completes everywhere, and is published once`() throws {
        let gateways = try Gateways(["a", "b", "c"], pattern: pattern)
        gateways.send("home/kitchen/smoke", #"{"level": 7}"#, to: "a")
        gateways.send("home/hall/smoke", #"{"level": 7}"#, to: "b")
        for id in ["a", "b", "c"] { #expect(gateways[id].engine.activeRuns.count == 2) }
        gateways.send("home/kitchen/heat", #"{"level": 8}"#, to: "b")
        gateways.send("home/kitchen/heat", #"{"level": 9}"#, to: "c")
        gateways.send("home/kitchen/alarm", #"{"level": 9}"#, to: "a")
        gateways.pass(.seconds(1))
        for id in ["a", "b", "c"] {
            #expect(gateways[id].complexEvents.count == 1)
            #expect(gateways[id].engine.activeRuns.count == 1)
        }
        #expect(["a", "b", "c"].flatMap { gateways[$0].published }.count == 1)
    }

    @Test func `A gateway that began anew completes a run whose events came before its time`() throws {
        let gateways = try Gateways(["a", "b", "c"], pattern: pattern)
        gateways.send("home/kitchen/smoke", #"{"level": 7}"#, to: "a")
        gateways.send("home/kitchen/heat", #"{"level": 8}"#, to: "a")
        try gateways.restart("a")
        try gateways.restart("b")
        gateways.send("home/kitchen/heat", #"{"level": 8}"#, to: "b")
        try gateways.restart("c")
        gateways.send("home/kitchen/alarm", #"{"level": 8}"#, to: "c")
        gateways.pass(.seconds(1))
        for id in ["a", "b", "c"] { #expect(gateways[id].complexEvents.count == 1, "\(id)") }
        try gateways.restart("b")
        gateways.pass(.seconds(1))
        // What was published before its time makes no complex event.
        #expect(gateways["b"].complexEvents.isEmpty)
        #expect(gateways["b"].engine.activeRuns.isEmpty)
        #expect(gateways["b"].engine.remembered.count == 1)
    }

    private let resting = """
        phenomenon: fire
        patterns:
          - name: alarm
            key: levels[1]
            rest: {for: 1h, until: topic.endsWith("quiet") && payload.level < first.payload.level}
            blocks:
              - followed_by: topic.endsWith("smoke") && payload.level > 5
        """

    @Test func `A key rests on all gateways, also on one that began anew, until an event at any of them ends it`()
        throws
    {
        let gateways = try Gateways(["a", "b", "c"], pattern: resting)
        gateways.send("home/kitchen/smoke", #"{"level": 7}"#, to: "a")
        gateways.send("home/kitchen/smoke", #"{"level": 8}"#, to: "b")
        try gateways.restart("c")
        gateways.send("home/kitchen/smoke", #"{"level": 9}"#, to: "c")
        #expect(["a", "b", "c"].flatMap { gateways[$0].published }.count == 1)
        // Read against the history of the run, which came with the rest.
        gateways.send("home/kitchen/quiet", #"{"level": 7}"#, to: "c")
        for id in ["a", "b", "c"] { #expect(gateways[id].engine.statistics.restingKeys == 1, "\(id)") }
        gateways.send("home/kitchen/quiet", #"{"level": 6}"#, to: "c")
        for id in ["a", "b", "c"] { #expect(gateways[id].engine.statistics.restingKeys == 0, "\(id)") }
        gateways.send("home/kitchen/smoke", #"{"level": 7}"#, to: "b")
        #expect(["a", "b", "c"].flatMap { gateways[$0].published }.count == 2)
    }

    @Test func `Digests of engines that hold the same runs agree`() throws {
        let gateways = try Gateways(["a", "b"], pattern: pattern)
        for room in 0..<20 { gateways.send("home/\(room)/smoke", #"{"level": 7}"#, to: room % 2 == 0 ? "a" : "b") }
        gateways.pass(.seconds(70))
        for id in ["a", "b"] {
            #expect(gateways[id].engine.activeRuns.count == 20)
            #expect(gateways[id].peers.report(at: Moment(now: .zero, wall: 0)).peers[0].digestAgrees == true)
        }
    }

    @Test func `What an all_of has taken, and since when an absent waits, goes with the run`() throws {
        let gateways = try Gateways(
            ["a", "b", "c"],
            pattern: """
                phenomenon: fire
                patterns:
                  - name: all
                    blocks:
                      - followed_by: topic.endsWith("start")
                      - all_of: [topic.endsWith("one"), topic.endsWith("two"), topic.endsWith("three")]
                      - absent: topic.endsWith("end")
                        for: 5s
                """)
        gateways.send("home/start", "1", to: "a")
        gateways.send("home/two", "1", to: "b")
        gateways.send("home/two", "1", to: "c")
        try gateways.restart("a")
        gateways.send("home/one", "1", to: "a")
        gateways.send("home/three", "1", to: "c")
        for id in ["a", "b", "c"] {
            #expect(gateways[id].engine.activeRuns.count == 1, "\(id)")
            let run = try #require(gateways[id].engine.activeRuns.first)
            #expect(gateways[id].engine.rank(of: run) == gateways["c"].engine.rank(of: run))
            #expect(gateways[id].engine.rank(of: run)?.block == 2 && gateways[id].engine.rank(of: run)?.length == 4)
        }
    }
}
