import BoboMQTT
import BoboTopics
import Testing

@Suite struct RetainedTests {
    let broker: EmbeddedBroker

    init() throws { broker = try EmbeddedBroker() }

    @Test("What was stored before a subscription is told from what comes live", arguments: [ProtocolVersion.v5, .v311])
    func stored(version: ProtocolVersion) throws {
        let writer = try Client(broker, id: "writer")
        try writer.publish("home/door", "stored", retain: true)
        let reader = try Client(broker, id: "reader") { $0.version = version }
        try reader.subscribe("home/#", identifier: version == .v5 ? 7 : nil)
        try reader.drive { reader.messages.count == 1 }
        try writer.publish("home/door", "live, and published as retained", retain: true)
        try reader.drive { reader.messages.count == 2 }
        #expect(reader.messages.map(\.isRetained) == [true, false])
    }

    @Test("What is stored comes always, where the subscription is new, or not at all, as asked")
    func handling() throws {
        let writer = try Client(broker, id: "writer")
        try writer.publish("home/door", "stored", retain: true)
        let reader = try Client(broker, id: "reader")
        func received(_ handling: RetainHandling) throws -> Int {
            reader.messages = []
            try reader.subscribe("home/#", retainHandling: handling)
            try writer.publish("home/mark", "mark")
            try reader.drive { reader.messages.last?.text == "mark" }
            return reader.messages.count - 1
        }
        #expect(try received(.doNotSend) == 0)
        #expect(try received(.sendWhereNew) == 0)
        #expect(try received(.send) == 1)
        let id = try reader.connection.unsubscribe(.init("home/#"))
        try reader.drive { reader.unsubscribed.contains(id) }
        #expect(try received(.sendWhereNew) == 1)
    }

    @Test("An empty retained message deletes what was stored, and arrives as an empty message")
    func deletion() throws {
        let client = try Client(broker)
        try client.subscribe("home/#")
        try client.publish("home/door", "x", retain: true)
        try client.publish("home/door", [], retain: true)
        try client.drive { client.messages.count == 2 }
        #expect(client.messages.last?.payload == [])
        let late = try Client(broker, id: "late")
        try late.subscribe("home/#")
        try client.publish("home/mark", "mark")
        try late.drive { !late.messages.isEmpty }
        #expect(late.messages.map(\.topic) == ["home/mark"])
    }
}
