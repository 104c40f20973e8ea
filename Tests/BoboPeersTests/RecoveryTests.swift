import BoboEngine
import Testing

@testable import BoboPeers

@Suite struct RecoveryTests {
    private let run = FakeRuns.run("1")

    @Test func `PING period with something in the stash: SYNC goes instead`() {
        let network = Network(["a", "b"])
        network.start()
        network.blocked = [["a", "b"], ["b", "a"]]
        network.run(for: .seconds(35))
        network.act("a") { $0.move(run, $0.event()) }
        network.run(for: .seconds(5))
        let before = network.now
        network.blocked = []
        network.run(for: .seconds(12))
        #expect(network["b"].runs.ranks == network["a"].runs.ranks)
        #expect(network.messages(from: "a", to: "b", after: before).allSatisfy { $0.kind != .resync })
    }

    @Test func `RESYNC period throws the stash away, and all is sent when the peer answers`() {
        let network = Network(["a", "b"])
        network.start()
        network.act("a") { $0.move(run, $0.event()) }
        network.blocked = [["a", "b"], ["b", "a"]]
        network.run(for: .seconds(5))
        for number in 2...20 { network.act("a") { $0.move(FakeRuns.run("\(number)"), $0.event()) } }
        network.run(for: .seconds(70))
        #expect(network["a"].peers.peers[0].stash.isEmpty)
        #expect(network["a"].peers.publishers == ["a"])
        // While it is away, it costs an offer each resync_interval.
        let before = network.now
        network.run(for: .seconds(100))
        let tries = network.sent.filter { $0.at > before && $0.from == "a" }
        #expect((9...11).contains(tries.count))
        #expect(tries.allSatisfy { $0.bytes.count < 700 })
        network.blocked = []
        network.run(for: .seconds(12))
        #expect(network["b"].runs.active.count == 20)
        #expect(network["b"].runs.ranks == network["a"].runs.ranks)
        #expect(network["a"].peers.publishers.sorted() == ["a", "b"])
    }

    @Test func `RESET after a kill and a restart: the new life has all runs, and is ready when it has`() {
        let network = Network(["a", "b", "c"])
        network.start()
        for number in 1...50 { network.act("a") { $0.move(FakeRuns.run("\(number)"), $0.event()) } }
        network.run(for: .seconds(1))
        network.kill("b")
        network.run(for: .seconds(3))
        network.act("c") { $0.move(FakeRuns.run("1"), $0.event()) }
        network.restart("b")
        network.run(for: .milliseconds(500))
        #expect(network["b"].runs.ranks == network["a"].runs.ranks)
        #expect(network["b"].holds == false)
        #expect(network["b"].logs.contains(.ready("the full state of every peer is here")))
    }

    @Test func `Several restarts in a row, with losses, end joined`() {
        for seed in 1...30 as ClosedRange<UInt64> {
            let network = Network(["a", "b", "c"], seed: seed)
            network.start()
            network.loss = 0.3
            network.act("a") { $0.move(run, $0.event()) }
            network.run(for: .seconds(20))
            for _ in 0..<4 {
                network.restart("b")
                network.run(for: .seconds(2))
            }
            network.loss = 0
            network.run(for: .seconds(40))
            #expect(network["b"].runs.ranks == network["a"].runs.ranks, "seed \(seed)")
            #expect(network["b"].peers.publishers.count == 3, "seed \(seed)")
        }
    }

    @Test func `Messages of an earlier life change nothing, and do not take the place of the present one`() {
        let network = Network(["a", "b"])
        network.start()
        network.act("b") { $0.move(run, $0.event()) }
        network.run(for: .seconds(1))
        let old = network.sent.filter { $0.from == "b" }
        network.restart("b")
        network.run(for: .seconds(2))
        network.act("a") { $0.halt(run) }
        network.run(for: .seconds(1))
        let epoch = network["a"].peers.peers[0].joined
        for message in old {
            network.inject(message.bytes, to: "a")
            network.run(for: .milliseconds(300))
        }
        #expect(network["a"].peers.peers[0].joined == epoch)
        #expect(network["a"].runs.active.isEmpty)
        #expect(network["a"].peers.publishers.count == 2)
    }

