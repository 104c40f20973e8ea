import BoboMQTT
import BoboTopics
import Foundation
import Testing

/// mosquitto with broker-config/production.conf, and what it does to whom.
@Suite struct ProductionConfigurationTests {
    let place: Workplace
    let certificates: String
    let broker: EmbeddedBroker

    init() throws {
        place = try Workplace()
        certificates = try place.certificates(clients: ["gw-a", "other"])
        broker = try EmbeddedBroker(
            try place.production(
                accounts: ["gw-a", "kitchen-thermometer", "homeassistant", "kitchen"], certificates: certificates))
    }

    private func options(_ account: String) -> ConnectionOptions {
        var options = ConnectionOptions(
            url: BrokerURL(host: "localhost", port: broker.port, usesTLS: true), clientID: "bobo-" + account)
        options.username = account
        options.password = account
        options.tls = .init(
            authorities: certificates + "/ca.crt", certificate: certificates + "/gw-a.crt",
            key: certificates + "/gw-a.key")
        return options
    }

    private func client(_ account: String) throws -> Client {
        let client = try Client(options(account))
        try client.connect()
        return client
    }

    @Test("A gateway reads sensors and publishes below the prefix; a consumer reads events only")
    func gateway() throws {
        let gateway = try client("gw-a")
        let sensor = try client("kitchen-thermometer")
        let consumer = try client("homeassistant")
        try gateway.subscribe("home/#")
        try consumer.subscribe("#")
        #expect(try sensor.publish("home/kitchen/temperature", "21") == .success)
        try gateway.drive { gateway.messages.count == 1 }
        #expect(try gateway.publish("bobo/events/fire", "{}") == .success)
        #expect(try gateway.publish("bobo/status/gw-a", "online", retain: true) == .success)
        #expect(try gateway.publish("bobo/peer/gw-b", "not for the consumer") == .success)
        #expect(try gateway.publish("bobo/stats/gw-a", "{}") == .success)
        try consumer.drive { consumer.messages.count == 3 }
        #expect(consumer.messages.map(\.topic) == ["bobo/events/fire", "bobo/status/gw-a", "bobo/stats/gw-a"])
    }

    @Test(
        "What an account may not publish is refused, and it is told",
        arguments: [
            ("kitchen-thermometer", "bobo/events/fire"), ("kitchen-thermometer", "home/hall/temperature"),
            ("kitchen-thermometer", "bobo/status/gw-a"), ("kitchen", "sensors/hall/temperature"),
            ("homeassistant", "bobo/events/fire"), ("gw-a", "home/kitchen/temperature"),
        ])
    func rights(account: String, topic: String) throws {
        #expect(try client(account).publish(topic, "x") == .notAuthorised)
    }

    @Test("A sensor may publish below its own account's name")
    func ownTopics() throws {
        let code = try client("kitchen").publish("sensors/kitchen/temperature", "21")
        #expect(code == .noMatchingSubscribers)
    }

    @Test("A wrong password is refused as such, over MQTT 5 and 3.1.1", arguments: [ProtocolVersion.v5, .v311])
    func wrongPassword(version: ProtocolVersion) throws {
        var options = options("gw-a")
        options.password = "wrong"
        options.version = version
        let failure = try #require(try Client.failure(options))
        #expect(failure == .refused(.notAuthorised))
        #expect(failure.isFinal)
    }

    @Test("Without a client certificate the broker's wish for one is told")
    func noClientCertificate() throws {
        var options = options("gw-a")
        options.tls.certificate = nil
        options.tls.key = nil
        let failure = try #require(try Client.failure(options))
        guard case .clientCertificate(let text) = failure else {
            Issue.record("\(failure)")
            return
        }
        #expect(text.contains("certificate required"))
        #expect(failure.isFinal)
    }

    @Test("A client certificate that has expired is told as such")
    func expiredClientCertificate() throws {
        let folder = place.path + "/expired"
        try FileManager.default.copyItem(atPath: certificates, toPath: folder)
        try FileManager.default.removeItem(atPath: folder + "/gw-a.crt")
        _ = try place.certificates("expired", clients: ["gw-a"], days: 0)
        var options = options("gw-a")
        options.tls.certificate = folder + "/gw-a.crt"
        options.tls.key = folder + "/gw-a.key"
        let failure = try #require(try Client.failure(options))
        guard case .clientCertificate(let text) = failure else {
            Issue.record("\(failure)")
            return
        }
        #expect(text.contains("expired"))
    }

    @Test("A broker of an unknown authority is told as such")
    func unknownAuthority() throws {
        var options = options("gw-a")
        options.tls = .init(authorities: try place.certificates("others") + "/ca.crt")
        let failure = try #require(try Client.failure(options))
        guard case .brokerCertificate(let text) = failure else {
            Issue.record("\(failure)")
            return
        }
        #expect(text.contains("issuer certificate") || text.contains("self-signed") || text.contains("signature"))
        #expect(failure.isFinal)
    }

    @Test("Without an authority named, the system's are asked, which do not know this one")
    func systemAuthorities() throws {
        var options = options("gw-a")
        options.tls = .init()
        guard case .brokerCertificate = try Client.failure(options) else {
            Issue.record("accepted")
            return
        }
    }

    @Test("No TLS towards a port with TLS, and the other way round, end with an error")
    func mixedUp() throws {
        var plain = options("gw-a")
        plain.url = BrokerURL(host: "127.0.0.1", port: broker.port)
        plain.tls = .init()
        let one = try #require(try Client.failure(plain))
        #expect(!one.isFinal)
        let open = try EmbeddedBroker()
        var tls = options("gw-a")
        tls.url = BrokerURL(host: "127.0.0.1", port: open.port, usesTLS: true)
        guard case .tls = try Client.failure(tls) else {
            Issue.record("no TLS error")
            return
        }
    }
}

/// The broker's own certificate.
@Suite struct BrokerCertificateTests {
    private func failure(names: String = "localhost", days: Int = 30) throws -> ConnectionFailure? {
        let place = try Workplace()
        let certificates = try place.certificates(names: names, clients: ["gw-a"], days: days)
        let broker = try EmbeddedBroker(try place.production(accounts: ["gw-a"], certificates: certificates))
        var options = ConnectionOptions(
            url: BrokerURL(host: "localhost", port: broker.port, usesTLS: true), clientID: "bobo")
        options.tls.authorities = certificates + "/ca.crt"
        return try Client.failure(options)
    }

    @Test("An expired one is told as expired")
    func expired() throws {
        let failure = try failure(days: 0)
        #expect(failure == .brokerCertificate("certificate has expired"))
    }

    @Test("One that is made out for another host is told as such")
    func otherHost() throws {
        let failure = try #require(try failure(names: "broker.example,127.0.0.1"))
        guard case .brokerCertificate(let text) = failure else {
            Issue.record("\(failure)")
            return
        }
        #expect(text.contains("host name") && text.contains("localhost"))
    }
}
