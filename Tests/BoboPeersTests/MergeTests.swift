import BoboEngine
import Testing

@testable import BoboPeers

@Suite struct MergeTests {
    /// Few values, so that equal ones meet often.
    private static func standing(_ random: inout SeededRandom) -> RunStanding {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: .unknown
        case 1: .halted
        case 2: .completed
        default:
            .active(
                RunRank(
                    block: Int.random(in: 0..<3, using: &random), length: Int.random(in: 1..<4, using: &random),
                    hash: FakeRuns.hash("\(Int.random(in: 0..<3, using: &random))")))
        }
    }

    @Test func `Merging is commutative, associative and idempotent`() {
        var random = SeededRandom(7)
        for _ in 0..<20_000 {
            let (a, b, c) = (Self.standing(&random), Self.standing(&random), Self.standing(&random))
            let merge = RunStanding.merge
            #expect(merge(a, b) == merge(b, a))
            #expect(merge(merge(a, b), c) == merge(a, merge(b, c)))
            #expect(merge(a, a) == a)
            #expect(merge(a, b) == a || merge(a, b) == b)
        }
    }

    @Test func `Completed stands over halted, halted over active, active over unknown`() {
        let active = RunStanding.active(RunRank(block: 9, length: 9, hash: Hash128()))
        #expect(RunStanding.merge(.halted, .completed) == .completed)
        #expect(RunStanding.merge(active, .halted) == .halted)
        #expect(RunStanding.merge(.unknown, active) == active)
    }

    @Test func `Of two active copies the farther block stands, then the longer history, then the greater hash`() {
        func active(_ block: Int, _ length: Int, _ hash: UInt128) -> RunStanding {
            .active(RunRank(block: block, length: length, hash: Hash128(value: hash)))
        }
        #expect(RunStanding.merge(active(2, 1, 0), active(1, 9, 9)) == active(2, 1, 0))
        #expect(RunStanding.merge(active(1, 2, 0), active(1, 1, 9)) == active(1, 2, 0))
        #expect(RunStanding.merge(active(1, 1, 3), active(1, 1, 4)) == active(1, 1, 4))
    }

    @Test func `Whatever changes come in whatever order and how often, all gateways end with the same runs`() {
        for seed in 1...200 as ClosedRange<UInt64> {
            let network = Network(["a", "b", "c"], seed: seed) { $0.pingAfter = .seconds(5) }
            network.start()
            network.loss = 0.2
            network.repeats = 0.2
            network.jitter = .milliseconds(300)
            var random = SeededRandom(seed)
            for _ in 0..<60 {
                let id = ["a", "b", "c"][Int.random(in: 0..<3, using: &random)]
                let run = FakeRuns.run("\(Int.random(in: 0..<6, using: &random))")
                let runs = network[id].runs
                guard !runs.completed.contains(run), !runs.halted.contains(run) else { continue }
                switch Int.random(in: 0..<8, using: &random) {
                case 0: network.act(id) { $0.complete(run, $0.event()) }
                case 1 where runs.active[run] != nil: network.act(id) { $0.halt(run) }
                default: network.act(id) { $0.move(run, $0.event()) }
                }
                network.run(for: .milliseconds(Int64.random(in: 0..<200, using: &random)))
            }
            network.loss = 0
            network.run(for: .seconds(40))
            let first = network["a"].runs
            for id in ["b", "c"] {
                #expect(network[id].runs.ranks == first.ranks, "seed \(seed)")
                #expect(Set(network[id].runs.completed) == Set(first.completed), "seed \(seed)")
                #expect(
                    network[id].runs.halted.subtracting(network[id].runs.completed)
                        == first.halted.subtracting(first.completed), "seed \(seed)")
            }
            for id in ["a", "b", "c"] {
                let completed = network[id].runs.completed
                #expect(Set(completed).count == completed.count, "seed \(seed): completed twice")
                #expect(network[id].runs.active.keys.allSatisfy { !completed.contains($0) })
            }
            #expect(["a", "b", "c"].allSatisfy { network[$0].peers.counters.refusedEntries == 0 })
        }
    }
}
