import BoboMQTT
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
}
