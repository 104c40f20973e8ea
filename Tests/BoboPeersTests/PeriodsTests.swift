import BoboEngine
import Testing

@testable import BoboPeers

@Suite struct PeriodsTests {
    @Test func `Two gateways that start are joined, ready and live within a second`() {
        let network = Network(["a", "b"])
        network.start()
        for id in ["a", "b"] {
            #expect(network[id].holds == false)
            #expect(network[id].peers.publishers.sorted() == ["a", "b"])
        }
    }

    @Test func `A change goes to the peer as SYNC after the batch, and is acknowledged`() {
        let network = Network(["a", "b"])
        network.start()
        let before = network.now
        let run = FakeRuns.run("1")
        network.act("a") { $0.move(run, $0.event()) }
        network.run(for: .milliseconds(100))
        #expect(network["b"].runs.ranks == network["a"].runs.ranks)
        #expect(network["b"].runs.active[run] != nil)
        let sent = network.messages(from: "a", to: "b", after: before)
        #expect(sent.map(\.kind) == [.sync])
        let answers = network.messages(from: "b", to: "a", after: before)
        #expect(answers.map(\.seq) == [0])
        #expect(answers.first?.ack?.seq == sent.first?.seq)
    }

    @Test func `An idle peer gets one PING a ping_after and direction, and no RESYNC`() {
        let network = Network(["a", "b"])
        network.start()
        let before = network.now
        network.run(for: .seconds(300))
        let sent = network.messages(from: "a", to: "b", after: before)
        #expect(sent.allSatisfy { $0.kind == .ping })
        #expect((8...11).contains(sent.count { $0.seq > 0 }))
        #expect((8...11).contains(sent.count { $0.seq == 0 }))
    }

    @Test func `What cannot be sent waits, and is sent again unchanged after stash_interval`() {
        let network = Network(["a", "b"])
        network.start()
        network.blocked = [["a", "b"]]
        let run = FakeRuns.run("1")
        network.act("a") { $0.move(run, $0.event()) }
        network.act("a") { $0.move(run, $0.event()) }
        network.run(for: .seconds(1))
        network.act("a") { $0.move(run, $0.event()) }
        network.run(for: .seconds(6))
        #expect(network["b"].runs.active.isEmpty)
        let tries = network.sent.suffix(2).map(\.bytes)
        #expect(tries.count == 2 && tries[0] == tries[1])
        network.blocked = []
        network.run(for: .seconds(6))
        #expect(network["b"].runs.ranks == network["a"].runs.ranks)
    }
}
