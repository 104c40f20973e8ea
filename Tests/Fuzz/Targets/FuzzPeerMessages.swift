import BoboEngine
import BoboPatterns
import BoboPeers
import BoboSharing
import BoboTopics
import BoboYAML
import CEL
import Foundation

/// The same numbers in each life, so that messages of the corpus belong to the gateway that gets them.
private struct SameNumbers: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}

private let patterns = """
    phenomenon: p
    patterns:
      - {name: abc, key: payload.k, within: 1h, blocks: [{followed_by: payload.v == 1, group: a}, {followed_by: payload.v == 2, loop: true}, {followed_by: payload.v == 3}]}
      - {name: rest, key: payload.k, rest: {for: 1m, until: payload.v == 4}, blocks: [{followed_by: payload.v == 1}, {followed_by: payload.v == 2}]}
      - {name: quiet, singleton: true, blocks: [{followed_by: payload.v == 1}, {absent: payload.v == 2, for: 5s, restart: true}]}
      - {name: all, recent: 3, after_match: skip_past_last_event, blocks: [{all_of: [payload.v == 1, payload.v == 2]}, {followed_by: size(recent) == 3}]}
    """

/// A gateway that shares its runs with another, and its time.
struct SharedGateway {
    let shared: SharedEngine
    private var now = Duration.seconds(1)
    private var number: UInt64 = 0

    init?(_ name: String, peer: String) {
        let problems = ProblemCollector()
        let paths = PathTable()
        let phenomena = PatternFiles(paths: paths, problems: problems).load(texts: [("p.yaml", patterns)])
        guard !problems.hasErrors, let all = try? TopicFilter("#") else { return nil }
        var options = EngineOptions()
        options.defaultInput = [all]
        options.gateway = name
        options.source = name
        options.replicates = true
        let peers = PeersOptions(gateway: name, peers: [peer])
        shared = SharedEngine(
            Engine(phenomena, paths: paths, options: options), SharingOptions(peers: peers),
            random: SameNumbers(state: UInt64(name.utf8.first ?? 0)), at: SharedGateway.moment(now))
        shared.publishing(isUp: true, at: moment)
        shared.readingConnected(hasSession: false, at: moment)
        shared.status(of: peer, isOnline: true, isRetained: true, at: moment)
        shared.status(of: name, isOnline: true, isRetained: false, at: moment)
    }

    private var moment: Moment { SharedGateway.moment(now) }

    private static func moment(_ now: Duration) -> Moment {
        Moment(now: now, wall: 1_764_000_000_000 + now.components.seconds * 1000)
    }

    mutating func pass(_ duration: Duration) {
        now += duration
        shared.tick(isIdle: true, at: moment)
    }

    mutating func receive(_ bytes: [UInt8]) { shared.receive(bytes, at: moment) }

    mutating func take(_ payload: String) {
        number += 1
        Array(payload.utf8).withUnsafeBytes { bytes in
            shared.take(
                Message(topic: "t", payload: bytes, arrival: moment.wall, isRetained: false, number: number),
                partition: nil, isOld: false)
        }
        shared.settle(at: moment)
    }

    /// What goes to the peer.
    func sent() -> [[UInt8]] {
        shared.takeEffects().compactMap { if case .send(_, let bytes) = $0 { bytes } else { nil } }
    }
}

/// Messages in a gateway's inbox, with bytes of 0xFF between them, while it has runs of its own.
func fuzzPeerMessages(_ input: [UInt8]) {
    guard var gateway = SharedGateway("a", peer: "b") else { return }
    for part in input.parts.prefix(20) {
        gateway.pass(.milliseconds(20))
        gateway.receive(part)
        _ = gateway.sent()
        gateway.take(#"{"k": "x", "v": 1}"#)
        _ = gateway.sent()
    }
    gateway.pass(.seconds(10))
    gateway.take(#"{"k": "x", "v": 2}"#)
    gateway.pass(.seconds(4000))
    _ = gateway.sent()
    expect(gateway.shared.engine.statistics.activeRuns < 100_000, "what is held is bounded")
}

/// Writes what the other gateway says to the one that `fuzzPeerMessages` has, for the corpus: the first messages, and more.
func recordPeerMessages(to folder: String) {
    guard var gateway = SharedGateway("a", peer: "b"), var other = SharedGateway("b", peer: "a") else { return }
    var inbox = other.sent()
    var told: [[UInt8]] = []
    func deliver() { for message in gateway.sent() { other.receive(message) } }
    deliver()
    while told.count < 20 {
        other.pass(.milliseconds(20))
        let round = told.count
        other.take(#"{"k": "\#(round % 2 == 0 ? "x" : "y")", "v": \#(1 + round % 4)}"#)
        inbox += other.sent()
        let part = inbox.isEmpty ? [] : inbox.removeFirst()
        told.append(part)
        gateway.pass(.milliseconds(20))
        gateway.receive(part)
        deliver()
        gateway.take(#"{"k": "x", "v": 1}"#)
        deliver()
        inbox += other.sent()
        let text = Array(told.joined(separator: [0xFF]))
        FileManager.default.createFile(atPath: "\(folder)/session-\(told.count)", contents: Data(text))
    }
}
