import BoboMQTT
import BoboTopics
import Testing

@Suite struct RoundTripTests {
    let broker: EmbeddedBroker

    init() throws { broker = try EmbeddedBroker() }

    @Test(
        "A message of each QoS arrives once and is acknowledged", arguments: QoS.allCases, [ProtocolVersion.v5, .v311])
    func eachQoS(qos: QoS, version: ProtocolVersion) throws {
        let reader = try Client(broker, id: "reader") { $0.version = version }
        let writer = try Client(broker, id: "writer") { $0.version = version }
        #expect(try reader.subscribe("home/+/temperature", qos: qos) == [ReasonCode(rawValue: qos.rawValue)])
        #expect(try writer.publish("home/kitchen/temperature", "21.5", qos: qos) == .success)
        try reader.drive(with: [writer]) { reader.messages.count == 1 }
        let message = try #require(reader.messages.first)
        #expect(message.topic == "home/kitchen/temperature")
        #expect(message.text == "21.5")
        #expect(message.qos == qos)
        #expect(!message.isRetained)
        #expect(writer.connection.unacknowledged == 0)
    }

    @Test("Payloads of any size and bytes arrive as they are")
    func payloads() throws {
        let client = try Client(broker)
        try client.subscribe("x/#")
        let payloads: [[UInt8]] = [
            [], [0], Array(0...255), [0xFF, 0xFE, 0xC0], [UInt8](repeating: 0x5A, count: 1 << 20),
            (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) },
        ]
        for payload in payloads { try client.publish("x/y", payload) }
        try client.drive { client.messages.count == payloads.count }
        #expect(client.messages.map(\.payload) == payloads)
    }

    @Test(
        "Topics arrive as they are: any characters, empty levels, a leading $",
        arguments: ["küche/温度/🌡", "/", "//a//", "a b/c d", "$bobo/x", String(repeating: "ä", count: 32767)])
    func topics(topic: String) throws {
        let client = try Client(broker)
        try client.subscribe(topic)
        try client.publish(topic, "x")
        try client.drive { client.messages.count == 1 }
        #expect(client.messages.first?.topic == topic)
    }

    @Test("# does not match topics that begin with $, $SYS/# does")
    func dollar() throws {
        let client = try Client(broker)
        try client.subscribe("#")
        try client.publish("$bobo/x", "hidden")
        try client.publish("bobo/x", "seen")
        try client.drive { !client.messages.isEmpty }
        #expect(client.messages.map(\.text) == ["seen"])
        try client.subscribe("$SYS/broker/version")
        try client.drive { client.messages.count == 2 }
        #expect(client.messages.last?.text.hasPrefix("mosquitto version") == true)
    }

    @Test("A message that the broker does not take for its size is refused before it is sent")
    func tooLarge() throws {
        var options = EmbeddedBroker.Options()
        options.configuration = options.configuration.replacing(
            "max_packet_size 16777216", with: "max_packet_size 2000")
        let small = try EmbeddedBroker(options)
        let client = try Client(small)
        #expect(throws: RequestError.tooLarge(bytes: 3000)) {
            try client.publish("x", [UInt8](repeating: 1, count: 3000))
        }
        #expect(try client.publish("x", [UInt8](repeating: 1, count: 1000)) == .noMatchingSubscribers)
    }

    @Test("A message larger than the client takes is not sent to it")
    func largerThanWanted() throws {
        let reader = try Client(broker, id: "reader") { $0.maximumPacketSize = 1000 }
        let writer = try Client(broker, id: "writer")
        try reader.subscribe("x")
        try writer.publish("x", [UInt8](repeating: 1, count: 2000))
        try writer.publish("x", "small")
        try reader.drive { !reader.messages.isEmpty }
        #expect(reader.messages.map(\.text) == ["small"])
    }

    @Test(
        "The content type goes along over MQTT 5, and is left out over 3.1.1", arguments: [ProtocolVersion.v5, .v311])
    func contentType(version: ProtocolVersion) throws {
        let client = try Client(broker) { $0.version = version }
        try client.subscribe("x")
        let id = try client.connection.publish(TopicName("x"), [1], contentType: "application/cloudevents+json")
        try client.drive { client.published[id] == .success && client.messages.count == 1 }
    }

    @Test("After unsubscribing nothing comes any more")
    func unsubscribe() throws {
        let client = try Client(broker)
        try client.subscribe("a")
        try client.subscribe("b")
        let id = try client.connection.unsubscribe(TopicFilter("a"))
        try client.drive { client.unsubscribed.contains(id) }
        try client.publish("a", "no")
        try client.publish("b", "yes")
        try client.drive { !client.messages.isEmpty }
        #expect(client.messages.map(\.text) == ["yes"])
    }

    @Test("With noLocal, what the connection publishes itself does not come back")
    func noLocal() throws {
        let one = try Client(broker, id: "one")
        let other = try Client(broker, id: "other")
        try one.subscribe("x", noLocal: true)
        try one.publish("x", "own")
        try other.publish("x", "other's")
        try one.drive { !one.messages.isEmpty }
        #expect(one.messages.map(\.text) == ["other's"])
    }

    @Test("A subscription identifier is 1 to 268435455", arguments: [0, 268_435_456] as [UInt32])
    func identifiers(value: UInt32) throws {
        let client = try Client(broker)
        #expect(throws: RequestError.subscriptionIdentifier(value)) {
            try client.connection.subscribe(TopicFilter("x"), identifier: value)
        }
    }

    @Test("Requests without a connection are refused, and none is kept")
    func notConnected() throws {
        let client = try Client(broker)
        try client.disconnect()
        #expect(throws: RequestError.notConnected) { try client.connection.publish(TopicName("x"), [1]) }
        #expect(throws: RequestError.notConnected) { try client.connection.subscribe(TopicFilter("x")) }
        #expect(throws: RequestError.notConnected) { try client.connection.unsubscribe(TopicFilter("x")) }
        #expect(client.connection.descriptor == nil)
        #expect(!client.connection.wantsWrite)
        #expect(client.connection.read() == false)
    }
}
