import BoboMQTT
import Foundation
import Testing

/// Gateways with a key file.
@Suite(.waiting) struct SealedTests {
    private static let key = Data((0..<32).map { UInt8($0) }).base64EncodedString() + "\n"
    private static let otherKey = Data((0..<32).map { UInt8(255 - $0) }).base64EncodedString() + "\n"

    private static func setup() -> Gateways.Setup {
        var setup = Trip.setup()
        setup.keys = ["gw-a": key, "gw-b": key]
        return setup
    }

    @Test("Sealed gateways share their runs, over a kill and a restart, and nothing is readable on the way")
    func sealed() throws {
        let gateways = try Gateways(Self.setup())
        try gateways.start()
        for name in gateways.setup.names { #expect(gateways.log(of: name, containing: "key_file").isEmpty) }
        for key in ["k", "l"] { try gateways.say(1, of: key, on: .left) }
        try gateways.waitForActiveRuns(2)
        try gateways.say(2, of: "k", on: .right)
        try gateways.waitTillTaken(1, by: "gw-b")
        try gateways.kill("gw-a")
        try gateways.start("gw-a")
        try gateways.waitTillTogether()
        try gateways.waitForActiveRuns(2)
        try gateways.say(3, of: "k", on: .left)
        #expect(try gateways.waitForTrip(of: "k").seen == [1, 3, 4])
        let messages = gateways.client.messages.filter { $0.topic.hasPrefix("bobo/peer/") }
        #expect(!messages.isEmpty)
        #expect(messages.allSatisfy { $0.payload.starts(with: Array("BOBO".utf8)) && !$0.text.contains("trip") })
    }

    @Test("A gateway with another key, and one without any, is not heard")
    func strangers() throws {
        var setup = Self.setup()
        setup.names += ["gw-c", "gw-d"]
        setup.keys["gw-c"] = Self.otherKey
        setup.read["gw-c"] = ["home/left/#"]
        setup.read["gw-d"] = ["home/right/#"]
        let gateways = try Gateways(setup)
        for name in setup.names { try gateways.start(name) }
        try gateways.wait(for: "gw-a and gw-b together") {
            ["gw-a", "gw-b"].allSatisfy { name in
                gateways.statistics(of: name)?["peers"][name == "gw-a" ? "gw-b" : "gw-a"]["live"] == true
            }
        }
        for name in ["gw-c", "gw-d"] { try gateways.process(name).waitForLine(containing: "is ready") }
        try gateways.say(1, of: "k", on: .left)
        try gateways.waitForActiveRuns(1, at: ["gw-a", "gw-b"])
        try gateways.say(2, of: "k", on: .right)
        try gateways.waitTillTaken(1, by: "gw-b")
        try gateways.say(3, of: "k", on: .left)
        #expect(try gateways.waitForTrip(of: "k").seen == [1, 2, 3])
        for name in ["gw-a", "gw-b"] {
            try gateways.waitForStatistics(of: name, "strangers that are not live") { figures in
                ["gw-c", "gw-d"].allSatisfy {
                    figures["peers"][$0]["live"] == false && figures["peers"][$0]["since"] == nil
                }
            }
            #expect(!gateways.log(of: name, containing: "a message of a peer was dropped").isEmpty)
            #expect(gateways.log(of: name, containing: "gw-c is there").isEmpty)
            #expect(gateways.log(of: name, containing: "gw-d is there").isEmpty)
        }
    }

    @Test("Thousands of hostile messages in the inbox change nothing, and are told of in a line")
    func hostile() throws {
        let gateways = try Gateways(Self.setup())
        try gateways.start()
        for number in 1...3 { try gateways.say(1, of: "k\(number)", on: .left) }
        try gateways.waitForActiveRuns(3)
        let genuine = gateways.client.messages.filter { $0.topic == "bobo/peer/gw-b" }.map(\.payload)
        #expect(!genuine.isEmpty)
        let known = Dictionary(uniqueKeysWithValues: gateways.setup.names.map { ($0, gateways.log(of: $0).count) })
        let attacker = try gateways.broker.client { $0.keepAlive = 600 }
        var generator = Seeded(state: 9)
        try attacker.publish("bobo/peer/gw-b", Self.hostile(3000, like: genuine, &generator))
        try attacker.publish("bobo/peer/gw-b", [UInt8](repeating: 0x7B, count: 10 << 20))
        for topic in ["bobo/mark/gw-b", "bobo/status/gw-x", "bobo/status/gw-b", "bobo/peer/gw-b/x"] {
            try attacker.publish(topic, Self.hostile(20, like: genuine, &generator))
        }
        // What is true of both after it has worked it off.
        try gateways.waitTillTogether()
        try gateways.waitForActiveRuns(3)
        for step in 2...3 { try gateways.say(step, of: "k1", on: .right) }
        #expect(try gateways.waitForTrip(of: "k1").seen == [1, 4, 5])
        try gateways.goAround("next")
        for name in gateways.setup.names {
            let said = gateways.log(of: name).dropFirst(known[name] ?? 0)
            #expect(said.count { $0.contains("was dropped") } <= 2, "\(said)")
            #expect(!said.contains { $0.contains("is gone") || $0.contains("full state") }, "\(said)")
        }
    }

    private static func hostile(_ count: Int, like genuine: [[UInt8]], _ generator: inout Seeded) -> [[UInt8]] {
        (0..<count).map { number in
            var bytes = genuine[number % genuine.count]
            switch number % 6 {
            case 0:
                return (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                    .random(in: 0...255, using: &generator)
                }
            case 1: return Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator)))
            case 2:
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
                return bytes
            // Sent again, as it was.
            case 3: return bytes
            case 4: return Array(#"{"v": 1, "from": "gw-a", "to": "gw-b", "seq": \#(number), "type": "SYNC"}"#.utf8)
            default: return Array(String(repeating: "[", count: 2000).utf8)
            }
        }
    }

    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        /// SplitMix64.
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }
}
