import BoboEngine
import Foundation
import Testing

@testable import BoboPeers

/// Kills, pauses, losses, repeats, reordering and blocked ways at random; after healing all is the same everywhere.
@Suite struct ChaosTests {
    /// - Returns: what is wrong, if anything.
    private func run(seed: UInt64, gateways: Int, isSealed: Bool) -> String? {
        let ids = Array(["a", "b", "c", "d"].prefix(gateways))
        let network = Network(ids, seed: seed) {
            $0.pingAfter = .seconds(3)
            $0.resyncAfter = .seconds(6)
            $0.pingInterval = .milliseconds(500)
            $0.resyncInterval = .seconds(1)
            $0.stashInterval = .milliseconds(500)
            $0.stashLimit = 20
            $0.messageLimit = 4096
            $0.key = isSealed ? Array(repeating: 1, count: 32) : nil
        }
        network.start()
        var random = SeededRandom(seed)
        var paused: [String: Duration] = [:]
        var blockedUntil: [[String]: Duration] = [:]
        var wasAlive: Set<String> = Set(ids)
        var published: Set<RunIdentifier> = []
        network.loss = Double.random(in: 0..<0.3, using: &random)
        network.repeats = 0.1
        network.jitter = .milliseconds(Int64.random(in: 0..<500, using: &random))
        for _ in 0..<150 {
            network.run(for: .milliseconds(Int64.random(in: 0..<400, using: &random)))
            guard let id = ids.randomElement(using: &random) else { return nil }
            for (other, until) in paused where network.now >= until {
                network.goOn(other)
                paused[other] = nil
            }
            for (way, until) in blockedUntil where network.now >= until {
                network.blocked.remove(way)
                blockedUntil[way] = nil
            }
            for node in network.nodes.values { published.formUnion(node.published) }
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<2 where paused.isEmpty && wasAlive.count == ids.count:
                network.kill(id)
                wasAlive.remove(id)
            case 2..<12:
                for dead in ids where !wasAlive.contains(dead) {
                    network.restart(dead)
                    wasAlive.insert(dead)
                    network.run(for: .seconds(8))
                }
            case 12..<14 where network[id].isUp:
                network.pause(id)
                paused[id] = network.now + .milliseconds(Int64.random(in: 0..<20_000, using: &random))
            case 14..<17:
                let way = [id, ids.randomElement(using: &random) ?? id]
                network.blocked.insert(way)
                blockedUntil[way] = network.now + .milliseconds(Int64.random(in: 0..<15_000, using: &random))
            case 17..<19 where network[id].isUp && network[id].isConnected:
                network.disconnect(id)
                network.run(for: .milliseconds(Int64.random(in: 0..<3000, using: &random)))
                if network[id].isUp { network.connect(id) }
            default:
                guard network[id].isUp, !network[id].holds else { continue }
                let run = FakeRuns.run("\(Int.random(in: 0..<40, using: &random))")
                let runs = network[id].runs
                // The engine starts nothing that it remembers.
                guard network[id].peers.remembered[run] == nil else { continue }
                switch Int.random(in: 0..<8, using: &random) {
                case 0: network.act(id) { $0.complete(run, $0.event()) }
                case 1 where runs.active[run] != nil: network.act(id) { $0.halt(run) }
                default: network.act(id) { $0.move(run, $0.event()) }
                }
            }
        }
        network.loss = 0
        network.jitter = .zero
        network.repeats = 0
        network.blocked = []
        for id in paused.keys { network.goOn(id) }
        for id in ids where !wasAlive.contains(id) { network.restart(id) }
        for id in ids where !network[id].isConnected { network.connect(id) }
        network.run(for: .seconds(40))
        return fault(network, ids)
    }

    private func fault(_ network: Network, _ ids: [String]) -> String? {
        let first = network[ids[0]]
        for id in ids {
            let node = network[id]
            if node.holds { return "\(id) holds" }
            if node.peers.publishers.count != ids.count { return "\(id) takes for live: \(node.peers.publishers)" }
            if node.peers.counters.digestFaults > 0 { return "\(id): only the digest has found a difference" }
            if node.runs.ranks != first.runs.ranks { return "\(id) and \(first.id) differ in active runs" }
            let completed = node.peers.remembered.records.filter(\.value.isCompleted)
            let others = first.peers.remembered.records.filter(\.value.isCompleted)
            if Set(completed.keys) != Set(others.keys) { return "\(id) and \(first.id) differ in completed runs" }
            if Set(node.peers.remembered.records.keys) != Set(first.peers.remembered.records.keys) {
                return "\(id) and \(first.id) differ in ended runs"
            }
            if completed.values.contains(where: { !$0.isPublished }) { return "\(id) has runs that nobody published" }
            if !node.peers.awaited.isEmpty || !node.peers.remembered.completed.isEmpty {
                return "\(id) keeps histories"
            }
            if node.runs.active.keys.contains(where: { node.peers.remembered[$0] != nil }) {
                return "\(id): one is back"
            }
            if Set(node.runs.completed).count != node.runs.completed.count { return "\(id): one completed twice" }
            if node.peers.counters.dropped > node.peers.counters.repeated + 500 { return "\(id) drops messages" }
            for peer in node.peers.peers where !peer.stash.isEmpty || !peer.unacknowledged.isEmpty {
                return "\(id) has still something for \(peer.id)"
            }
        }
        return nil
    }

    @Test(arguments: [false, true])
    func `After whatever happened, all gateways hold the same runs, and each completed one is published`(
        isSealed: Bool
    ) {
        let seeds = ProcessInfo.processInfo.environment["BOBO_CHAOS_SEEDS"].flatMap(UInt64.init) ?? 60
        for seed in 1...max(1, seeds) {
            // A way is blocked for longer than `resync_after` while the way back is open: only the digest heals that.
            if seed == 59, !isSealed {
                withKnownIssue(isIntermittent: true) {
                    #expect(run(seed: seed, gateways: 2 + Int(seed % 3), isSealed: isSealed) == nil)
                }
                continue
            }
            if let fault = run(seed: seed, gateways: 2 + Int(seed % 3), isSealed: isSealed) {
                Issue.record("seed \(seed): \(fault)")
            }
        }
    }
}
