import BoboMQTT
import BoboTopics
import BoboYAML
import Testing

@testable import BoboGateway

@Suite struct ConfigurationTests {
    @Test func withoutAFileTheDefaultsHold() throws {
        let folder = try ConfigurationFolder()
        let (loaded, messages) = try folder.load()
        let configuration = try #require(loaded)
        #expect(messages == [])
        #expect(configuration.instance == "host-1")
        #expect(configuration.prefix == "bobo")
        #expect(configuration.patterns == folder.path + "/patterns")
        #expect(configuration.timezone == "Europe/Vienna")
        #expect(configuration.broker == Configuration.Broker(clientID: "bobo-host-1"))
        #expect(configuration.broker.url == nil)
        #expect(configuration.broker.keepAlive == 10_000)
        #expect(configuration.broker.sessionExpiry == 3_600_000)
        #expect(configuration.maxPayload == 1_048_576)
        #expect(configuration.queue == Configuration.Queue(size: 100_000, whenFull: .wait))
        #expect(configuration.origins == [:])
        #expect(configuration.file == nil)
    }

    static let whole = """
        instance: gw-a
        prefix: plant
        patterns: rules
        timezone: Europe/Berlin
        broker:
          url: mqtts://broker.local:8884
          version: 3.1.1
          client_id: one
          username: gw-a
          password_file: password
          ca_file: ca.crt
          certificate_file: gw-a.crt
          key_file: gw-a.key
          keep_alive: 30s
          session_expiry: 0s
        secrets_file: secrets.yaml
        sensors:
          - filter: home/+/temperature
            qos: 2
            retained: true
            format: json
            timestamp: timestamp(payload.time)
            event_id: "string(payload.seq)"
          - {filter: zigbee2mqtt/+}
        max_lateness: 2s
        late: drop
        max_ahead: 5m
        max_payload: 256KiB
        max_state: 5
        queue: {size: 10, when_full: drop_oldest}
        peers:
          ids: [gw-b, gw_c]
          key_file: peer.key
          ping_after: 10s
          resync_after: 20s
          ping_interval: 1s
          resync_interval: 2s
          stash_interval: 3s
          stash_limit: 100
          remember: {runs: 1000, age: 1m}
          catch_up: 1s
          batch: 5ms
          message_limit: 64KiB
        partitions:
          filters: [home/kitchen/#, home/hall/#]
          copies: 1
          read: [home/hall/#]
          share: ""
        stats_interval: 1m
        log_level: debug
        log_format: json

        """

    @Test func everyKeyIsRead() throws {
        let folder = try ConfigurationFolder()
        for name in ["password", "ca.crt", "gw-a.crt", "gw-a.key", "secrets.yaml"] {
            try folder.write(name, "geheim\nx")
        }
        try folder.write("peer.key", PeersSettingsTests.key)
        let (loaded, messages) = try folder.load(Self.whole)
        #expect(messages == [])
        let configuration = try #require(loaded)
        #expect(configuration.patterns == folder.path + "/rules")
        #expect(configuration.broker.version == .v311)
        #expect(configuration.broker.password?.text == "geheim")
        #expect(configuration.broker.keyFile == folder.path + "/gw-a.key")
        #expect(configuration.broker.sessionExpiry == 0)
        #expect(configuration.sensors.count == 2)
        let sensor = configuration.sensors[0]
        #expect(sensor.filter.text == "home/+/temperature")
        #expect((sensor.qos, sensor.retained, sensor.format) == (2, true, .json))
        #expect(sensor.timestamp?.text == "timestamp(payload.time)")
        #expect(sensor.eventID?.place(atScalar: 7).column == 23)
        #expect((configuration.sensors[1].qos, configuration.sensors[1].format) == (1, .auto))
        #expect(configuration.late == .drop)
        #expect(configuration.maxAhead == 300_000)
        #expect(configuration.queue == Configuration.Queue(size: 10, whenFull: .dropOldest))
        #expect(configuration.logFormat == .json)
        #expect(configuration.peers.ids == ["gw-b", "gw_c"])
        #expect(configuration.peers.keyFile == folder.path + "/peer.key")
        #expect(configuration.peers.rememberAge == 60_000)
        #expect(configuration.peers.messageLimit == 65_536)
        #expect(configuration.partitions.filters.map(\.text) == ["home/kitchen/#", "home/hall/#"])
        #expect(configuration.partitions.read.map(\.text) == ["home/hall/#"])
        #expect(configuration.partitions.share == nil)
        #expect(configuration.origin(of: "max_state").description.hasSuffix("bobo.yaml:29"))
        // What the whole file sets is all that there is to set.
        #expect(Set(configuration.origins.keys).count == 43)
    }

