import BoboEngine
import BoboTopics
import Testing

@testable import BoboPeers

@Suite struct DivisionTests {
    private let filters = (0..<12).map { "home/\($0)/#" }

    private func readers(_ network: Network) -> [String: [String]] {
        var readers: [String: [String]] = [:]
        for (id, node) in network.nodes.sorted(by: { $0.key < $1.key }) where node.isUp {
            for partition in node.reads ?? [] { readers[partition, default: []].append(id) }
        }
        return readers
    }

    @Test func `Each partition is read by one, and only a departed gateway's partitions move`() {
        let network = Network(["a", "b", "c"]) { $0.division.partitions = self.filters }
        network.start()
        network.run(for: .seconds(2))
        let before = readers(network)
        #expect(before.count == 12 && before.values.allSatisfy { $0.count == 1 })
        #expect(Set(before.values.flatMap(\.self)) == ["a", "b", "c"])
        network.kill("c")
        network.run(for: .milliseconds(100))
        let after = readers(network)
        #expect(after.count == 12 && after.values.allSatisfy { $0.count == 1 })
        for (partition, reader) in before where reader != ["c"] { #expect(after[partition] == reader) }
        network.restart("c")
        network.run(for: .seconds(2))
        #expect(readers(network) == before)
    }

    @Test func `With two copies each partition has two readers, which let go once their successors say that they read`()
    {
        let network = Network(["a", "b", "c"]) {
            $0.division.partitions = self.filters
            $0.division.copies = 2
        }
        network.start()
        network.run(for: .seconds(2))
        #expect(readers(network).values.allSatisfy { $0.count == 2 })
        let partition = filters[0]
        let inOrder = Rendezvous.order(["a", "b", "c"], for: partition)
        #expect(readers(network)[partition] == inOrder.prefix(2).sorted())
        let third = inOrder[2]
        #expect(!network[third].peers.mayLetGo(partition))
        for id in inOrder.prefix(2) {
            network.with(id) { peers, moment, runs in peers.reads([partition: moment.now], at: moment, runs) }
        }
        network.run(for: .seconds(1))
        #expect(network[third].peers.mayLetGo(partition))
    }

    @Test func `A gateway of another configuration divides among its own kind, and that is reported`() {
        let network = Network(["a", "b", "c"]) {
            $0.division.partitions = self.filters
            $0.config = FakeRuns.hash($0.gateway == "c" ? "other" : "same")
        }
        network.start()
        network.run(for: .seconds(2))
        #expect(network["c"].reads?.count == 12)
        #expect(readers(network).values.allSatisfy { $0.count == 2 && $0.contains("c") })
        #expect(network["a"].logs.contains(.configurationMismatch("c")))
    }

    @Test func `What read says is read whatever the others do`() {
        let network = Network(["a", "b"]) {
            $0.division.partitions = self.filters
            if $0.gateway == "a" { $0.division.read = [self.filters[3]] }
        }
        network.start()
        network.run(for: .seconds(2))
        #expect(network["a"].reads == [filters[3]])
    }

    @Test func `A planned stop waits for new readers, sends what is left, and goes offline`() {
        let network = Network(["a", "b"]) { $0.division.partitions = self.filters }
        network.start()
        network.run(for: .seconds(2))
        let mine = network["a"].reads ?? []
        #expect(!mine.isEmpty)
        network.with("a") { peers, moment, runs in
            peers.reads(Dictionary(uniqueKeysWithValues: mine.map { ($0, moment.now) }), at: moment, runs)
        }
        network.run(for: .seconds(1))
        network.act("a") { $0.move(FakeRuns.run("1"), $0.event()) }
        network.with("a") { peers, moment, runs in peers.requestStop(at: moment, runs) }
        network.run(for: .milliseconds(500))
        #expect(network["b"].reads?.count == 12)
        #expect(network["a"].stopped == nil)
        network.with("b") { peers, moment, runs in
            peers.reads(Dictionary(uniqueKeysWithValues: self.filters.map { ($0, moment.now) }), at: moment, runs)
        }
        network.run(for: .milliseconds(500))
        #expect(network["a"].stopped == true)
        #expect(network["b"].runs.active.count == 1)
        #expect(network["b"].peers.publishers == ["b"])
    }

    @Test func `The last one to stop keeps its session`() {
        let network = Network(["a", "b"]) { $0.division.partitions = self.filters }
        network.start()
        network.kill("b")
        network.run(for: .seconds(2))
        network.with("a") { peers, moment, runs in peers.requestStop(at: moment, runs) }
        network.run(for: .seconds(4))
        #expect(network["a"].stopped == false)
    }

    @Test func `Rendezvous spreads evenly, whoever asks`() {
        var counts: [String: Int] = [:]
        for number in 0..<3000 {
            let first = Rendezvous.first(["gw-a", "gw-b", "gw-c"], for: "home/room\(number)/#")
            #expect(first == Rendezvous.order(["gw-c", "gw-a", "gw-b"], for: "home/room\(number)/#").first)
            counts[first ?? "", default: 0] += 1
        }
        #expect(counts.count == 3 && counts.values.allSatisfy { (850...1150).contains($0) })
    }
}
