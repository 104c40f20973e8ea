import BoboMQTT
import BoboTopics
import Testing

/// `SubscriptionPlan` with a real broker.
@Suite struct OverlapTests {
    private let filters = ["home/+/temperature", "home/kitchen/#", "+/kitchen/+", "home/kitchen/oven/door"]
    private let topics = [
        "home/kitchen/temperature", "home/hall/temperature", "home/kitchen/x", "garden/kitchen/x", "home/kitchen",
        "home/kitchen/oven/door",
    ]
    private let others = ["home/hall/x", "garden/x", "garden/kitchen"]

    private func subscribe(_ client: Client, identifiers: Bool) throws -> SubscriptionPlan {
        let plan = SubscriptionPlan(try filters.map { WantedFilter(try TopicFilter($0)) }, identifiers: identifiers)
        for subscription in plan.subscriptions {
            try client.subscribe(
                subscription.filter.text, qos: subscription.qos, identifier: subscription.identifier)
        }
        client.knownIdentifiers = plan.subscriptions.compactMap(\.identifier)
        return plan
    }

    private func counted(_ messages: [Client.Message], _ plan: SubscriptionPlan) throws -> [String] {
        try messages.filter { message in
            switch plan.route(of: try TopicName(message.topic)) {
            case .unwanted: false
            case .every: true
            case .bearing(let identifier): message.identifiers.contains(identifier)
            }
        }.map(\.topic)
    }

    @Test("Each wanted message counts once, no other does", arguments: [ProtocolVersion.v5, .v311])
    func live(version: ProtocolVersion) throws {
        let broker = try EmbeddedBroker()
        let reader = try Client(broker, id: "reader") { $0.version = version }
        #expect(reader.connection.hasSubscriptionIdentifiers == (version == .v5))
        let plan = try subscribe(reader, identifiers: reader.connection.hasSubscriptionIdentifiers)
        let writer = try Client(broker, id: "writer")
        try reader.subscribe("mark")
        for topic in topics + others { try writer.publish(topic, "x") }
        try writer.publish("mark", "")
        try reader.drive { reader.messages.last?.topic == "mark" }
        // Over MQTT 5 mosquitto sends the first of them three times.
        if version == .v5 { #expect(reader.messages.filter { $0.topic == topics[0] }.count == 3) }
        #expect(try counted(reader.messages, plan) == topics)
    }

    @Test(
        "What a broker has kept over its restart, or taken before the client came back, counts once as well",
        arguments: [true, false])
    func restarted(sendsDuplicates: Bool) throws {
        let place = try Workplace()
        var options = EmbeddedBroker.Options()
        options.persistence = place.path
        if !sendsDuplicates {
            options.configuration = options.configuration.replacing("allow_duplicate_messages true", with: "")
        }
        let broker = try EmbeddedBroker(options)
        let reader = try Client(broker, id: "reader") {
            $0.cleanStart = false
            $0.sessionExpiry = 60
        }
        let plan = try subscribe(reader, identifiers: true)
        try reader.subscribe("mark")
        let writer = try Client(broker, id: "writer")
        try reader.disconnect()
        for topic in topics { try writer.publish(topic, "before") }
        broker.stop()
        try broker.start()
        try writer.drive { writer.losses.count == 1 }
        try writer.connect()
        for topic in topics { try writer.publish(topic, "after") }
        try writer.publish("mark", "")
        try reader.connect()
        try reader.drive { reader.messages.last?.topic == "mark" }
        #expect(try counted(reader.messages, plan) == topics + topics)
    }

    @Test("When the filters change while messages come, each counts once, by the old plan or the new")
    func changed() throws {
        let broker = try EmbeddedBroker()
        let reader = try Client(broker, id: "reader")
        let old = SubscriptionPlan([WantedFilter(try TopicFilter("home/+/temperature"))], identifiers: true)
        let new = SubscriptionPlan(
            try ["home/#", "garden/x"].map { WantedFilter(try TopicFilter($0)) }, identifiers: true)
        reader.knownIdentifiers = (old.subscriptions + new.subscriptions).compactMap(\.identifier)
        for one in old.subscriptions { try reader.subscribe(one.filter.text, identifier: one.identifier) }
        let changes = new.changes(from: old)
        #expect(changes.subscribe == new.subscriptions)
        #expect(changes.unsubscribe.map(\.text) == ["home/+/temperature"])
        #expect(new.changes(from: new).subscribe.isEmpty && new.changes(from: new).unsubscribe.isEmpty)

        let writer = try Client(broker, id: "writer")
        let topic = try TopicName("home/hall/temperature")
        var pending: Set<MessageID> = []
        for index in 0..<3000 {
            _ = try writer.connection.publish(topic, Array("\(index)".utf8))
            if index == 1000 {
                for one in changes.subscribe {
                    pending.insert(try reader.connection.subscribe(one.filter, identifier: one.identifier))
                }
            }
            if index % 100 == 0 { try reader.drive(with: [writer]) { writer.connection.unacknowledged < 50 } }
        }
        try reader.drive(with: [writer]) {
            writer.connection.unacknowledged == 0 && pending.isSubset(of: reader.granted.keys)
        }
        for filter in changes.unsubscribe { _ = try reader.connection.unsubscribe(filter) }
        try writer.publish("garden/x", "last")
        try reader.drive { reader.messages.last?.text == "last" }
        let border = reader.messagesBefore[try #require(pending.max())] ?? 0
        let counted =
            try counted(Array(reader.messages.prefix(border)), old)
            + counted(Array(reader.messages.dropFirst(border)), new)
        #expect(border > 0 && border < reader.messages.count)
        #expect(counted.count == 3001)
    }
}
