import BoboEngine
import CEL
import Testing

@testable import BoboPeers

/// What messages do not bear, and what is too large for them.
@Suite struct CostTests {
    private let run = FakeRuns.run

    private func network(_ configure: @escaping (inout PeersOptions) -> Void = { _ in }) -> Network {
        let network = Network(["a", "b", "c"], configure)
        network.start()
        network.run(for: .seconds(1))
        return network
    }

    @Test func `What a gateway reads stands in its messages until the peer has acknowledged it, and counts on`() throws
    {
        let network = network { $0.division.partitions = ["home/#"] }
        let since = network.now
        network.with("b") { peers, moment, runs in peers.reads(["home/#": moment.now], at: moment, runs) }
        network.run(for: .seconds(1))
        let said = network.now
        network.act("b") { $0.move(run("1"), $0.event()) }
        network.run(for: .seconds(30))
        let after = network.messages(from: "b", to: "a", after: said)
        #expect(!after.isEmpty && after.allSatisfy { $0.reads == nil && $0.config == nil })
        let report = network["a"].peers.report(at: Moment(now: network.now, wall: 0))
        let line = try #require(report.partitions["home/#"]?.first)
        #expect(line.reader == "b" && abs(line.seconds - Double((network.now - since).wholeMilliseconds) / 1000) < 0.1)
        network.with("b") { peers, moment, runs in peers.reads([:], at: moment, runs) }
        network.run(for: .milliseconds(100))
        #expect(network["a"].peers.report(at: Moment(now: network.now, wall: 0)).partitions["home/#"]?.isEmpty == true)
    }