    @Test func laterLayersWin() throws {
        let folder = try ConfigurationFolder()
        let (loaded, messages) = try folder.load(
            "instance: a\nlog_level: debug\nqueue: {size: 7}\nprefix: p",
            environment: ["BOBO_INSTANCE": "b", "BOBO_QUEUE_SIZE": "8", "BOBO_BROKER_URL": "mqtt://one", "PATH": "x"],
            flags: ["instance": "c", "broker.url": "mqtt://two:1"])
        let configuration = try #require(loaded)
        #expect(messages == [])
        #expect(configuration.instance == "c")
        #expect(configuration.broker.clientID == "bobo-c")
        #expect(configuration.queue.size == 8)
        #expect(configuration.broker.url?.description == "mqtt://two:1")
        #expect(configuration.logLevel == .debug)
        #expect(configuration.origin(of: "instance") == .flag("--instance"))
        #expect(configuration.origin(of: "broker.url") == .flag("--broker"))
        #expect(configuration.origin(of: "queue.size") == .environment(variable: "BOBO_QUEUE_SIZE"))
        #expect(configuration.origin(of: "queue.when_full") == .default)
        #expect(configuration.origin(of: "prefix").description.hasSuffix("/bobo.yaml:4"))
    }

    @Test func environmentTextsNeedNoQuotes() throws {
        let environment = [
            "BOBO_INSTANCE": "12", "BOBO_BROKER_URL": "mqtt://h", "BOBO_BROKER_USERNAME": "true",
            "BOBO_BROKER_PASSWORD": "123456",
        ]
        let configuration = try #require(try ConfigurationFolder().load(environment: environment).configuration)
        #expect(configuration.instance == "12")
        #expect(configuration.broker.username == "true")
        #expect(configuration.broker.password?.text == "123456")
    }

    /// A topic is the system's own by its first byte, whatever mark may stand behind that.
    @Test(arguments: ["$SYS/a", "$\u{35E}a"]) func aPrefixOfSystemTopicsIsRefused(_ prefix: String) throws {
        let (configuration, messages) = try ConfigurationFolder().load("home_assistant: {prefix: \"\(prefix)\"}")
        #expect(configuration == nil && messages.count == 1)
        #expect(messages.first?.contains("expected the first levels of topics") == true, "\(messages)")
    }

