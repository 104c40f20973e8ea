import BoboEngine
import Testing

@testable import BoboPeers

@Suite struct AwayTests {
    private let run = FakeRuns.run("1")

    private func trio() -> Network {
        let network = Network(["a", "b", "c"]) { $0.rememberAge = .seconds(60) }
        network.start()
        network.act("a") { $0.move(run, $0.event()) }
        network.run(for: .seconds(1))
        return network
    }

    @Test func `What ended while a gateway stood still for longer than it is remembered does not come back`() {
        let network = trio()
        network.pause("c")
        network.run(for: .seconds(2))
        network.act("a") { $0.halt(run) }
        network.run(for: .seconds(120))
        #expect(network["a"].peers.remembered[run] == nil)
        network.goOn("c")
        network.run(for: .seconds(20))
        for id in ["a", "b", "c"] {
            #expect(network[id].runs.active.isEmpty)
            #expect(network[id].peers.publishers.count == 3)
        }
        #expect(network["c"].logs.contains { if case .runsDropped = $0 { true } else { false } })
        #expect(network["c"].holds == false)
    }

    @Test func `What ended while a gateway had no link for longer than it is remembered does not come back`() {
        let network = trio()
        network.disconnect("c")
        network.act("a") { $0.complete(run, $0.event()) }
        network.run(for: .seconds(120))
        network.connect("c")
        network.run(for: .seconds(20))
        for id in ["a", "b", "c"] {
            #expect(network[id].runs.active.isEmpty)
            #expect(network[id].peers.publishers.count == 3)
        }
    }

    @Test func `Where the broker was gone for all, all keep what they have`() {
        let network = trio()
        for id in ["a", "b", "c"] { network.disconnect(id) }
        network.run(for: .seconds(120))
        #expect(network["a"].holds == false)
        for id in ["a", "b", "c"] { network.connect(id) }
        network.run(for: .seconds(20))
        for id in ["a", "b", "c"] {
            #expect(network[id].runs.active[run] != nil)
            #expect(network[id].peers.publishers.count == 3)
            #expect(network[id].holds == false)
        }
    }

    @Test func `The only one left keeps its runs when the others begin anew`() {
        let network = trio()
        network.kill("b")
        network.kill("c")
        network.run(for: .seconds(200))
        #expect(network["a"].holds == false)
        network.restart("b")
        network.restart("c")
        network.run(for: .seconds(20))
        for id in ["a", "b", "c"] {
            #expect(network[id].runs.active[run] != nil)
            #expect(network[id].peers.publishers.count == 3)
        }
    }

    @Test func `Peers that are quiet are pinged often enough that nobody takes himself for away`() {
        let network = Network(["a", "b"]) { $0.rememberAge = .seconds(20) }
        network.start()
        network.run(for: .seconds(100))
        for id in ["a", "b"] {
            #expect(!network[id].logs.contains { if case .away = $0 { true } else { false } })
        }
    }

    @Test func `A gateway that is away holds events until it has decided`() {
        let network = trio()
        network.pause("c")
        network.run(for: .seconds(40))
        network.goOn("c")
        network.blocked = [["a", "c"], ["b", "c"]]
        network.run(for: .seconds(1))
        #expect(network["c"].holds)
        network.run(for: .seconds(10))
        #expect(network["c"].holds == false)
    }
}
