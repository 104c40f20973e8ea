import BoboMQTT
import BoboTopics
import Testing

@Suite struct TLSTests {
    @Test("Large messages and many small ones arrive over TLS, which hands over more than a poll shows")
    func amounts() throws {
        let place = try Workplace()
        let certificates = try place.certificates(clients: ["gw-a"])
        let broker = try EmbeddedBroker(try place.production(accounts: ["gw-a"], certificates: certificates))
        var options = ConnectionOptions(
            url: BrokerURL(host: "localhost", port: broker.port, usesTLS: true), clientID: "reader")
        options.username = "gw-a"
        options.password = "gw-a"
        options.tls = .init(
            authorities: certificates + "/ca.crt", certificate: certificates + "/gw-a.crt",
            key: certificates + "/gw-a.key")
        let reader = try Client(options)
        try reader.connect()
        options.clientID = "writer"
        let writer = try Client(options)
        try writer.connect()
        try reader.subscribe("bobo/test/#")
        let large = [UInt8](repeating: 7, count: 1 << 20)
        try writer.publish("bobo/test/large", large)
        for index in 0..<2000 { _ = try writer.connection.publish(.init("bobo/test/\(index)"), [1]) }
        try reader.drive(with: [writer]) { reader.messages.count == 2001 && writer.connection.unacknowledged == 0 }
        #expect(reader.messages.first?.payload == large)
        #expect(reader.messages.dropFirst().map(\.topic) == (0..<2000).map { "bobo/test/\($0)" })
    }

    @Test("A port that nobody listens to is told as such, over TLS as without", arguments: [true, false])
    func absent(usesTLS: Bool) throws {
        let broker = try EmbeddedBroker()
        broker.stop()
        let options = ConnectionOptions(
            url: BrokerURL(host: "127.0.0.1", port: broker.port, usesTLS: usesTLS), clientID: "x")
        #expect(try Client.failure(options) == .unreachable("Connection refused"))
    }

    @Test("A name that does not exist is told as such")
    func unknownHost() throws {
        let options = ConnectionOptions(url: BrokerURL(host: "no-such-host.invalid", port: 1883), clientID: "x")
        guard case .unreachable(let text) = try Client.failure(options) else {
            Issue.record("reached")
            return
        }
        #expect(text.hasPrefix("no-such-host.invalid: "))
    }

    @Test("Files that cannot be used are told as such before anything is sent")
    func files() throws {
        let place = try Workplace()
        let certificates = try place.certificates(clients: ["gw-a", "gw-b"])
        var options = ConnectionOptions(url: BrokerURL(host: "127.0.0.1", port: 1, usesTLS: true), clientID: "x")
        options.tls.authorities = place.path + "/missing"
        #expect(
            throws: ConnectionOptionError.unreadable(
                file: place.path + "/missing", reason: "No such file or directory")
        ) { try Client(options) }

        // A key that is not the certificate's; a listener is needed, since the files are looked at once it is reached.
        let broker = try EmbeddedBroker()
        options.url = BrokerURL(host: "127.0.0.1", port: broker.port, usesTLS: true)
        options.tls = .init(
            authorities: certificates + "/ca.crt", certificate: certificates + "/gw-a.crt",
            key: certificates + "/gw-b.key")
        let failure = try #require(try Client.failure(options))
        guard case .tlsFiles(let text) = failure else {
            Issue.record("\(failure)")
            return
        }
        #expect(text.contains("inconsistent") || text.contains("key"))
        #expect(failure.isFinal)
    }
}
