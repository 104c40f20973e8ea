import BoboEngine
import Foundation
import Testing

@testable import BoboPeers

/// Whatever comes into the inbox: nothing changes but counters, and nothing stops.
@Suite struct HostileTests {
    private static let key = (0..<32).map { UInt8($0) }

    /// Two gateways that share runs, and all that `a` got from `b`.
    private func network(isSealed: Bool) -> (Network, [[UInt8]]) {
        let network = Network(["a", "b", "c"]) { $0.key = isSealed ? Self.key : nil }
        network.start()
        for number in 0..<10 { network.act("b") { $0.move(FakeRuns.run("\(number)"), $0.event()) } }
        network.run(for: .seconds(1))
        network.act("b") { $0.complete(FakeRuns.run("0"), $0.event()) }
        network.act("b") { $0.halt(FakeRuns.run("1")) }
        network.act("a") { $0.move(FakeRuns.run("own"), $0.event()) }
        network.run(for: .seconds(1))
        network.restart("b")
        network.run(for: .seconds(1))
        return (network, network.sent.filter { $0.to == "a" }.map(\.bytes))
    }

    private struct State: Equatable {
        let ranks: [RunIdentifier: RunRank]
        let completed: [RunIdentifier]
        let halted: Set<RunIdentifier>
        let live: [String]
        let epochs: [Random128?]
        var heard: [UInt64]
        let holds: Bool
        let remembered: Int

        init(_ node: Network.Node) {
            ranks = node.runs.ranks
            completed = node.runs.completed
            halted = node.runs.halted
            live = node.peers.publishers
            epochs = node.peers.peers.map(\.joined)
            heard = node.peers.peers.map(\.heard)
            holds = node.holds
            remembered = node.peers.remembered.records.count
        }
    }

    /// A message that was sealed with the key, or only looks so, as somebody may send it to `a` who has heard what `b` sent.
    private struct Forger {
        let network: Network
        let heard: [[UInt8]]
        private let large = [UInt8](repeating: UInt8(ascii: "["), count: 10 << 20)
        private var seal: Seal
        private var number: UInt64 = 1 << 40
        private var random = SeededRandom(3)

        init?(_ network: Network, _ heard: [[UInt8]]) {
            guard let seal = Seal(key: HostileTests.key, prefix: "bobo"), !heard.isEmpty else { return nil }
            (self.network, self.heard, self.seal) = (network, heard, seal)
        }

