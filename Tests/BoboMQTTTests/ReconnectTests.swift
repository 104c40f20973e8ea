import BoboMQTT
import BoboTopics
import Glibc
import Testing

/// Losses of a connection with a real broker.
@Suite struct ReconnectTests {
    @Test("After the broker's restart the connection comes back, and with it what was published meanwhile")
    func restart() throws {
        let place = try Workplace()
        var options = EmbeddedBroker.Options()
        options.persistence = place.path
        let broker = try EmbeddedBroker(options)
        let reader = try Client(broker, id: "reader") {
            $0.cleanStart = false
            $0.sessionExpiry = 60
        }
        try reader.subscribe("home/#")
        let writer = try Client(broker, id: "writer")
        try writer.publish("home/x", "1")
        broker.stop()
        try reader.drive(with: [writer]) { reader.losses.count == 1 && writer.losses.count == 1 }
        try broker.start()
        try writer.connect()
        try writer.publish("home/x", "2")
        try reader.connect()
        #expect(reader.connects == [false, true])
        try reader.drive { reader.messages.last?.text == "2" }
        #expect(Set(reader.messages.map(\.text)) == ["1", "2"])
    }

    @Test(
        "Two clients of one id throw each other out, which three losses in a row tell",
        arguments: [ProtocolVersion.v5, .v311])
    func oneID(version: ProtocolVersion) throws {
        let broker = try EmbeddedBroker()
        let one = try Client(broker, id: "gateway") { $0.version = version }
        let other = try Client(broker, id: "gateway") { $0.version = version }
        var policy = ReconnectPolicy()
        var random = SeededRandom(seed: 1)
        var steps: [ReconnectPolicy.Step] = []
        let start = ContinuousClock.now
        policy.connected(at: .zero)
        for round in 1...3 {
            try one.drive(with: [other]) { one.losses.count == round }
            let failure = try #require(one.losses.last ?? nil)
            steps.append(policy.failed(failure, at: ContinuousClock.now - start, using: &random))
            guard round < 3 else { break }
            try one.connect()
            policy.connected(at: ContinuousClock.now - start)
            try other.drive(with: [one]) { other.losses.count == round }
            try other.connect()
        }
        #expect(steps.last == .anotherClient(retryAfter: .seconds(30)))
        #expect(steps.count == 3)
    }

    @Test("A broker that has only 3.1.1 is spoken to in 3.1.1, and that is told")
    func fallBack() throws {
        // The answers of such a broker: CONNACK "unacceptable protocol version", then one that accepts.
        let server = try FakeBroker(answers: [[0x20, 2, 0, 1], [0x20, 2, 0, 0]])
        let client = try Client(ConnectionOptions(url: server.url, clientID: "x"))
        try client.connect()
        #expect(client.fellBack == .v311)
        #expect(client.connection.version == .v311)
        #expect(!client.connection.hasSubscriptionIdentifiers)
        #expect(client.losses.isEmpty)
        // Byte 8 of a CONNECT is the version.
        #expect(server.received.map { $0[8] } == [5, 4])
    }

    @Test("One that has not even 3.1.1 is given up")
    func noVersion() throws {
        let server = try FakeBroker(answers: [[0x20, 2, 0, 1], [0x20, 2, 0, 1]])
        let failure = try #require(try Client.failure(ConnectionOptions(url: server.url, clientID: "x")))
        #expect(failure == .refused(.unsupportedProtocolVersion))
        #expect(failure.isFinal)
    }

    @Test(
        "The broker's refusals are told, and which of them are final",
        arguments: [
            ([0x20, 3, 0, 0x86, 0], ReasonCode.badUserNameOrPassword, true),
            ([0x20, 3, 0, 0x85, 0], .clientIdentifierNotValid, true),
            ([0x20, 3, 0, 0x88, 0], .serverUnavailable, false),
            ([0x20, 3, 0, 0x8A, 0], .banned, true),
        ] as [([UInt8], ReasonCode, Bool)])
    func refusals(answer: [UInt8], code: ReasonCode, isFinal: Bool) throws {
        let server = try FakeBroker(answers: [answer])
        let failure = try #require(try Client.failure(ConnectionOptions(url: server.url, clientID: "x")))
        #expect(failure == .refused(code))
        #expect(failure.isFinal == isFinal)
        #expect(failure.description.contains(code.description))
    }

    @Test("The broker's goodbye comes with its reason")
    func goodbye() throws {
        let server = try FakeBroker(answers: [[0x20, 3, 0, 0, 0, 0xE0, 2, 0x8B, 0]])
        let client = try Client(ConnectionOptions(url: server.url, clientID: "x"))
        try client.connect()
        try client.drive { client.losses.count == 1 }
        #expect(client.losses == [.disconnectedByBroker(ReasonCode(rawValue: 0x8B))])
    }

    @Test(
        "What is no MQTT ends the connection with an error, and no more",
        arguments: [
            [0x48, 0x54, 0x54, 0x50, 0x2F], [0x20, 0x7F], [0x20, 2, 0], [0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [0, 0, 0, 0],
            [0x30, 2, 0, 0], [0x20, 3, 0, 0, 5],
        ] as [[UInt8]])
    func noMQTT(answer: [UInt8]) throws {
        let server = try FakeBroker(answers: [answer, answer], closes: true)
        let client = try Client(ConnectionOptions(url: server.url, clientID: "x"))
        try client.connection.connect()
        // To a client that has fallen back to 3.1.1 the last of them says enough to be a connection, till it closes.
        try client.drive { !client.losses.isEmpty }
        let failure = try #require(client.losses[0])
        #expect(!failure.isFinal)
    }

    @Test("A broker that takes the connection and says nothing ends in a timeout", arguments: [true, false])
    func mute(usesTLS: Bool) throws {
        let server = try FakeBroker(answers: [])
        var options = ConnectionOptions(
            url: BrokerURL(host: "127.0.0.1", port: server.url.port, usesTLS: usesTLS), clientID: "x")
        options.connectTimeout = .milliseconds(200)
        #expect(try Client.failure(options) == .timeout)
    }

    @Test("A broker that falls silent is noticed after the keep alive")
    func silent() throws {
        let broker = try EmbeddedBroker()
        let client = try Client(broker) { $0.keepAlive = 5 }
        let id = try #require(broker.processID)
        kill(id, SIGSTOP)
        defer { kill(id, SIGCONT) }
        try client.drive(timeout: .seconds(20)) { client.losses.count == 1 }
        #expect(client.losses == [.silent])
    }

    @Test("An idle connection stays, by keep alive")
    func idle() throws {
        let broker = try EmbeddedBroker()
        let client = try Client(broker) { $0.keepAlive = 5 }
        let end = ContinuousClock.now + .seconds(9)
        try client.drive { ContinuousClock.now > end || !client.losses.isEmpty }
        #expect(client.losses.isEmpty)
        try client.publish("x", "still there")
    }
}
