import BoboMQTT
import Testing

@Suite struct BrokerURLTests {
    @Test(
        "Host and port of a broker's URL, with the defaults of mqtt and mqtts",
        arguments: [
            ("mqtt://broker.local", "broker.local", 1883, false), ("mqtts://broker.local", "broker.local", 8883, true),
            ("mqtt://127.0.0.1:18830", "127.0.0.1", 18830, false), ("mqtt://[::1]", "::1", 1883, false),
            ("mqtts://[fd00::12]:9", "fd00::12", 9, true), ("mqtt://host:65535/", "host", 65535, false),
        ] as [(String, String, UInt16, Bool)])
    func parts(text: String, host: String, port: UInt16, usesTLS: Bool) throws {
        let url = try BrokerURL(text)
        #expect((url.host, url.port, url.usesTLS) == (host, port, usesTLS))
        #expect(try BrokerURL(url.description) == url)
    }

    @Test(
        "What is no broker's URL is refused with its reason",
        arguments: [
            ("http://host", BrokerURLError.scheme), ("host:1883", .scheme), ("", .scheme), ("mqtt://", .host("")),
            ("mqtt://host/topic", .path), ("mqtt://host?x=1", .path), ("mqtt://host:0", .port("0")),
            ("mqtt://host:65536", .port("65536")), ("mqtt://host:", .port("")), ("mqtt://host:+1", .port("+1")),
            ("mqtt://::1", .host("::1")), ("mqtt://[::1", .host("[::1")), ("mqtt://[::1]x", .host("[::1]x")),
            ("mqtt://a b", .host("a b")), ("mqtt://[name]:1", .host("[name]:1")),
        ])
    func refused(text: String, error: BrokerURLError) {
        #expect(throws: error) { try BrokerURL(text) }
    }

    @Test("A password in the URL is refused, and not repeated")
    func password() throws {
        let error = try #require(throws: BrokerURLError.self) { try BrokerURL("mqtt://user:secret@host") }
        #expect(error == .credentials)
        #expect(!error.description.contains("secret"))
    }
}
