import BoboEngine
import Testing

@testable import BoboPeers

/// The table "What a gateway does with a peer's run", a row and a column at a time.
@Suite struct TableTests {
    private let run = FakeRuns.run("1")

    private func pair() -> Network {
        let network = Network(["a", "b"])
        network.start()
        return network
    }

    /// Both hold the run; `b` hears nothing of `a` until the end.
    private func shared() -> Network {
        let network = pair()
        network.act("a") { $0.move(run, $0.event()) }
        network.run(for: .milliseconds(100))
        return network
    }

    private func parted(_ network: Network, _ body: () -> Void) {
        network.blocked = [["a", "b"], ["b", "a"]]
        body()
        network.run(for: .milliseconds(100))
        network.blocked = []
        network.run(for: .seconds(6))
    }

    private func completions(_ network: Network) -> Int {
        network["b"].runs.applied.count { if case .complete = $0 { true } else { false } }
    }

    // MARK: COMPLETE

    @Test func `COMPLETE of an active run completes it`() {
        let network = shared()
        network.act("a") { $0.complete(run, $0.event()) }
        network.run(for: .seconds(1))
        #expect(network["b"].runs.completed == [run])
        #expect(network["b"].runs.active.isEmpty)
    }

    @Test func `COMPLETE of a halted run completes it`() {
        let network = shared()
        parted(network) {
            network.act("a") { $0.complete(run, $0.event()) }
            network.act("b") { $0.halt(run) }
        }
        #expect(network["b"].runs.completed == [run])
        #expect(completions(network) == 1)
        // The HALT that came the other way changes nothing.
        #expect(network["a"].runs.completed == [run])
        #expect(!network["a"].runs.halted.contains(run))
    }

    @Test func `COMPLETE of a completed run is nothing: two completed it with different events`() {
        let network = shared()
        parted(network) {
            network.act("a") { $0.complete(run, $0.event()) }
            network.act("b") { $0.complete(run, $0.event()) }
        }
        #expect(completions(network) == 0)
        #expect(network["b"].runs.completed == [run])
        #expect(network["a"].runs.completed == [run])
    }

    @Test func `COMPLETE of an unknown run is recorded, with its complex event`() {
        let network = pair()
        network.act("a") { $0.complete(run, $0.event()) }
        network.run(for: .seconds(1))
        #expect(completions(network) == 1)
    }

    @Test func `What was completed and published before a gateway started it gets by id only`() {
        let network = pair()
        network.act("a") { $0.complete(run, $0.event()) }
        network.run(for: .seconds(1))
        network.restart("b")
        network.run(for: .seconds(1))
        #expect(network["b"].runs.briefly == [run])
        #expect(network["b"].runs.applied.isEmpty)
        // Nothing that ended comes back.
        network.act("a") { $0.move(FakeRuns.run("2"), $0.event()) }
        network.run(for: .seconds(1))
        #expect(Set(network["b"].runs.active.keys) == [FakeRuns.run("2")])
    }

    // MARK: HALT

    @Test func `HALT halts an active run, and leaves a completed one`() {
        let network = shared()
        network.act("a") { $0.halt(run) }
        network.run(for: .seconds(1))
        #expect(network["b"].runs.halted == [run])
        #expect(network["b"].runs.active.isEmpty)

        let other = shared()
        parted(other) {
            other.act("a") { $0.halt(run) }
            other.act("b") { $0.complete(run, $0.event()) }
        }
        #expect(other["b"].runs.halted.isEmpty)
        #expect(other["a"].runs.completed == [run])
    }

    @Test func `HALT of an unknown run is recorded, so that a late UPDATE does not bring it`() {
        let network = Network(["a", "b", "c"])
        network.start()
        network.blocked = [["a", "b"]]
        network.act("a") { $0.move(run, $0.event()) }
        network.run(for: .seconds(1))
        network.act("c") { $0.halt(run) }
        network.run(for: .seconds(1))
        #expect(network["b"].runs.halted == [run])
        network.blocked = []
        network.run(for: .seconds(20))
        #expect(network["b"].runs.active.isEmpty)
    }

    @Test func `A halt by the clock of within is not sent`() {
        let network = shared()
        let before = network.now
        network.act("a") { $0.halt(run, reason: .within) }
        network.run(for: .seconds(1))
        #expect(network["b"].runs.active[run] != nil)
        #expect(network.messages(from: "a", to: "b", after: before).isEmpty)
    }

    // MARK: UPDATE

    @Test func `UPDATE several blocks ahead is taken`() {
        let network = shared()
        parted(network) {
            for _ in 0..<4 { network.act("a") { $0.move(run, $0.event()) } }
        }
        #expect(network["b"].runs.active[run]?.block == 5)
        #expect(network["b"].runs.ranks == network["a"].runs.ranks)
    }

    @Test func `UPDATE behind is ignored`() {
        let network = shared()
        parted(network) {
            network.act("a") { $0.move(run, $0.event()) }
            for _ in 0..<3 { network.act("b") { $0.move(run, $0.event()) } }
        }
        #expect(network["b"].runs.active[run]?.block == 4)
        #expect(network["b"].runs.ranks == network["a"].runs.ranks)
    }

    @Test func `UPDATE does not bring back a halted or completed run`() {
        for completes in [true, false] {
            let network = shared()
            parted(network) {
                for _ in 0..<3 { network.act("a") { $0.move(run, $0.event()) } }
                network.act("b") { completes ? $0.complete(run, $0.event()) : $0.halt(run) }
            }
            for id in ["a", "b"] { #expect(network[id].runs.active.isEmpty) }
        }
    }

    @Test func `A run of another version of the pattern is refused, counted and reported`() {
        let network = pair()
        network.act("a") { $0.move(run, $0.event(), version: FakeRuns.version("2")) }
        network.act("a") { $0.move(FakeRuns.run("2"), $0.event()) }
        network.run(for: .seconds(1))
        #expect(Set(network["b"].runs.active.keys) == [FakeRuns.run("2")])
        #expect(network["b"].peers.counters.versionMismatches == 1)
        #expect(network["b"].logs.contains(.versionMismatch("a", phenomenon: "fire", pattern: "smoke")))
    }
}
