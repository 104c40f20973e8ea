import BoboMQTT
import Foundation
import Testing

/// `bobo run` and a broker that is absent, goes, refuses; and a gateway that is killed.
@Suite(.waiting) struct BrokerTroubleTests {
    @Test("A broker that is absent at the start is tried again until it is there")
    func absent() throws {
        let site = try Site()
        site.broker.stop()
        try site.pattern("any", each: "home/#")
        let gateway = try site.start()
        #expect(try gateway.waitForLine(containing: "trying again").contains("cannot be reached"))
        try site.broker.start()
        try gateway.waitForLine(containing: "gateway gw is ready", timeout: .seconds(20))
        let client = try site.listener("bobo/events/#", "bobo/status/gw")
        try client.publish("home/a", "1")
        #expect(try client.waitForData(of: "any") == [1])
        #expect(client.messages.contains(.init("bobo/status/gw", "online", isRetained: true)))
    }

    @Test("A broker that is stopped and started with its sessions costs nothing", arguments: ["5", "3.1.1"])
    func restarted(version: String) throws {
        let site = try Site(keeps: true)
        try site.configure("{broker: {version: \(version)}, stats_interval: 100ms}")
        try site.pattern("any", each: "home/#")
        let gateway = try site.gateway()
        // Whose session the broker keeps, too.
        func listen() throws -> BrokerClient {
            let client = try site.broker.client { options in
                options.clientID = "listener"
                options.cleanStart = false
                options.sessionExpiry = 60
            }
            try client.subscribe("bobo/events/#")
            return client
        }
        let before = try listen()
        try before.publish("home/a", (0..<1000).map(String.init))
        // In the midst of it.
        site.broker.stop()
        try gateway.waitForLine(containing: "trying again")
        try site.broker.start()
        // Before the gateway is back, mostly.
        let after = try listen()
        try after.publish("home/a", (1000..<2000).map(String.init))
        try after.waitForMessage(on: "bobo/events/any", timeout: .seconds(20)) {
            try ReadJSON($0.text)["data"]["data"] == 1999
        }
        let published = Set(try (before.data(of: "any") + after.data(of: "any")).compactMap(\.number))
        #expect(published == Set((0..<2000).map(Double.init)))
        let shown = try gateway.output.lines.map { try ReadJSON($0)["data"]["data"].number ?? -1 }
        #expect(shown == (0..<2000).map(Double.init))
    }

    @Test("Events that it could not publish while the broker was gone are published when it is back")
    func published() throws {
        let site = try Site(keeps: true)
        try site.write(
            """
            phenomenon: silence
            patterns:
              - name: silent
                input: [home/a]
                singleton: true
                blocks: [{followed_by: 'true', group: seen}, {absent: 'true', for: 300ms}]
            emit: {data: 'seen[0].payload'}
            """, pattern: "silence")
        let gateway = try site.gateway()
        try site.broker.client().publish("home/a", "7")
        site.broker.stop()
        _ = try gateway.output.waitForLine(containing: "bobo.complex.silence", timeout: .seconds(10))
        try site.broker.start()
        let client = try site.listener("bobo/events/#")
        #expect(try client.waitForData(of: "silence", timeout: .seconds(20)) == [7])
    }

    @Test("A wrong password is refused for good: 69, and a message that says so")
    func password() throws {
        let site = try Site(accounts: ["gateway": "right"])
        try site.pattern("any", each: "home/#")
        let start = ContinuousClock.now
        let gateway = try site.start(["--username", "gateway"], environment: ["BOBO_BROKER_PASSWORD": "wrong"])
        #expect(try gateway.waitForExit() == 69)
        #expect(ContinuousClock.now - start < .seconds(5))
        let last = try #require(gateway.errors.lines.last)
        #expect(last.contains("refuses the connection"))
        #expect(last.contains("user name or password") || last.contains("ot authori"), "\(last)")
        #expect(!gateway.errors.text.contains("wrong"))

        let right = try site.start(["--username", "gateway"], environment: ["BOBO_BROKER_PASSWORD": "right"])
        try right.waitForLine(containing: "gateway gw is ready")
    }

    @Test("What the broker does not let it publish is told once and counted, and the gateway goes on")
    func rights() throws {
        let folder = try TestFolder()
        let acl = try folder.write(
            """
            topic readwrite bobo/status/#
            topic readwrite bobo/stats/#
            topic readwrite bobo/actions/#
            topic readwrite home/#
            """, to: "acl")
        // With max_queued_messages 0 mosquitto 2.0.11 ends the connection of whoever publishes what he may not.
        let site = try Site(lines: ["acl_file \(acl)", "max_queued_messages 1000000"])
        try site.configure("stats_interval: 100ms")
        try site.write(
            """
            phenomenon: any
            patterns: [{name: each, input: [home/#], blocks: [{followed_by: 'true'}]}]
            actions: [{log: {message: "seen ${payload}"}}]
            """, pattern: "any")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/actions/#")
        for number in 0..<50 { try client.publish("home/a", "\(number)") }
        try client.waitForMessages(50)
        try gateway.waitForLine(containing: "cannot be published: the broker refuses: ")
        try gateway.waitForLine(containing: "messages could not be published (50 in all)")
        #expect(gateway.errors.lines.count { $0.contains("the broker refuses: ") } == 1)
    }