    @Test func `An old message that is not counted says nothing for longer than to the next`() throws {
        let network = network { $0.division.partitions = ["home/#"] }
        // The counted message that says so is lost; the one that acknowledges another bears it as well.
        network.blocked = [["b", "a"]]
        network.with("b") { peers, moment, runs in peers.reads(["home/#": moment.now], at: moment, runs) }
        network.act("a") { $0.move(run("1"), $0.event()) }
        network.run(for: .milliseconds(100))
        let old = try #require(
            network.sent.last { message in
                guard message.from == "b", message.to == "a" else { return false }
                return (try? PeerMessage(json: message.bytes)).map { $0.seq == 0 && $0.reads?.isEmpty == false }
                    ?? false
            })
        network.blocked = []
        network.run(for: .seconds(6))
        network.with("b") { peers, moment, runs in peers.reads([:], at: moment, runs) }
        network.run(for: .seconds(1))
        network.inject(old.bytes, to: "a")
        #expect(network["a"].peers.peers[0].said.reads.count == 1)
        network.act("b") { $0.move(run("2"), $0.event()) }
        network.run(for: .seconds(1))
        #expect(network["a"].peers.peers[0].said.reads.isEmpty)
    }

    @Test func `Runs that moved with one event are one entry, however long each was before`() throws {
        let network = network()
        for number in 0..<20 {
            for _ in 0...(number % 3) { network.act("a") { $0.move(run("\(number)"), $0.event(), block: 1) } }
        }
        network.run(for: .seconds(1))
        let before = network.now
        let event = network["a"].runs.event()
        for number in 0..<20 { network.act("a") { $0.move(run("\(number)"), event, block: 2) } }
        network.run(for: .seconds(1))
        let entries = network.messages(from: "a", to: "b", after: before).flatMap(\.updated)
        #expect(entries.count == 1)
        #expect(Set(entries.first?.bases ?? []) == [1, 2, 3])
        #expect(network["b"].runs.ranks == network["a"].runs.ranks)
    }

    @Test func `An event larger than a message may be goes alone`() {
        let network = network { $0.messageLimit = 4096 }
        let text = String(repeating: "y", count: 20_000)
        for name in ["1", "2"] { network.act("a") { $0.move(run(name), $0.event(payload: "\"\(text)\"")) } }
        network.act("a") { $0.move(run("3"), $0.event()) }
        network.run(for: .seconds(1))
        #expect(network["b"].runs.ranks == network["a"].runs.ranks && network["b"].runs.ranks.count == 3)
        #expect(network["a"].peers.counters.tooLarge == 0)
        let sizes = network.sent.filter { $0.from == "a" && $0.to == "b" && $0.bytes.count > 4096 }.map(\.bytes.count)
        #expect(sizes.count == 2 && sizes.allSatisfy { $0 < 22_000 })
    }

    @Test
    func `An event that no message can bear keeps its runs from being shared, but not their ends, nor other runs`()
        throws
    {
        let network = network { $0.largestMessage = 300_000 }
        let text = String(repeating: "y", count: 310_000)
        network.act("a") { $0.move(run("1"), $0.event()) }
        network.act("a") { $0.move(run("1"), $0.event(payload: "\"\(text)\"")) }
        network.act("a") { $0.move(run("2"), $0.event()) }
        network.run(for: .seconds(1))
        #expect(network["b"].runs.active[run("2")] != nil)
        #expect(network["a"].peers.counters.tooLarge > 0)
        #expect(network["a"].logs.count { if case .tooLarge = $0 { true } else { false } } == 1)
        let halted = network["a"].runs.halt(run("1"))
        network.act("a") { _ in halted }
        network.act("a") { $0.complete(run("4"), $0.event(payload: "\"\(text)\"")) }
        network.run(for: .seconds(1))
        // Whoever has the event publishes it; to the others the run is one that was published.
        #expect(network["a"].published == [run("4")])
        for id in ["b", "c"] {
            #expect(network[id].runs.active[run("1")] == nil && network[id].runs.halted.contains(run("1")))
            #expect(network[id].peers.remembered.standing(run("4")) == .completed)
            #expect(network[id].runs.briefly == [run("4")])
            #expect(network[id].peers.publishers.count == 3)
        }
        #expect(network.sent.allSatisfy { $0.bytes.count <= 300_000 })
    }

    @Test func `While the ids of a full state go, a change does not wait for them`() throws {
        let network = network { $0.messageLimit = 2048 }
        for number in 0..<2000 {
            let change = network["a"].runs.move(run("\(number)"), network["a"].runs.event())
            network.act("a") { _ in change }
            network.act("a") { $0.halt(run("\(number)")) }
        }
        network.act("a") { $0.move(run("long"), $0.event()) }
        network.run(for: .seconds(10))
        network.restart("b")
        var arrived: Bool?
        for _ in 0..<10_000 where arrived == nil {
            network.run(for: .milliseconds(1))
            guard network["b"].runs.active[run("long")] != nil else { continue }
            network.act("a") { $0.move(run("new"), $0.event()) }
            for _ in 0..<40 { network.run(for: .milliseconds(1)) }
            arrived = network["b"].runs.active[run("new")] != nil
            #expect(network["b"].peers.remembered.records.count < 1900)
        }
        #expect(arrived == true)
        network.run(for: .seconds(10))
        #expect(network["b"].peers.remembered.records.count == 2000)
    }

    @Test func `Ids of all patterns and outcomes share entries, whatever the order of their ends`() {
        let network = network()
        for number in 0..<200 {
            network.act("a") { $0.move(run("\(number)"), $0.event()) }
            network.act("a") { number % 2 == 0 ? $0.halt(run("\(number)")) : $0.complete(run("\(number)"), $0.event()) }
        }
        network.run(for: .seconds(5))
        network.restart("b")
        let before = network.now
        network.run(for: .seconds(5))
        let parts = network.messages(from: "a", to: "b", after: before).filter { $0.kind == .resync && $0.seq > 0 }
        #expect(parts.flatMap(\.completed).filter(\.isBrief).count == 1)
        #expect(parts.flatMap(\.halted).filter(\.isBrief).count == 1)
        #expect(network["b"].peers.remembered.records.count == 200)
    }
}