    @Test func `A stash that is full is dropped, and the peer gets a RESYNC and stays live`() {
        let network = Network(["a", "b"]) { $0.stashLimit = 100 }
        network.start()
        network.blocked = [["a", "b"]]
        for number in 1...300 { network.act("a") { $0.move(FakeRuns.run("\(number)"), $0.event()) } }
        #expect(network["a"].logs.contains(.stashOverflow("b", runs: 100)))
        network.run(for: .seconds(3))
        network.blocked = []
        network.run(for: .seconds(20))
        #expect(network["b"].runs.ranks == network["a"].runs.ranks)
        #expect(!network["a"].logs.contains { if case .gone = $0 { true } else { false } })
    }

    @Test func `A change while a RESYNC is sent follows it`() {
        let network = Network(["a", "b"]) { $0.messageLimit = 4096 }
        network.start()
        for number in 1...200 { network.act("a") { $0.move(FakeRuns.run("\(number)"), $0.event()) } }
        network.run(for: .seconds(5))
        network.restart("b")
        network.run(for: .milliseconds(20))
        #expect(network["b"].runs.active.count < 200)
        network.act("a") { $0.halt(FakeRuns.run("1")) }
        network.act("a") { $0.move(FakeRuns.run("200"), $0.event()) }
        network.run(for: .seconds(3))
        #expect(network["b"].runs.ranks == network["a"].runs.ranks)
        #expect(network["b"].runs.halted == [FakeRuns.run("1")])
    }