    @Test(
        "A gateway that is killed and started again misses nothing, and repeats bear the same id",
        arguments: ["5", "3.1.1"])
    func killed(version: String) throws {
        let site = try Site(keeps: true)
        try site.configure(
            """
            broker: {version: \(version)}
            sensors: [{filter: home/#, event_id: string(payload)}]
            """)
        try site.pattern("any", each: "home/#")
        let first = try site.gateway()
        let client = try site.listener("bobo/events/#")
        try client.publish("home/a", (0..<2000).map(String.init))
        first.send(SIGKILL)
        #expect(try first.waitForExit() == 128 + SIGKILL)
        try client.publish("home/a", (2000..<3000).map(String.init))
        let second = try site.gateway()
        #expect(second.errors.text.contains("session=kept"))
        try client.waitForMessage(on: "bobo/events/any", timeout: .seconds(30)) {
            try ReadJSON($0.text)["data"]["data"] == 2999
        }
        let events = try client.json(on: "bobo/events/any")
        let identities = Dictionary(grouping: events) { $0["data"]["data"].number ?? -1 }
            .mapValues { Set($0.map { $0["id"].description }) }
        #expect(Set(identities.keys) == Set((0..<3000).map(Double.init)))
        #expect(identities.values.allSatisfy { $0.count == 1 })
        #expect(Set(identities.values).count == 3000)
    }
}

/// `bobo run` over TLS.
@Suite(.waiting) struct TLSTroubleTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "broker-config/make-certificates")
        .path(percentEncoded: false)

    /// A broker that wants certificates of its clients, and the gateway `gw` with one of them.
    private func site(days: Int = 30, clientDays: Int = 30) throws -> Site {
        func make(_ days: Int, _ names: String...) throws {
            let made = try BoboProcess(
                ["-d", String(days), "certificates", "localhost,127.0.0.1"] + names, in: folder, program: Self.script)
            #expect(try made.waitForExit() == 0)
        }
        try make(days)
        try make(clientDays, "gw")
        let path = folder.path(of: "certificates")
        let site = try Site(lines: [
            "cafile \(path)/ca.crt", "certfile \(path)/server.crt", "keyfile \(path)/server.key",
            "require_certificate true",
        ])
        try site.configure(
            """
            broker: {ca_file: \(path)/ca.crt, certificate_file: \(path)/gw.crt, key_file: \(path)/gw.key}
            """)
        try site.pattern("any", each: "home/#")
        return site
    }

    private func start(_ site: Site) throws -> BoboProcess {
        try BoboProcess(
            ["run", "--instance", "gw", "--broker", site.broker.url.replacing("mqtt:", with: "mqtts:")],
            in: site.folder)
    }

    @Test("With a client certificate events go both ways over TLS")
    func clientCertificate() throws {
        let site = try site()
        let gateway = try start(site)
        try gateway.waitForLine(containing: "gateway gw is ready")
        let path = folder.path(of: "certificates")
        let publisher = try BoboProcess(
            [
                "-p", site.broker.port, "--cafile", path + "/ca.crt", "--cert", path + "/gw.crt", "--key",
                path + "/gw.key", "-t", "home/a", "-m", "21",
            ], in: site.folder, program: "mosquitto_pub")
        #expect(try publisher.waitForExit() == 0)
        _ = try gateway.output.waitForLine(containing: "bobo.complex.any", timeout: .seconds(10))
        gateway.send(SIGTERM)
        #expect(try gateway.waitForExit() == 0)
    }

    @Test("A broker's certificate that has expired is refused for good: 69, and a message that says so")
    func expired() throws {
        let site = try site(days: 0)
        let gateway = try start(site)
        #expect(try gateway.waitForExit() == 69)
        let last = try #require(gateway.errors.lines.last)
        #expect(last.contains("the broker's certificate is not accepted"))
        #expect(last.contains("expired"))
    }

    @Test("A client certificate that has expired is refused for good: 69, and a message that says so")
    func expiredClient() throws {
        let site = try site(clientDays: 0)
        let gateway = try start(site)
        #expect(try gateway.waitForExit() == 69)
        let last = try #require(gateway.errors.lines.last)
        #expect(last.contains("client certificate"))
        #expect(last.contains("expired"))
    }
}