        private mutating func any(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

        private mutating func byte() -> UInt8 { .random(in: 0...255, using: &random) }

        private mutating func sealed(_ json: String, from: String = "b", epoch: Random128? = nil) -> [UInt8] {
            number += 1
            let joined = network["a"].peers.peers[0].joined ?? Random128(0)
            let header = Seal.Header(from: from, to: "a", epoch: epoch ?? joined, number: number)
            return seal.seal(Array(json.utf8), header) ?? []
        }

        /// - Parameter fields: each after a comma.
        private func json(_ fields: String, seq: UInt64, from: String = "b", epoch: Random128? = nil, version: Int = 1)
            -> String
        {
            let node = network["a"].peers
            let epoch = (epoch ?? node.peers[0].joined ?? Random128(0)).description
            return """
                {"v":\(version),"from":"\(from)","to":"a","epoch":"\(epoch)","seq":\(seq),\
                "ack":{"epoch":"\(node.epoch.description)","seq":0},"now":0\(fields)}
                """
        }

        /// Entries that the receiver does not take: of no pattern here, of runs that ended, that are behind, or no runs.
        private mutating func entries() -> String {
            let known = #""phenomenon":"fire","pattern":"smoke","version":"\#(FakeRuns.version("1"))""#
            let event = #","events":[{"id":"s-\#(any(1000))","ts":1,"topic":"t","payload":1}]"#
            let run = FakeRuns.run("\(any(10))").description
            let ended = FakeRuns.run("\(any(2))").description
            let part = #""block":1,"add":[0]"#
            switch any(7) {
            case 0:
                return
                    #"\#(event),"updated":[{"id":"\#(run)","phenomenon":"x","pattern":"y","version":"\#(run)","key":1,\#(part)}]"#
            case 1: return #"\#(event),"updated":[{"id":"\#(run)","pattern":\#(1 + any(1000)),"key":"k",\#(part)}]"#
            case 2: return #"\#(event),"updated":[{"id":"\#(ended)",\#(known),"key":"k","block":9,"add":[0]}]"#
            case 3: return #"\#(event),"updated":[{"id":"\#(run)",\#(known),"key":"k","block":0,"add":[0]}]"#
            case 4:
                return
                    #"\#(event),"updated":[{"id":"\#(run)",\#(known),"block":9,"base":7,"base_hash":"\#(ended)","add":[0]}]"#
            case 5: return #","halted":[{"id":"\#(ended)",\#(known),"key":"k","ts":1,"ended":0}]"#
            default: return #"\#(event),"updated":[{"id":["\#(run)"],\#(known),"key":[[[]]],"block":-1,"add":[0,0]}]"#
            }
        }

        /// - Returns: also whether it is one of `b`'s own life that counts on, as only a holder of the key can send it.
        mutating func next() -> (bytes: [UInt8], isCounted: Bool) {
            var bytes = heard[any(heard.count)]
            switch any(1000) {
            case 0: return (any(2) == 0 ? large : Array("BOBO".utf8) + [1] + large, false)
            case 1..<100: return ((0..<any(300)).map { _ in byte() }, false)
            case 100..<200: bytes.removeLast(1 + any(bytes.count - 1))
            case 200..<400: bytes[any(bytes.count)] ^= UInt8(1 + any(255))
            case 400..<500: break  // Sent again.
            case 500..<530: bytes.append(contentsOf: [0, 1, 2])
            case 530..<560: bytes = Array(bytes.dropFirst(1 + any(bytes.count - 1)))
            case 560..<600: return (sealed(json(entries(), seq: 1, version: 2 + any(9))), false)
            case 600..<650:
                let from = ["x", "a", "", "b/c"][any(4)]
                return (sealed(json(entries(), seq: 1, from: from), from: from), false)
            case 650..<700:
                let epoch = Random128(UInt128(any(1 << 40)))
                return (sealed(json(entries(), seq: UInt64(any(100)), epoch: epoch), epoch: epoch), false)
            case 700..<720:
                return (sealed(#"{"v":1,"x":"# + String(repeating: any(2) == 0 ? "[" : #"{"a":"#, count: 5000)), false)
            case 720..<740: return (sealed(json(entries(), seq: 0)), false)
            case 740..<760: return (sealed(json(entries(), seq: 1)), false)
            case 760..<780:
                return (sealed(json(entries(), seq: network["a"].peers.peers[0].heard + 2 + UInt64(any(9)))), false)
            default: return (sealed(json(entries(), seq: network["a"].peers.peers[0].heard + 1)), true)
            }
            return (bytes, false)
        }
    }

    /// `BOBO_HOSTILE_MESSAGES=100000 swift test --filter HostileTests` is the whole.
    @Test func `Sealed, whatever comes changes nothing, and stops nothing`() throws {
        let count = ProcessInfo.processInfo.environment["BOBO_HOSTILE_MESSAGES"].flatMap(Int.init) ?? 5000
        let (network, heard) = network(isSealed: true)
        let node = network["a"]
        var before = State(node)
        var forger = try #require(Forger(network, heard))
        for number in 0..<count {
            let (bytes, isCounted) = forger.next()
            network.inject(bytes, to: "a")
            if isCounted { before.heard = State(node).heard }
            guard State(node) == before else {
                Issue.record(
                    "message \(number) changed something: \(String(decoding: bytes.prefix(2000), as: UTF8.self))")
                return
            }
            network.forgetSent()
        }
        let counters = node.peers.counters
        #expect(counters.received >= count)
        #expect(counters.repeated > 0 && counters.outOfOrder > 0 && counters.ofOtherIncarnations > 0)
        #expect(counters.versionMismatches > 0 && counters.refusedEntries > 0 && counters.needs > 0)
        #expect(counters.dropped > count / 2)
        // The real one is heard again as soon as it begins anew.
        network.restart("b")
        network.act("b") { $0.move(FakeRuns.run("after"), $0.event()) }
        network.run(for: .seconds(5))
        #expect(node.runs.active[FakeRuns.run("after")] != nil)
    }

    @Test func `What is meant for another, or sealed by one who does not have the key, is dropped`() throws {
        let (network, _) = network(isSealed: true)
        let before = State(network["a"])
        for message in network.sent where message.to != "a" { network.inject(message.bytes, to: "a") }
        var foreign = try #require(Seal(key: Array(repeating: 9, count: 32), prefix: "bobo"))
        let json = Array(#"{"v":1}"#.utf8)
        let header = Seal.Header(from: "b", to: "a", epoch: Random128(5), number: 1)
        let sealed = foreign.seal(json, header)
        network.inject(try #require(sealed), to: "a")
        network.inject(json, to: "a")
        #expect(State(network["a"]) == before)
        #expect(network["a"].peers.counters.dropped >= 2)
    }

    @Test func `A topic, a header or a nonce that was changed does not pass`() throws {
        var seal = try #require(Seal(key: Self.key, prefix: "bobo"))
        let header = Seal.Header(from: "b", to: "a", epoch: Random128(5), number: 1)
        let sealed = seal.seal([1, 2, 3], header)
        let bytes = try #require(sealed)
        #expect(try seal.open(bytes).message == [1, 2, 3])
        var other = try #require(Seal(key: Self.key, prefix: "other"))
        #expect(throws: MessageFault.notAuthentic) { try other.open(bytes) }
        let place = try #require(bytes.firstIndex(of: UInt8(ascii: "1")))
        var changed = bytes
        changed[place] = UInt8(ascii: "2")
        #expect(throws: MessageFault.self) { try seal.open(changed) }
    }

    @Test func `Sealed gateways share their runs, and no nonce comes twice under a key`() throws {
        let (network, _) = network(isSealed: true)
        #expect(network["a"].runs.ranks == network["b"].runs.ranks)
        #expect(network["a"].runs.ranks.count == 9)
        let seal = try #require(Seal(key: Self.key, prefix: "bobo"))
        var bodies: [Seal.Header: [UInt8]] = [:]
        for message in network.sent {
            let header = try seal.header(message.bytes).0
            // The same bytes may come again, and nothing else under the same number.
            #expect(bodies[header] == nil || bodies[header] == message.bytes)
            bodies[header] = message.bytes
        }
    }

    @Test func `Not sealed, altered and senseless messages never stop it, nor bring back what ended`() {
        let (network, heard) = network(isSealed: false)
        var random = SeededRandom(5)
        for _ in 0..<4000 {
            guard var bytes = heard.randomElement(using: &random) else { return }
            for _ in 0..<Int.random(in: 1..<4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &random)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 9))
                default: bytes.insert(contentsOf: bytes.suffix(from: place).prefix(30), at: place)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            network.inject(bytes, to: "a")
        }
        let runs = network["a"].runs
        #expect(runs.active[FakeRuns.run("0")] == nil && runs.active[FakeRuns.run("1")] == nil)
        #expect(Set(runs.completed).count == runs.completed.count)
        network.run(for: .seconds(130))
        #expect(network["a"].peers.publishers == ["b", "c", "a"])
    }

    /// What any message of `b` would bear, with fields in place of others.
    private func message(_ network: Network, _ fields: String, seq: Int = 1) -> [UInt8] {
        let peers = network["a"].peers
        let epoch = peers.peers[0].joined?.description ?? ""
        return Array(
            """
            {"v":1,"from":"b","to":"a","epoch":"\(epoch)","seq":\(seq),"open":false,\
            "ack":{"epoch":"\(peers.epoch.description)","seq":0},"type":"SYNC","now":0\(fields)}
            """.utf8)
    }

    @Test func `Each sort of senseless message is told apart`() {
        let cases: [(String, MessageFault)] = [
            (#"{"v":2}"#, .version(2)),
            (#"[]"#, .notJSON(at: 0)),
            (#"{"v":1}"#, .missing("from")),
            (#"{"v":1,"v":1}"#, .wrong("v")),
            (String(repeating: "[", count: 1_000_000), .notJSON(at: 0)),
            (#"{"x":"# + String(repeating: "[", count: 100_000), .tooDeep),
            (#"{"x":"# + String(repeating: #"{"a":"#, count: 100_000), .tooDeep),
            (#"{"type":"HELLO"}"#, .wrong("type")),
            (#"{"seq":-1}"#, .notJSON(at: 9)),
            (#"{"seq":99999999999999999999}"#, .notJSON(at: 25)),
            (#"{"epoch":"xyz"}"#, .notJSON(at: 9)),
        ]
        for (text, fault) in cases {
            do throws(MessageFault) {
                _ = try PeerMessage(json: Array(text.utf8))
                Issue.record("taken: \(text.prefix(80))")
            } catch {
                #expect(error == fault, "\(text.prefix(80))")
            }
        }
        #expect(throws: MessageFault.tooLarge(10 << 20)) {
            try PeerMessage(json: Array(repeating: UInt8(ascii: " "), count: 10 << 20))
        }
    }

    @Test func `Entries that contradict themselves are refused`() {
        let (network, _) = network(isSealed: false)
        let id = FakeRuns.run("x").description
        let version = FakeRuns.version("1").description
        let names = #""id":"\#(id)","phenomenon":"fire","pattern":"smoke""#
        let head = #"\#(names),"version":"\#(version)","key":"k""#
        let event = #","events":[{"id":"s-1","ts":1,"topic":"t","payload":1}]"#
        let entries = [
            #"{}"#, #"{\#(head)}"#,
            #"{\#(head),"block":1,"add":[["",7]]}"#,
            #"{\#(head),"block":1,"add":[-1]}"#,
            #"{\#(head),"block":1,"add":[]}"#,
            #"{\#(head),"block":-1,"add":[0]}"#,
            #"{\#(names),"version":"\#(version)","block":1,"add":[0]}"#,
            #"{\#(names),"key":"k","block":1,"add":[0]}"#,
            #"{\#(head),"block":1,"base":1,"add":[0]}"#,
            #"{\#(head),"block":1,"base":[1,0],"base_hash":"\#(id)","add":[0]}"#,
            #"{\#(head),"block":1,"base_hash":"\#(id)","add":[0]}"#,
            #"{\#(head),"block":1,"base":9223372036854775807,"base_hash":"\#(id)","add":[]}"#,
            #"{\#(head),"block":1,"base":-1,"base_hash":"\#(id)","add":[]}"#,
            #"{"id":"\#(id)","phenomenon":"fire","pattern":0,"key":"k","block":1,"add":[0]}"#,
            // No such pattern was listed.
            #"{"id":"\#(id)","pattern":5,"key":"k","block":1,"add":[0]}"#,
        ]
        for entry in entries {
            let seq = Int(network["a"].peers.peers[0].heard) + 1
            network.inject(message(network, #"\#(event),"updated":[\#(entry)]"#, seq: seq), to: "a")
            #expect(network["a"].runs.active[FakeRuns.run("x")] == nil, "\(entry)")
        }
        #expect(network["a"].peers.counters.dropped == entries.count - 1)
        #expect(network["a"].peers.counters.refusedEntries == 1)
    }

    @Test func `A fault is logged once a minute at most`() {
        let (network, _) = network(isSealed: false)
        for _ in 0..<500 { network.inject([1, 2, 3], to: "a") }
        #expect(network["a"].logs.count { if case .dropped = $0 { true } else { false } } == 1)
    }

    @Test func `Whoever sends messages of no joined life gets an answer a second at most`() {
        let (network, _) = network(isSealed: false)
        network.run(for: .seconds(2))
        let before = network.sent.count
        for number in 0..<200 {
            let text = """
                {"v":1,"from":"b","to":"a","epoch":"\(FakeRuns.hash("\(number)"))","seq":0,"open":false,"type":"RESYNC",\
                "part":0,"parts":1,"now":0}
                """
            network.inject(Array(text.utf8), to: "a")
        }
        #expect(network.sent.count - before == 1)
    }
}