    @Test func `A large history goes in several messages within the limit, each on the one before`() {
        let network = Network(["a", "b"]) { $0.messageLimit = 8192 }
        network.start()
        let text = String(repeating: "x", count: 900)
        network["a"].isConnected = false
        for _ in 0..<100 { network.act("a") { $0.move(run, $0.event(payload: #"{"t":"\#(text)"}"#)) } }
        network["a"].isConnected = true
        network.run(for: .seconds(30))
        #expect(network["b"].runs.active[run]?.history.count == 100)
        #expect(network["b"].runs.ranks == network["a"].runs.ranks)
        #expect(network.sent.allSatisfy { $0.bytes.count <= 8192 })
    }

    @Test func `A loop's update costs the event that it adds`() {
        let network = Network(["a", "b"])
        network.start()
        for _ in 0..<1000 { network.act("a") { $0.move(run, $0.event()) } }
        network.run(for: .seconds(1))
        let before = network.now
        for _ in 0..<50 {
            network.act("a") { $0.move(run, $0.event()) }
            network.run(for: .milliseconds(50))
        }
        let sizes = network.sent.filter { $0.from == "a" && $0.at > before }.map(\.bytes.count)
        #expect(sizes.count == 50)
        #expect(sizes.allSatisfy { $0 < 1100 })
        #expect(network["b"].runs.ranks == network["a"].runs.ranks)
    }

    @Test func `Whoever lacks the base of an entry asks for the whole, and gets it`() {
        let network = Network(["a", "b"])
        network.start()
        network.act("a") { $0.move(run, $0.event()) }
        network.act("a") { $0.move(run, $0.event()) }
        network.run(for: .seconds(1))
        network["b"].runs.forgetAll()
        network.act("a") { $0.move(run, $0.event()) }
        network.run(for: .seconds(1))
        #expect(network["b"].peers.counters.needs == 1)
        #expect(network["b"].runs.ranks == network["a"].runs.ranks)
        network.act("b") { $0.move(run, $0.event()) }
        network.act("a") { $0.complete(run, $0.event()) }
        network.run(for: .seconds(1))
        #expect(network["b"].runs.completed == [run])
    }

    @Test func `Runs that moved with one event cost little more than their ids`() {
        let network = Network(["a", "b"])
        network.start()
        let ids = (0..<2000).map { FakeRuns.run("\($0)") }
        for id in ids { network.act("a") { $0.move(id, $0.event()) } }
        network.run(for: .seconds(5))
        let before = network.now
        let event = network["a"].runs.event()
        for id in ids { network.act("a") { $0.move(id, event) } }
        network.run(for: .seconds(5))
        let bytes = network.sent.filter { $0.from == "a" && $0.at > before }.reduce(0) { $0 + $1.bytes.count }
        #expect(bytes < 100 * ids.count)
        #expect(network["b"].runs.ranks == network["a"].runs.ranks)
    }

    @Test func `A broker that goes away for all, and comes back with the wills, ends with all live`() {
        let network = Network(["a", "b", "c"])
        network.start()
        network.act("a") { $0.move(run, $0.event()) }
        for id in ["a", "b", "c"] { network.disconnect(id) }
        network.run(for: .seconds(20))
        for id in ["a", "b", "c"] { network.connect(id) }
        network.run(for: .seconds(10))
        for id in ["a", "b", "c"] {
            #expect(network[id].runs.ranks == network["a"].runs.ranks)
            #expect(network[id].peers.publishers.count == 3)
        }
    }

    @Test func `A gateway that sees itself offline while it is connected says online`() {
        let network = Network(["a", "b"])
        network.start()
        network.with("b") { peers, moment, runs in
            peers.status(of: "a", isOnline: false, isRetained: false, at: moment, runs)
        }
        #expect(network["b"].peers.publishers == ["b"])
        network.with("a") { peers, moment, runs in
            peers.status(of: "a", isOnline: false, isRetained: false, at: moment, runs)
        }
        network.run(for: .seconds(40))
        #expect(network["b"].peers.publishers.count == 2)
    }

    @Test func `A retained online of a new life does not make the old life's ready and reads count again`() {
        let network = Network(["a", "b"])
        network.start()
        network.with("b") { peers, moment, runs in peers.reads(["p": moment.now], at: moment, runs) }
        network.run(for: .seconds(1))
        #expect(network["a"].peers.publishers.count == 2 && network["a"].peers.hasRead("p", since: network.now))
        network.kill("b")
        #expect(network["a"].peers.publishers == ["a"])
        // It is back, says the broker; nothing has come of itself.
        network.with("a") { peers, moment, runs in
            peers.status(of: "b", isOnline: true, isRetained: true, at: moment, runs)
        }
        network.run(for: .seconds(3))
        #expect(network["a"].peers.publishers == ["a"])
        network.restart("b")
        network.run(for: .seconds(2))
        #expect(network["a"].peers.publishers.count == 2 && !network["a"].peers.hasRead("p", since: network.now))
    }

    @Test func `The 5 s till a gateway is ready begin when it is connected, however long it was without a broker`() {
        let network = Network(["a", "b"])
        network.run(for: .seconds(20))
        #expect(network["a"].holds && network["b"].holds)
        // b's status says that it is there, and yet it does not answer.
        network.blocked = [["b", "a"]]
        network.connect("b")
        network.connect("a")
        network.run(for: .seconds(4))
        #expect(network["a"].holds)
        network.run(for: .seconds(2))
        #expect(!network["a"].holds)
    }

    @Test func `The order in which runs changed is the order in which they are applied`() {
        let network = Network(["a", "b"])
        network.start()
        let (one, two, three) = (FakeRuns.run("1"), FakeRuns.run("2"), FakeRuns.run("3"))
        network.act("a") { $0.move(one, $0.event()) }
        network.act("a") { $0.complete(two, $0.event()) }
        network.act("a") { $0.move(three, $0.event()) }
        network.run(for: .seconds(1))
        let order = network["b"].runs.applied.map { change in
            switch change {
            case .update(let copy), .complete(let copy, _): copy.identifier
            case .halt(let run, _, _, _, _), .completedEarlier(let run, _, _): run
            case .rest(let copy): copy.run
            }
        }
        #expect(order == [one, two, three])
    }

    @Test func `An old message that is not counted does not take a peer for one that is not ready`() {
        let network = Network(["a", "b"])
        network.start()
        network.run(for: .seconds(1))
        let old = network.sent.filter {
            guard $0.from == "b", $0.to == "a", let message = try? PeerMessage(json: $0.bytes) else { return false }
            return message.seq == 0 && !message.ready
        }
        #expect(!old.isEmpty)
        network.act("a") { $0.move(FakeRuns.run("1"), $0.event()) }
        network.run(for: .seconds(1))
        for message in old { network.inject(message.bytes, to: "a") }
        let isGone = network["a"].logs.contains { if case .gone = $0 { true } else { false } }
        #expect(!isGone)
        #expect(network["a"].peers.publishers == ["b", "a"])
    }
}
