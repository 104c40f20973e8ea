import BoboEngine
import Testing

@testable import BoboPeers

@Suite struct ReportTests {
    @Test func `Digests that stay different are a fault: counted, logged, and mended by a RESYNC`() {
        let network = Network(["a", "b"])
        network.start()
        for number in 0..<5 { network.act("a") { $0.move(FakeRuns.run("\(number)"), $0.event()) } }
        network.run(for: .seconds(70))
        #expect(network["a"].peers.report(at: Moment(now: network.now, wall: 0)).peers[0].digestAgrees == true)
        network["b"].runs.forgetAll()
        network.run(for: .seconds(300))
        #expect(network["b"].runs.ranks == network["a"].runs.ranks)
        let faults = ["a", "b"].reduce(0) { $0 + network[$1].peers.counters.digestFaults }
        #expect((1...2).contains(faults))
    }

    @Test func `In working order no digest differs and no RESYNC is sent once all are ready`() {
        let network = Network(["a", "b", "c"])
        network.start()
        let before = network.now
        var random = SeededRandom(11)
        for number in 0..<400 {
            let id = ["a", "b", "c"][Int.random(in: 0..<3, using: &random)]
            network.act(id) { $0.move(FakeRuns.run("\(number / 4)"), $0.event()) }
            network.run(for: .milliseconds(Int64.random(in: 0..<2000, using: &random)))
        }
        #expect(
            network.sent.filter { $0.at > before }.allSatisfy {
                (try? PeerMessage(json: $0.bytes))?.kind != .resync
            })
        for id in ["a", "b", "c"] { #expect(network[id].peers.counters.digestFaults == 0) }
    }

    @Test func `The figures show each peer's period, success, clock and partitions`() throws {
        let network = Network(["a", "b"]) { $0.division.partitions = ["home/#"] }
        network["b"].wallOffset = 5000
        network.start()
        network.with("b") { peers, moment, runs in peers.reads(["home/#": moment.now], at: moment, runs) }
        network.run(for: .seconds(10))
        let report = network["a"].peers.report(at: Moment(now: network.now, wall: 0))
        let line = try #require(report.peers.first)
        #expect(line.period == "sync" && line.isLive && line.isReady)
        #expect((4.9...5.1).contains(line.clockDifference ?? 0))
        #expect(network["a"].logs.contains { if case .clockDiffers("b", _) = $0 { true } else { false } })
        var json = JSONWriter()
        report.write(to: &json)
        #expect(json.text.contains(#""partitions":{"home/#":["b"]}"#))
        network.blocked = [["b", "a"]]
        network.run(for: .seconds(30))
        #expect(network["a"].peers.report(at: Moment(now: network.now, wall: 0)).peers[0].period == "ping")
        network.run(for: .seconds(30))
        #expect(network["a"].peers.report(at: Moment(now: network.now, wall: 0)).peers[0].period == "resync")
    }
}
