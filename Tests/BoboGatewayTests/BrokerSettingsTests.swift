import Testing

@testable import BoboGateway

@Suite struct BrokerSettingsTests {
    @Test func noMessageShowsAPassword() throws {
        let yaml = "broker:\n  url: mqtt://u:topsecret@h\n  password: [topsecret]\n  username: u"
        let messages = try ConfigurationFolder().load(yaml).messages
        #expect(messages.count == 2)
        #expect(!messages.contains { $0.contains("topsecret") })
        let digits = try ConfigurationFolder().load("broker: {url: mqtt://h, username: u, password: 123456789}")
            .messages
        #expect(digits.count == 1)
        #expect(digits.first?.contains("123456789") == false)
    }

    @Test func printingAPasswordMasksIt() {
        let secret = Secret("topsecret")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect("\(secret) \(String(reflecting: secret)) \(dumped)".contains("topsecret") == false)
    }

    @Test func ofPasswordAndPasswordFileTheLaterLayersCounts() throws {
        let folder = try ConfigurationFolder()
        try folder.write("p", "from file\r\nmore")
        let yaml = "broker: {url: mqtt://h, username: u, password_file: p}"
        let fromFile = try #require(try folder.load(yaml).configuration).broker
        #expect(fromFile.password?.text == "from file")
        let fromVariable = try #require(try folder.load(yaml, environment: ["BOBO_BROKER_PASSWORD": "x"]).configuration)
        #expect(fromVariable.broker.password?.text == "x")
        #expect(fromVariable.broker.passwordFile == nil)
        let flag = try folder.load(
            yaml.replacing("password_file: p", with: "password: y"), flags: ["broker.password_file": "p"])
        #expect(flag.configuration?.broker.password?.text == "from file")
        #expect(flag.messages == [])
        let both = try folder.load("broker: {url: mqtt://h, username: u, password: x, password_file: p}")
        #expect(both.messages.count == 1)
        #expect(both.messages.first?.contains("expected only one of them") == true)
    }

    @Test func namedFilesHaveToBeThere() throws {
        let folder = try ConfigurationFolder()
        try folder.write("empty", "\n")
        let yaml = """
            broker:
              url: mqtts://h
              username: u
              password_file: empty
              ca_file: gone.crt
              certificate_file: .
              key_file: gone.key
            secrets_file: gone.yaml
            """
        let messages = try folder.load(yaml).messages
        #expect(
            messages.map { $0.prefix(16) } == [
                "bobo.yaml:4:18: ", "bobo.yaml:5:12: ", "bobo.yaml:6:21: ", "bobo.yaml:7:13: ", "bobo.yaml:8:15: ",
            ])
        #expect(try folder.load(yaml, checksFiles: false).configuration != nil)
    }

    @Test func secretsThatAllMayReadAreHintedAt() throws {
        let folder = try ConfigurationFolder()
        try folder.write("p", "x", permissions: 0o644)
        let named = try folder.load("broker: {url: mqtt://h, username: u, password_file: p}")
        #expect(named.configuration != nil)
        #expect(named.messages.count == 1)
        #expect(named.messages.first?.contains("hint: everyone on this machine can read") == true)
        let file = try folder.write(
            "open.yaml", "broker: {url: mqtt://h, username: u, password: x}", permissions: 0o644)
        #expect(try folder.load(file: file).messages.first?.contains("hint: everyone") == true)
    }

    @Test func whatBelongsTogetherIsAskedFor() throws {
        let folder = try ConfigurationFolder()
        for name in ["c", "k"] { try folder.write(name, "x") }
        func messages(_ broker: String) throws -> [String] { try folder.load("broker: {\(broker)}").messages }
        #expect(try messages("url: mqtts://h, certificate_file: c").first?.contains("without key_file") == true)
        #expect(try messages("url: mqtts://h, key_file: k").first?.contains("without certificate_file") == true)
        #expect(try messages("url: mqtt://h, password: x").first?.contains("without username") == true)
        #expect(try messages("username: x").first?.contains("without broker.url") == true)
        #expect(try messages("url: mqtt://h, ca_file: c").first?.contains("expected mqtts://") == true)
        #expect(try messages("url: mqtts://h, certificate_file: c, key_file: k, ca_file: c") == [])
    }

    @Test func aFlagsURLWithoutTLSPassesOverTheFilesOfTheFile() throws {
        let folder = try ConfigurationFolder()
        try folder.write("c", "x")
        let (configuration, messages) = try folder.load(
            "broker: {url: mqtts://h, ca_file: c}", flags: ["broker.url": "mqtt://localhost"])
        #expect(configuration?.broker.caFile == nil)
        #expect(messages.count == 1)
        #expect(messages.first?.contains("hint: ") == true)
    }

    @Test(arguments: [
        "keep_alive: 4s", "keep_alive: 65536s", "keep_alive: 5500ms", "session_expiry: 1ms", "session_expiry: -1s",
    ])
    func durationsThatTheProtocolCannotHold(_ key: String) throws {
        #expect(try ConfigurationFolder().load("broker: {url: mqtt://h, \(key)}").messages.count == 1)
    }
}
