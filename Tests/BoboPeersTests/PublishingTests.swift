import BoboEngine
import BoboTopics
import Testing

@testable import BoboPeers

@Suite struct PublishingTests {
    private let run = FakeRuns.run("1")

    private func trio(_ configure: @escaping (inout PeersOptions) -> Void = { _ in }) -> Network {
        let network = Network(["a", "b", "c"], seed: 1, configure)
        network.start()
        return network
    }

    private func publishers(_ network: Network) -> [String] {
        ["a", "b", "c"].filter { network[$0].published.contains(run) }
    }

    @Test func `A completed run is published by one, the first in its order, and the others let go of it`() {
        for number in 0..<30 {
            let network = trio()
            let run = FakeRuns.run("\(number)")
            network.act("a") { $0.complete(run, $0.event()) }
            network.run(for: .seconds(1))
            let first = Rendezvous.first(["a", "b", "c"], for: run.description)
            #expect(["a", "b", "c"].filter { network[$0].published.contains(run) } == [first].compactMap(\.self))
            for id in ["a", "b", "c"] where id != first { #expect(network[id].discarded == [run]) }
            for id in ["a", "b", "c"] { #expect(network[id].peers.remembered.completed.isEmpty) }
        }
    }

    @Test func `The first reader of the completing event's partition publishes`() {
        let filters = (0..<6).map { "home/\($0)/#" }
        let network = trio { $0.division.partitions = filters }
        let members = ["a", "b", "c"]
        for number in 0..<6 {
            let run = FakeRuns.run("\(number)")
            network.act("a") { $0.complete(run, $0.event(topic: "home/\(number)/smoke")) }
            network.run(for: .seconds(1))
            let reader = Rendezvous.first(members, for: "home/\(number)/#")
            #expect(members.filter { network[$0].published.contains(run) } == [reader].compactMap(\.self))
        }
    }

    @Test func `Where another one publishes, COMPLETE does not wait for the batch`() {
        let network = trio { $0.batch = .seconds(3) }
        guard
            let run = (0..<50).map({ FakeRuns.run("\($0)") })
                .first(where: { Rendezvous.first(["a", "b", "c"], for: $0.description) != "a" })
        else {
            Issue.record("no such run")
            return
        }
        network.act("a") { $0.complete(run, $0.event()) }
        network.run(for: .milliseconds(100))
        #expect(["b", "c"].contains { network[$0].published.contains(run) })
    }

    @Test func `A publisher that dies before it publishes is replaced by the first in the run's order`() {
        let network = trio()
        guard let first = Rendezvous.first(["a", "b", "c"], for: run.description) else { return }
        let others = ["a", "b", "c"].filter { $0 != first }
        network[first].acknowledgesPublishing = false
        network.act(others[0]) { $0.complete(run, $0.event()) }
        network.run(for: .seconds(1))
        #expect(publishers(network) == [first])
        network.kill(first)
        network.run(for: .seconds(2))
        let next = Rendezvous.first(others, for: run.description)
        #expect(others.filter { network[$0].published.contains(run) } == [next].compactMap(\.self))
        for id in others { #expect(network[id].peers.awaited.isEmpty) }
    }

    @Test func `A publisher that says nothing for resync_after is replaced`() {
        let network = trio()
        guard let first = Rendezvous.first(["a", "b", "c"], for: run.description) else { return }
        let others = ["a", "b", "c"].filter { $0 != first }
        network[first].acknowledgesPublishing = false
        network.act(others[0]) { $0.complete(run, $0.event()) }
        network.run(for: .seconds(55))
        #expect(publishers(network) == [first])
        network.run(for: .seconds(10))
        #expect(publishers(network).count == 2)
    }

    @Test func `Two that complete one run and name each other agree on one of them`() {
        for number in 0..<20 {
            let network = Network(["a", "b"], seed: 1) { $0.division.partitions = (0..<8).map { "home/\($0)/#" } }
            network.start()
            let run = FakeRuns.run("\(number)")
            // Each takes an event that the other is to read: with `copies: 2` either may be first.
            let rooms = Dictionary(grouping: 0..<8) { Rendezvous.first(["a", "b"], for: "home/\($0)/#") ?? "" }
            guard let ofA = rooms["a"]?.first, let ofB = rooms["b"]?.first else {
                Issue.record("all of one")
                return
            }
            network.act("a") { $0.complete(run, $0.event(topic: "home/\(ofB)/smoke")) }
            network.act("b") { $0.complete(run, $0.event(topic: "home/\(ofA)/smoke")) }
            network.run(for: .seconds(1))
            let first = Rendezvous.first(["a", "b"], for: run.description)
            #expect(["a", "b"].filter { network[$0].published.contains(run) } == [first].compactMap(\.self))
            for id in ["a", "b"] { #expect(network[id].peers.awaited.isEmpty) }
        }
    }

    @Test func `published that comes before its COMPLETE is remembered`() {
        let network = trio()
        guard let first = Rendezvous.first(["a", "b", "c"], for: run.description) else { return }
        let others = ["a", "b", "c"].filter { $0 != first }
        // Of the one that completes it, the third hears only later.
        network.blocked = [[others[0], others[1]]]
        network.act(others[0]) { $0.complete(run, $0.event()) }
        network.run(for: .seconds(1))
        #expect(network[others[1]].runs.completed.isEmpty)
        network.kill(first)
        network.blocked = []
        network.run(for: .seconds(10))
        #expect(network[others[1]].runs.completed == [run])
        #expect(publishers(network) == [first])
    }

    @Test func `What its maker could send to one peer only before it died is passed on`() {
        for ends in ["update", "complete", "halt"] {
            let network = trio()
            network.act("a") { $0.move(run, $0.event()) }
            network.run(for: .seconds(1))
            network.blocked = [["a", "c"]]
            network["a"].acknowledgesPublishing = false
            switch ends {
            case "update": network.act("a") { $0.move(run, $0.event()) }
            case "complete": network.act("a") { $0.complete(run, $0.event()) }
            default: network.act("a") { $0.halt(run) }
            }
            network.run(for: .milliseconds(500))
            network.kill("a")
            network.run(for: .seconds(1))
            #expect(network["c"].runs.ranks == network["b"].runs.ranks, "\(ends)")
            #expect(network["c"].runs.completed == network["b"].runs.completed, "\(ends)")
            #expect(network["c"].runs.halted == network["b"].runs.halted, "\(ends)")
            #expect(network["b"].peers.counters.passedOn == 1)
            if ends == "complete" { #expect(["b", "c"].count { network[$0].published == [run] } == 1) }
        }
    }

    @Test func `An ended run is forgotten after remember.age, not by going round`() {
        let network = trio {
            $0.rememberAge = .seconds(20)
        }
        network.act("a") { $0.complete(run, $0.event()) }
        network.run(for: .seconds(15))
        network.restart("c")
        network.run(for: .seconds(2))
        #expect(network["c"].peers.remembered[run] != nil)
        network.run(for: .seconds(6))
        for id in ["a", "b", "c"] { #expect(network[id].peers.remembered[run] == nil) }
    }

    @Test func `No more than remember.runs ids are kept, and letting one go early is counted`() {
        let network = trio { $0.rememberedRuns = 50 }
        for number in 0..<80 { network.act("a") { $0.halt(FakeRuns.run("\(number)")) } }
        network.run(for: .seconds(2))
        #expect(network["b"].peers.remembered.records.count == 50)
        #expect(network["b"].logs.contains { if case .forgottenEarly = $0 { true } else { false } })
    }
}
