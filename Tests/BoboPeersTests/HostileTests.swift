import BoboEngine
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
        let heard: [UInt64]
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

    @Test func `Sealed, thousands of altered, truncated, repeated, foreign and random messages change nothing`() {
        let (network, heard) = network(isSealed: true)
        let node = network["a"]
        let before = State(node)
        var random = SeededRandom(3)
        var count = 0
        for _ in 0..<4000 {
            guard var bytes = heard.randomElement(using: &random) else { return }
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                bytes = (0..<Int.random(in: 0..<300, using: &random)).map { _ in .random(in: 0...255, using: &random) }
            case 1: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
            case 2: bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            case 3: break  // Sent again.
            case 4: bytes.append(contentsOf: [0, 1, 2])
            default: bytes = Array(bytes.dropFirst(Int.random(in: 1..<bytes.count, using: &random)))
            }
            network.inject(bytes, to: "a")
            count += 1
            #expect(State(node) == before)
            guard State(node) == before else { return }
        }
        #expect(node.peers.counters.received >= count)
        network.run(for: .seconds(5))
        #expect(State(node) == before)
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
