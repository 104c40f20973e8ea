import Foundation
import Testing

/// Brokers that take no large messages.
@Suite(.waiting) struct MessageSizeTests {
    /// Begins runs whose events take up more than a message to a peer may, and expects that the peer has them, also after it
    /// was killed.
    private func share(_ gateways: Gateways, largest: Int) throws {
        try gateways.start()
        let filler = String(repeating: "x", count: 500)
        for number in 1...200 {
            try gateways.client.publish("home/left/k\(number)", #"{"step": 1, "seq": \#(number), "at": "\#(filler)"}"#)
        }
        try gateways.waitForActiveRuns(200)
        try gateways.kill("gw-b")
        try gateways.start("gw-b")
        try gateways.waitTillTogether()
        try gateways.waitForActiveRuns(200)
        let sizes = gateways.client.messages.filter { $0.topic == "bobo/peer/gw-b" }.map(\.text.utf8.count)
        // What they say takes more than one such message.
        #expect(sizes.reduce(0, +) > 2 * largest)
        #expect(sizes.allSatisfy { $0 < largest }, "\(sizes.max() ?? 0)")
    }

    @Test("No message to a peer is larger than the broker's CONNACK allows")
    func announced() throws {
        var setup = Trip.setup()
        setup.broker = ["max_packet_size": "16000"]
        let gateways = try Gateways(setup)
        try share(gateways, largest: 16_000)
        #expect(gateways.log(of: "gw-a", containing: "cannot be published").isEmpty)
    }

    @Test("A limit that the broker does not announce is found out, and what was too large comes in smaller ones")
    func unannounced() throws {
        var setup = Trip.setup()
        setup.broker = ["message_size_limit": "30000"]
        let gateways = try Gateways(setup)
        try share(gateways, largest: 30_000)
        #expect(!gateways.log(of: "gw-a", containing: "the broker takes no message of").isEmpty)
    }
}
