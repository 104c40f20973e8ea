import BoboMQTT
import BoboTopics
import Testing

@Suite struct SessionTests {
    let broker: EmbeddedBroker

    init() throws { broker = try EmbeddedBroker() }

    @Test(
        "A kept session hands over what was published while its client was away",
        arguments: [ProtocolVersion.v5, .v311])
    func kept(version: ProtocolVersion) throws {
        let reader = try Client(broker, id: "reader") {
            $0.version = version
            $0.cleanStart = false
            $0.sessionExpiry = 60
        }
        #expect(reader.connects == [false])
        try reader.subscribe("home/#")
        try reader.breakConnection()
        let writer = try Client(broker, id: "writer")
        for index in 0..<10 { try writer.publish("home/x", "\(index)") }
        try reader.connect()
        try reader.drive { reader.messages.count == 10 }
        #expect(reader.connects == [false, true])
        #expect(reader.messages.map(\.text) == (0..<10).map(String.init))
        #expect(reader.messages.allSatisfy { !$0.isDuplicate && !$0.isRetained })
    }

    @Test("A clean start forgets the session; without a session expiry the broker does")
    func forgotten() throws {
        for (cleanStart, expiry) in [(true, UInt32(60)), (false, 0)] {
            let reader = try Client(broker, id: "reader-\(cleanStart)") {
                $0.cleanStart = cleanStart
                $0.sessionExpiry = expiry
            }
            try reader.subscribe("home/#")
            try reader.breakConnection()
            try reader.connect()
            #expect(reader.connects == [false, false])
        }
    }

    @Test("A session ends with the DISCONNECT where its expiry is set to 0 there")
    func expiryAtDisconnect() throws {
        let reader = try Client(broker, id: "reader") {
            $0.cleanStart = false
            $0.sessionExpiry = 60
        }
        try reader.disconnect()
        try reader.connect()
        try reader.disconnect(sessionExpiry: 0)
        try reader.connect()
        #expect(reader.connects == [false, true, false])
        #expect(reader.losses == [nil, nil])
    }

    @Test(
        "What was not acknowledged comes again, marked, and before anything new",
        arguments: [ProtocolVersion.v5, .v311])
    func duplicates(version: ProtocolVersion) throws {
        let will = ConnectionOptions.Will(topic: try TopicName("gone"), payload: [])
        let reader = try Client(broker, id: "reader") {
            $0.version = version
            $0.cleanStart = false
            $0.sessionExpiry = 60
            $0.will = will
        }
        let writer = try Client(broker, id: "writer")
        try writer.subscribe("gone")
        // Else the broker may still send to the broken connection, or leave unread what came before its end.
        func breakConnection() throws {
            writer.messages = []
            try reader.breakConnection()
            try writer.drive { writer.messages.count == 1 }
            reader.messages = []
        }
        try reader.subscribe("home/#")
        reader.writes = false
        for index in 0..<5 { try writer.publish("home/x", "\(index)") }
        try reader.drive { reader.messages.count == 5 }
        let first = reader.messages
        try breakConnection()
        for index in 5..<10 { try writer.publish("home/x", "\(index)") }
        reader.writes = true
        try reader.connect()
        try reader.drive { reader.messages.count == 10 }
        #expect(reader.messages.map(\.text) == (0..<10).map(String.init))
        #expect(reader.messages.map(\.isDuplicate) == (0..<10).map { $0 < 5 })
        #expect(reader.messages.prefix(5).map(\.id) == first.map(\.id))
        // Acknowledged by now, so nothing of it comes a third time.
        try breakConnection()
        try reader.connect()
        try writer.publish("home/x", "new")
        try reader.drive { !reader.messages.isEmpty }
        #expect(reader.messages.map(\.text) == ["new"])
        #expect(reader.messages.map(\.isDuplicate) == [false])
    }

    @Test("Nothing is acknowledged before it is written: the broker stops at the receive maximum")
    func withheld() throws {
        let reader = try Client(broker, id: "reader") { $0.receiveMaximum = 10 }
        let writer = try Client(broker, id: "writer")
        try reader.subscribe("home/#")
        reader.writes = false
        for index in 0..<25 { try writer.publish("home/x", "\(index)") }
        try writer.publish("home/y", "not counted", qos: .atMostOnce)
        try reader.drive(with: [writer]) { reader.messages.contains { $0.qos == .atMostOnce } }
        #expect(reader.messages.filter { $0.qos == .atLeastOnce }.count == 10)
        // Once acknowledgments come, mosquitto 2.0 sends more than the maximum before it waits for the next.
        reader.connection.write()
        try reader.drive(with: [writer]) { reader.messages.count >= 21 }
        #expect(reader.connection.wantsWrite)
        reader.writes = true
        try reader.drive { reader.messages.count == 26 && !reader.connection.wantsWrite }
    }

    @Test("The receive maximum is 2000 where nothing else is asked for, so a round takes as many messages")
    func receiveMaximum() throws {
        let reader = try Client(broker, id: "reader")
        let writer = try Client(broker, id: "writer") { $0.sendMaximum = 1000 }
        try reader.subscribe("home/#")
        reader.writes = false
        for _ in 0..<2500 { _ = try writer.connection.publish(.init("home/x"), [1]) }
        try writer.drive(with: [reader]) { writer.connection.unacknowledged == 0 && reader.messages.count >= 2000 }
        #expect(reader.messages.count == 2000)
    }

    @Test("The will is published when the socket dies, and not after a DISCONNECT")
    func will() throws {
        let watcher = try Client(broker, id: "watcher")
        try watcher.subscribe("bobo/status/+")
        let topic = try TopicName("bobo/status/gateway")
        func gateway() throws -> Client {
            try Client(broker, id: "gateway") {
                $0.will = .init(topic: topic, payload: Array("offline".utf8), retain: true)
            }
        }
        try gateway().breakConnection()
        try watcher.drive { watcher.messages.map(\.text) == ["offline"] }
        try gateway().disconnect()
        try watcher.publish("bobo/status/mark", "after")
        try watcher.drive { watcher.messages.last?.text == "after" }
        #expect(watcher.messages.count == 2)
        // Retained: whoever comes later sees it.
        let late = try Client(broker, id: "late")
        try late.subscribe("bobo/status/gateway")
        try late.drive { late.messages.count == 1 }
        #expect(late.messages.first?.isRetained == true)
    }

    @Test("Messages published and not acknowledged are sent again over a loss, and told of once")
    func outgoing() throws {
        let reader = try Client(broker, id: "reader")
        try reader.subscribe("home/#")
        let writer = try Client(broker, id: "writer") { $0.sendMaximum = 5 }
        var ids: [MessageID] = []
        for index in 0..<20 {
            ids.append(try writer.connection.publish(.init("home/x"), Array("\(index)".utf8)))
        }
        writer.connection.write()
        try writer.breakConnection()
        #expect(throws: RequestError.notConnected) { try writer.connection.publish(.init("home/x"), [1]) }
        try writer.connect()
        try writer.drive(with: [reader]) { writer.connection.unacknowledged == 0 }
        #expect(Set(writer.published.keys) == Set(ids))
        try reader.drive { Set(reader.messages.map(\.text)).count == 20 }
    }
}