    @Test func allErrorsOfAllLayersComeAtOnce() throws {
        let yaml = """
            instnce: a
            instance: a b
            broker: {url: "http://x", keep_alive: 1s, version: 4, pasword: x}
            timezone: Europe/Berln
            queue: {when_full: drop}
            max_payload: 1MB
            peers: {ids: [b, "c d", b], ping_after: 0s, key_file: gone, pings: 1, remember: {age: x, ages: 1m}}
            partitions: {filters: [a/#/b, $share/g/a], copies: 3, share: a/b, read: b}
            home_assistant: {discovery: 1, prefix: a/+, name: "", pre: x}
            http: {listen: "0.0.0.0:80", token: x}
            log_level: verbose
            stats_interval: 5
            """
        let (configuration, messages) = try ConfigurationFolder().load(
            yaml,
            environment: [
                "BOBO_BROKER_ULR": "x", "BOBO_PEERS_IDS": "b,c/d", "BOBO_MAX_STATE": "many", "BOBO_SENSORS": "a",
            ],
            flags: ["late": "never", "nothing": "x"])
        #expect(configuration == nil)
        let keys = [
            "instance", "prefix", "patterns", "timezone", "broker", "secrets_file", "sensors", "max_lateness", "late",
            "max_ahead", "max_payload", "max_state", "queue", "peers", "partitions", "stats_interval", "log_level",
            "log_format", "home_assistant", "http",
        ]
        let unknown = try #require(messages.first { $0.contains("instnce") })
        for key in keys { #expect(unknown.contains(key)) }
        #expect(unknown.hasSuffix("did you mean \"instance\"?"))
        let expected = [
            "bobo.yaml:2:11: found \"a b\", expected a name of this gateway of",
            "bobo.yaml:3:15: a broker's URL begins with mqtt:// or mqtts://",
            "bobo.yaml:3:39: found the text \"1s\", expected a duration such as",
            "bobo.yaml:3:52: found the number 4, expected one of 5, 3.1.1",
            "bobo.yaml:3:55: unknown key \"pasword\"",
            "bobo.yaml:4:11: unknown time zone \"Europe/Berln\"",
            "bobo.yaml:5:20: found the text \"drop\", expected one of wait, drop_newest, drop_oldest",
            "bobo.yaml:6:14: found the text \"1MB\", expected a size such as",
            "bobo.yaml:7:18: found \"c d\", expected a gateway's name of 1 to 200 letters",
            "bobo.yaml:7:41: found the text \"0s\", expected a duration such as",
            "bobo.yaml:7:55: no such file: gone",
            "bobo.yaml:7:61: unknown key \"pings\", expected one of remember, ids, key_file",
            "bobo.yaml:7:87: found the text \"x\", expected a duration such as",
            "bobo.yaml:7:90: unknown key \"ages\", expected one of runs, age; did you mean \"age\"?",
            "bobo.yaml:8:24: no topic filter: # stands only at the end", "bobo.yaml:8:31: found a shared subscription",
            "bobo.yaml:8:52: found the number 3, expected a whole number from 1 to 2",
            "bobo.yaml:8:62: expected the name of a group", "bobo.yaml:8:73: found the text \"b\", expected a list of",
            "bobo.yaml:9:29: found the number 1, expected true or false",
            "bobo.yaml:9:40: expected the first levels of topics", "bobo.yaml:9:51: expected a name of 1 to 200 bytes",
            "bobo.yaml:9:55: unknown key \"pre\", expected one of discovery, prefix, name",
            "bobo.yaml:10:16: 0.0.0.0:80 can be reached from other machines: a token_file is needed",
            "bobo.yaml:10:30: unknown key \"token\", expected one of listen, token_file",
            "bobo.yaml:11:12: found the text \"verbose\", expected one of trace, debug, info, warning, error",
            "bobo.yaml:12:17: found the number 5, expected a duration such as",
            "BOBO_BROKER_ULR: unknown environment variable",
            "BOBO_PEERS_IDS: found \"c/d\", expected a gateway's name",
            "BOBO_MAX_STATE: found the text \"many\", expected a whole number",
            "BOBO_SENSORS: sensors can be given in the configuration file only",
            "--late: found the text \"never\", expected one of process, drop",
            "--nothing: sets nothing, which is no key of the configuration",
        ]
        for text in expected { #expect(messages.contains { $0.hasPrefix(text) }, "\(text)") }
        #expect(messages.count == expected.count + 1, "\(messages)")
        #expect(messages.contains { $0.hasSuffix("did you mean BOBO_BROKER_URL?") })
        #expect(messages.contains { $0.hasSuffix("did you mean \"Europe/Berlin\"?") })
    }

    @Test func aFileOfCommentsAloneSaysNothing() throws {
        let (configuration, messages) = try ConfigurationFolder().load("# nothing yet\n")
        #expect(configuration?.prefix == "bobo")
        #expect(messages == [])
    }

    @Test func aFileThatIsNamedHasToBeThere() throws {
        let folder = try ConfigurationFolder()
        let (configuration, messages) = try folder.load(file: folder.path + "/gone.yaml")
        #expect(configuration == nil)
        #expect(messages == ["gone.yaml: no such file"])
    }

    @Test func brokenYAMLIsAnError() throws {
        let (configuration, messages) = try ConfigurationFolder().load("a: [")
        #expect(configuration == nil)
        #expect(messages.count == 1)
    }

    @Test(arguments: ["[a]", "text", "5"]) func aFileHasToBeAMapping(_ yaml: String) throws {
        let (configuration, messages) = try ConfigurationFolder().load(yaml)
        #expect(configuration == nil)
        #expect(messages.count == 1)
        #expect(messages.first?.contains("expected a mapping") == true)
    }

    @Test func relativePathsAreRelativeToWhatNamesThem() throws {
        let folder = try ConfigurationFolder()
        let elsewhere = try ConfigurationFolder()
        let file = try elsewhere.write("other.yaml", "secrets_file: s.yaml\npatterns: a/b.yaml")
        try elsewhere.write("s.yaml", "")
        let (configuration, messages) = try folder.load(file: file, flags: ["patterns": "c"])
        #expect(messages == [])
        #expect(configuration?.secretsFile == elsewhere.path + "/s.yaml")
        #expect(configuration?.patterns == folder.path + "/c")
        #expect(try folder.load(file: file).configuration?.patterns == elsewhere.path + "/a/b.yaml")
        let absolute = try folder.load(environment: ["BOBO_PATTERNS": "/x"]).configuration
        #expect(absolute?.patterns == "/x")
    }

    @Test(arguments: [("gw.local", "gw"), ("gw_1", "gw_1"), ("büro", "b-ro"), ("", "bobo"), (".x", "bobo")])
    func theInstanceIsTheHostsName(_ host: String, _ instance: String) {
        #expect(ConfigurationReading.instance(host: host) == instance)
    }

    @Test(arguments: ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires"]) func knownTimeZones(_ name: String)
        throws
    {
        #expect(try ConfigurationFolder().load("timezone: \(name)").configuration?.timezone == name)
    }

    @Test(arguments: ["PST", "Mars/Phobos", "GMT+3", "../etc/passwd"]) func unknownTimeZones(_ name: String) throws {
        #expect(try ConfigurationFolder().load("timezone: \(name)").configuration == nil)
    }

    @Test func aPrefixIsOneLevel() throws {
        for prefix in ["a/b", "+", "$a", ""] {
            #expect(try ConfigurationFolder().load("prefix: \"\(prefix)\"").configuration == nil)
        }
    }
}
