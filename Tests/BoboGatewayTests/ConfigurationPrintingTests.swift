import BoboTopics
import BoboYAML
import Testing

@testable import BoboGateway

@Suite struct ConfigurationPrintingTests {
    @Test func eachValueIsPrintedWithItsOrigin() throws {
        let folder = try ConfigurationFolder()
        let configuration = try #require(
            try folder.load(
                "log_level: debug\nsensors:\n  - filter: a/#\n    timestamp: \"[payload.t][0]\"\npeers: {remember: {age: 20s}}\npartitions: {filters: [\"a,b/#\", c]}",
                environment: ["BOBO_QUEUE_SIZE": "9", "BOBO_PEERS_IDS": "b, c"], flags: ["broker.url": "mqtt://h"]
            ).configuration)
        let lines = configuration.printed.replacing(folder.path + "/", with: "").split(separator: "\n")
        for line in [
            "instance: host-1  # default", "patterns: patterns  # default", "  url: mqtt://h:1883  # --broker",
            "  # username:  # default", "  version: 5  # default", "  size: 9  # BOBO_QUEUE_SIZE",
            "log_level: debug  # bobo.yaml:1", "  - filter: a/#  # bobo.yaml:3", "    timestamp: \"[payload.t][0]\"",
            "  ids: [b, c]  # BOBO_PEERS_IDS", "  remember:", "    age: 20s  # bobo.yaml:5",
            "  ping_after: 30s  # default",
            "  filters: [\"a,b/#\", c]  # bobo.yaml:6", "  copies: 1  # default", "max_payload: 1MiB  # default",
            "max_ahead: 1m  # default",
        ] {
            #expect(lines.contains(Substring(line)), "\(line)")
        }
    }

    @Test func passwordsAreMasked() throws {
        let configuration = try #require(
            try ConfigurationFolder().load(
                environment: [
                    "BOBO_BROKER_URL": "mqtt://h", "BOBO_BROKER_USERNAME": "u", "BOBO_BROKER_PASSWORD": "topsecret",
                ]
            ).configuration)
        #expect(configuration.printed.contains("topsecret") == false)
        #expect(configuration.printed.contains("  password: \"***\"  # BOBO_BROKER_PASSWORD"))
        #expect("\(configuration)".contains("topsecret") == false)
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(dumped.contains("topsecret") == false)
    }

    @Test func whatIsPrintedReadsBackAsTheSame() throws {
        let folder = try ConfigurationFolder()
        for name in ["password", "ca.crt", "gw-a.crt", "gw-a.key", "secrets.yaml"] { try folder.write(name, "x") }
        try folder.write("peer.key", PeersSettingsTests.key)
        var one = try #require(try folder.load(ConfigurationTests.whole + "# \n").configuration)
        var two = try #require(try folder.load(one.printed).configuration)
        for index in one.sensors.indices {
            #expect(one.sensors[index].timestamp?.text == two.sensors[index].timestamp?.text)
            #expect(one.sensors[index].filter == two.sensors[index].filter)
        }
        (one.origins, one.sensors, two.origins, two.sensors) = ([:], [], [:], [])
        #expect(one == two)
    }

    @Test(arguments: ["true", "12", "a: b", "a #b", "\"", "*x", " a", "a\\b", "ü", "-", "null", "a\u{85}b"])
    func textsReadBackAsTheyAre(_ text: String) throws {
        let folder = try ConfigurationFolder()
        let environment = ["BOBO_BROKER_URL": "mqtt://h", "BOBO_BROKER_USERNAME": text]
        let printed = try #require(try folder.load(environment: environment).configuration).printed
        #expect(try folder.load(printed).configuration?.broker.username == text)
    }
}
