import BoboEngine
import BoboMQTT
import BoboPeers
import BoboTopics
import BoboYAML
import Foundation
import Testing

@testable import BoboGateway

@Suite struct PeersSettingsTests {
    /// 32 bytes.
    static let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"

    @Test("Without peers the defaults are those of the specification, and nothing is shared")
    func defaults() throws {
        let configuration = try #require(try ConfigurationFolder().load().configuration)
        #expect(configuration.peers == Configuration.Peers())
        #expect(configuration.partitions == Configuration.Partitions())
        #expect(configuration.peersOptions(Partitioning([], way: .whole, prefix: "bobo")) == nil)
        var options = EngineOptions()
        configuration.setReplication(of: &options)
        #expect(!options.replicates)
        #expect(configuration.partitioningWay == .whole)
    }

    @Test("What the protocol and the engine are told is what the configuration says")
    func options() throws {
        let folder = try ConfigurationFolder()
        for name in ["password", "ca.crt", "gw-a.crt", "gw-a.key", "secrets.yaml"] { try folder.write(name, "x") }
        try folder.write("peer.key", Self.key)
        let configuration = try #require(try folder.load(ConfigurationTests.whole).configuration)
        let partitioning = Partitioning(
            [WantedFilter(try TopicFilter("home/#"))], way: configuration.partitioningWay, prefix: "plant")
        let options = try #require(configuration.peersOptions(partitioning))
        #expect((options.gateway, options.peers, options.prefix) == ("gw-a", ["gw-b", "gw_c"], "plant"))
        #expect(options.key == Array(0..<32))
        #expect((options.pingAfter, options.resyncAfter) == (.seconds(10), .seconds(20)))
        #expect((options.pingInterval, options.resyncInterval) == (.seconds(1), .seconds(2)))
        #expect((options.stashInterval, options.stashLimit) == (.seconds(3), 100))
        #expect((options.rememberedRuns, options.rememberAge) == (1000, .seconds(60)))
        #expect((options.batch, options.messageLimit) == (.milliseconds(5), 65_536))
        #expect(options.division.partitions == ["home/kitchen/#", "home/hall/#", "home/#"])
        #expect((options.division.copies, options.division.read) == (1, ["home/hall/#"]))
        var engine = EngineOptions()
        configuration.setReplication(of: &engine)
        #expect(engine.replicates && engine.recordsChanges)
        #expect((engine.catchUp, engine.rememberedRuns, engine.rememberAge) == (1000, 1000, 60_000))
    }

    @Test("Peers come from the file, from environment variables and flags by commas, and the later layer's count")
    func layers() throws {
        let folder = try ConfigurationFolder()
        let yaml = "peers: {ids: [a], remember: {age: 2m}}"
        let environment = ["BOBO_PEERS_IDS": "b, c", "BOBO_PEERS_REMEMBER_AGE": "1m"]
        let one = try #require(try folder.load(yaml, environment: environment).configuration)
        #expect(one.peers.ids == ["b", "c"])
        #expect(one.peers.rememberAge == 60_000)
        #expect(one.origin(of: "peers.remember.age") == .environment(variable: "BOBO_PEERS_REMEMBER_AGE"))
        let two = try #require(
            try folder.load(yaml, environment: environment, flags: ["peers.ids": "7,e"]).configuration)
        #expect(two.peers.ids == ["7", "e"])
        #expect(two.origin(of: "peers.ids") == .flag("--peer"))
        let none = try #require(try folder.load(yaml, environment: ["BOBO_PEERS_IDS": ""]).configuration)
        #expect(none.peers.ids == [])
        let filters = try folder.load(yaml, environment: ["BOBO_PARTITIONS_FILTERS": "x/#,y/+"]).configuration
        #expect(filters?.partitions.filters.map(\.text) == ["x/#", "y/+"])
    }

    @Test(
        "A key file holds 32 bytes in base64; the error says how to make one",
        arguments: [
            ("", "found 0 bytes in base64"), ("AAAA", "found 3 bytes in base64"), ("not a key!", "found no base64"),
            (String(repeating: "A", count: 5000), "found no base64"),
        ])
    func keyFile(text: String, fault: String) throws {
        let folder = try ConfigurationFolder()
        try folder.write("peer.key", text)
        let (configuration, messages) = try folder.load("peers: {ids: [b], key_file: peer.key}")
        #expect(configuration == nil)
        #expect(
            messages == [
                "bobo.yaml:1:29: \(fault), expected 32 bytes in base64, the same for all gateways; "
                    + "a new key: head -c 32 /dev/urandom | base64: peer.key"
            ])
    }

    @Test func theKeyIsNotShown() throws {
        let folder = try ConfigurationFolder()
        try folder.write("peer.key", Self.key)
        let configuration = try #require(try folder.load("peers: {ids: [b], key_file: peer.key}").configuration)
        #expect(configuration.peers.key?.text == Self.key.trimmingCharacters(in: .newlines))
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in [configuration.printed, "\(configuration)", dumped] { #expect(!text.contains("AAECAwQF")) }
    }

    @Test func othersMayNotReadTheKey() throws {
        let folder = try ConfigurationFolder()
        try folder.write("peer.key", Self.key, permissions: 0o644)
        let (configuration, messages) = try folder.load("peers: {ids: [b], key_file: peer.key}")
        #expect(configuration != nil)
        #expect(messages.map { $0.contains("hint: everyone on this machine can read peer.key") } == [true])
    }

    @Test("What another machine has is not looked for by check")
    func unchecked() throws {
        let (configuration, messages) = try ConfigurationFolder().load(
            "peers: {ids: [b], key_file: gone.key}", checksFiles: false)
        #expect(configuration != nil && messages == [])
    }

    @Test(
        "What cannot be together is refused, each with its place",
        arguments: [
            ("instance: b\npeers: {ids: [a, b]}", "2:18: found b, this gateway's own name"),
            ("peers: {ids: [a, a]}", "1:18: found a twice"),
            ("peers: {ping_after: 60s}", "1:21: found resync_after 1m and ping_after 1m, expected resync_after to be"),
            ("peers: {resync_after: 30s}", "1:23: found resync_after 30s and ping_after 30s"),
            ("peers: {remember: {age: 4s}}", "1:25: found remember.age 4s and catch_up 2s"),
            ("peers: {catch_up: 5m}", "1:19: found remember.age 10m and catch_up 5m"),
            ("peers: {batch: 11s}", "1:16: found the text \"11s\", expected a duration such as"),
            ("peers: {message_limit: 1KiB}", "1:24: found the text \"1KiB\", expected a size such as"),
            ("peers: {stash_limit: 0}", "1:22: found the number 0, expected a whole number from 1"),
            ("peers: [a]", "1:8: found a list, expected a mapping"),
            ("peers: {ids: a}", "1:14: found the text \"a\", expected a list of gateways' names"),
            ("partitions: {filters: [a, a]}", "1:27: found a twice"),
            (
                "partitions: {filters: [a], read: [b]}",
                "1:35: b is no partition, expected some of partitions.filters: a"
            ),
            ("partitions: {filters: [a], read: [a, a]}", "1:38: found a twice"),
            ("partitions: {read: [a], share: g}", "1:20: found read beside share, expected only one"),
            ("partitions: {filters: [a], share: g}", "1:23: found filters beside share, expected only one"),
            ("partitions: {copies: 2, share: g}", "1:22: found copies beside share, expected only one"),
            ("partitions: {copies: 2, read: [a]}", "1:22: found copies: 2 beside read, expected only one"),
        ])
    func refused(yaml: String, error: String) throws {
        let (configuration, messages) = try ConfigurationFolder().load(yaml)
        #expect(configuration == nil)
        #expect(
            messages.filter { !$0.contains("hint") }.map { $0.hasPrefix("bobo.yaml:\(error)") } == [true], "\(messages)"
        )
    }

    @Test(
        "What is allowed and seldom meant is said",
        arguments: [
            ("partitions: {filters: [a]}", "1:23: hint: says nothing without peers.ids"),
            ("partitions: {copies: 2}", "1:22: hint: says nothing without peers.ids"),
            (
                "peers: {ids: [b]}\npartitions: {filters: [x/#, x/+]}",
                "2:29: hint: x/+ gets no topic: those before it match the same"
            ),
            (
                "peers: {ids: [b]}\nbroker: {session_expiry: 1h}",
                "2:26: hint: 1h is cut to 5m, half of peers.remember.age"
            ),
            (
                "partitions: {share: g}\nbroker: {session_expiry: 1h}",
                "2:26: hint: 1h is cut to 0s, since the broker would go on giving"
            ),
        ])
    func hints(yaml: String, hint: String) throws {
        let (configuration, messages) = try ConfigurationFolder().load(yaml)
        #expect(configuration != nil)
        #expect(messages.map { $0.hasPrefix("bobo.yaml:\(hint)") } == [true], "\(messages)")
    }

    @Test("With peers a session is kept for half of remember.age at most, with a shared subscription not at all")
    func sessionExpiry() throws {
        func expiry(_ yaml: String) throws -> Int64? {
            try ConfigurationFolder().load(yaml).configuration?.broker.sessionExpiry
        }
        #expect(try expiry("peers: {ids: [b]}") == 300_000)
        #expect(try expiry("peers: {ids: [b], remember: {age: 25s}}") == 12_000)
        #expect(try expiry("peers: {ids: [b]}\nbroker: {session_expiry: 1m}") == 60_000)
        #expect(try expiry("peers: {ids: [b]}\npartitions: {share: g}") == 0)
        #expect(try expiry("peers: {ids: []}") == 3_600_000)
    }

    @Test("Gateways are of one kind where partitions and sensors agree, whatever else differs")
    func divisionHash() throws {
        func hash(_ yaml: String) throws -> Hash128? {
            try ConfigurationFolder().load(yaml).configuration?.divisionHash
        }
        let one = try hash("peers: {ids: [b]}\npartitions: {filters: [x, y]}\nsensors: [{filter: x}]")
        #expect(one != nil)
        #expect(try one == hash("instance: q\nsensors: [{filter: x}]\npartitions: {filters: [x, y], copies: 1}"))
        for other in [
            "partitions: {filters: [y, x]}\nsensors: [{filter: x}]",
            "partitions: {filters: [x]}\nsensors: [{filter: x}]",
            "partitions: {filters: [x, y], copies: 2}\nsensors: [{filter: x}]",
            "partitions: {filters: [x, y]}\nsensors: [{filter: x, event_id: payload.n}]",
            "partitions: {filters: [x, y]}\nsensors: [{filter: x, timestamp: timestamp(payload.n)}]",
            "partitions: {filters: [x, y], read: [x]}\nsensors: [{filter: x}]",
        ] { #expect(try one != hash(other), "\(other)") }
        let read = "partitions: {filters: [x, y], read: [x]}\nsensors: [{filter: x}]"
        #expect(try hash(read) == hash(read.replacing("read: [x]", with: "read: [y]")))
    }
}
