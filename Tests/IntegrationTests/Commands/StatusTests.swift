import BoboMQTT
import Foundation
import Testing

/// `bobo status`.
@Suite(.waiting) struct StatusTests {
    let site: Site

    init() throws { site = try Site() }

    private func status(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
        try BoboProcess.run(["status", "--broker", site.broker.url] + arguments, in: site.folder)
    }

    private func write() throws {
        try site.write(
            """
            phenomenon: pair
            patterns:
              - name: one
                input: [home/+]
                key: levels[1]
                blocks: [{followed_by: payload > 1}, {followed_by: payload > 5}]
            """, pattern: "pair")
    }

    @Test("A running gateway: throughput, runs by pattern; of one that has stopped that it is offline")
    func gateway() throws {
        try write()
        try site.configure("stats_interval: 200ms")
        let stopped = try site.gateway(instance: "gone")
        stopped.send(SIGTERM)
        #expect(try stopped.waitForExit() == 0)
        let gateway = try site.gateway()
        let client = try site.listener("bobo/stats/gw")
        for payload in ["2", "3", "4"] { try client.publish("home/kitchen", payload) }
        try client.waitForMessage(on: "bobo/stats/gw") { try ReadJSON($0.text)["messages"]["received"] == 3 }
        let result = try status()
        #expect(result.status == 0 && result.errors == "", "\(result)")
        let lines = result.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.first == "gone: offline")
        #expect(lines.dropFirst().first?.wholeMatch(of: #/gw: online, up [0-9.]+s, version [0-9.]+/#) != nil)
        #expect(
            lines.contains {
                $0.wholeMatch(
                    of: #/messages 3 received \([0-9.]+/s\), 3 events, 0 late, 0 dropped, 0 failed, 0 waiting/#) != nil
            })
        for line in [
            "runs 3 active, 3 started, 0 completed, 0 halted; 0 events published", "PATTERN ACTIVE RUNS", "pair/one 3",
        ] {
            #expect(lines.contains(line), "\(line) in \(result.output)")
        }
        #expect(lines.last?.wholeMatch(of: #/broker: [0-9]+ messages? dropped since its start/#) != nil, "\(lines)")
        withExtendedLifetime(gateway) {}
    }

    @Test("With --json one object: each gateway with its figures as it says them, and what the broker has dropped")
    func json() throws {
        try write()
        try site.configure("stats_interval: 200ms")
        let gateway = try site.gateway()
        let result = try status("--json")
        #expect(result.status == 0)
        #expect(result.output.split(separator: "\n").count == 1)
        let json = try ReadJSON(result.output)
        #expect(json["gateways"].count == 1)
        #expect(json["gateways"][0]["id"] == "gw")
        #expect(json["gateways"][0]["online"] == true)
        #expect(json["gateways"][0]["figures"]["runs"]["active"] == 0)
        #expect(json["gateways"][0]["figures"]["runs"]["patterns"].count == 0)
        #expect(json["broker"]["dropped"] == 0)
        withExtendedLifetime(gateway) {}
    }

    private static let figures = #"""
        {"ts": 1, "version": "9", "uptime": 3725.5, "messages": {"received": 7, "read_elsewhere": 3, "per_second": 2.25},
        "runs": {"active": 1, "resting": 2}, "peers": {
        "gw-b": {"period": "sync", "live": true, "ready": true, "since": 0.25, "stash": 0, "lag": 0, "delay": {"changes": 5, "median": 0.004, "p99": 0.0312, "most": 0.05}, "clock_difference": -0.002, "digest_agrees": true},
        "gw-c": {"period": "resync", "live": false, "ready": false, "since": 95, "stash": 17, "lag": 95.5, "clock_difference": null, "digest_agrees": false}},
        "partitions": {"home/hall/#": ["gw-a", "gw-b"], "home/kitchen/#": []},
        "reading": {"home/hall/#": {"gw-a": 61, "gw-b": 5}}, "queue": 0, "memory": 35651584, "more": [1]}
        """#

    @Test("Peers: period, last success, stash, lag, clock and digest; and who reads which partition since when")
    func peers() throws {
        let client = try site.broker.client()
        try client.publish("bobo/status/gw-a", "online", retain: true)
        try client.publish("bobo/stats/gw-a", Self.figures, retain: true)
        let result = try status()
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n").map(String.init)
        for line in [
            "gw-a: online, up 1h2m5s, version 9", "  memory    34 MiB",
            "  PEER  PERIOD  STATE  LAST SUCCESS  STASH  LAG            CLOCK     DIGEST",
            "  gw-b  sync    ready  0.2s ago      0      0ms, 99% 31ms  -0.002 s  agrees",
            "  gw-c  resync  away   1m35s ago     17     1m35s          -         DIFFERS",
            "  PARTITION       READ BY", "  home/hall/#     gw-a for 1m1s, gw-b for 5.0s", "  home/kitchen/#  nobody",
        ] {
            #expect(lines.contains(line), "\(line) in \(result.output)")
        }
        #expect(lines.contains { $0.hasPrefix("  messages  7 received (2.2/s), - events") })
        #expect(lines.contains { $0.hasSuffix("waiting, 3 old and read elsewhere") })
        #expect(lines.contains { $0.hasPrefix("  runs      1 active") && $0.contains(", 2 keys at rest; ") })
    }

    @Test("With --watch it goes on, shows what changes, and ends in order", arguments: [false, true])
    func watch(json: Bool) throws {
        let client = try site.broker.client()
        let process = try BoboProcess(
            ["status", "--broker", site.broker.url, "--watch"] + (json ? ["--json"] : []), in: site.folder)
        func wait(for text: String, _ jsonText: String) throws {
            _ = try process.output.waitForLine(containing: json ? jsonText : text, timeout: .seconds(10))
        }
        try client.publish("bobo/status/gw-a", "online", retain: true)
        try wait(for: "gw-a: online, no figures yet", #""online":true,"figures":null"#)
        try client.publish("bobo/stats/gw-a", Self.figures)
        try wait(for: "gw-a: online, up 1h2m5s", #""version": "9""#)
        try client.publish("bobo/status/gw-a", "offline", retain: true)
        try wait(for: "gw-a: offline, up 1h2m5s", #""online":false"#)
        process.send(SIGINT)
        #expect(try process.waitForExit() == 0)
        if json { for line in process.output.lines { _ = try ReadJSON(line) } }
    }

    @Test("What is no gateway, or no figures, is not taken for one, and a terminal is not made to obey it")
    func hostile() throws {
        let client = try site.broker.client()
        try client.publish("bobo/status/\u{202E}evil", "online", retain: true)
        try client.publish("bobo/status/deleted", "online", retain: true)
        try client.publish("bobo/status/deleted", "", retain: true)
        for (id, figures) in [
            ("a", "no JSON"), ("b", String(repeating: "[", count: 100_000)), ("c", #"{"uptime": "long"}"#),
        ] {
            try client.publish("bobo/status/\(id)", "online", retain: true)
            try client.publish("bobo/stats/\(id)", figures, retain: true)
        }
        try client.publish("bobo/status/d", "online", retain: true)
        try client.publish(
            "bobo/stats/d",
            #"{"uptime": -1e300, "version": "\u001b[2J", "peers": {"\u001b]0;x\u0007": {"since": 1e300}}, "partitions": {"\u202e": ["\u001b"]}}"#,
            retain: true)
        let result = try status("--for", "1s")
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n")
        for id in ["a", "b", "c"] { #expect(lines.contains("\(id): online, with figures that can't be read")) }
        #expect(lines.contains { $0.hasPrefix("d: online, up -, version") })
        #expect(!result.output.contains("evil") && !result.output.contains("deleted"))
        #expect(!result.output.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || $0.value == 0x202E })
    }

    @Test("Without a gateway that is said, and is no failure; one that says no figures is not waited for for ever")
    func nothing() throws {
        let none = try status()
        #expect(none.status == 0)
        #expect(none.errors.contains("no gateway is there: none has a status under bobo/status/"))
        try site.broker.client().publish("bobo/status/gw-a", "online", retain: true)
        let silent = try status("--for", "500ms")
        #expect(silent.status == 0)
        #expect(silent.output.hasPrefix("gw-a: online, no figures yet\n"))
    }

    @Test("A broker that is absent is tried for so long as --timeout says, and the exit status is 69")
    func absent() throws {
        site.broker.stop()
        let result = try status("--timeout", "300ms")
        #expect(result.status == 69)
        #expect(result.errors.contains("was tried for 300ms"))
        #expect(try BoboProcess.run(["status"], in: site.folder).status == 64)
    }

    @Test("Another prefix is another gateway's")
    func prefix() throws {
        try site.configure("prefix: plant")
        let client = try site.broker.client()
        try client.publish("bobo/status/other", "online", retain: true)
        try client.publish("plant/status/own", "offline", retain: true)
        let result = try status()
        #expect(result.output.hasPrefix("own: offline\n"))
        #expect(!result.output.contains("other"))
    }

    @Test("Two gateways that share their runs: each shows the other, and all partitions are read by one of them")
    func shared() throws {
        try write()
        try site.write(
            """
            phenomenon: garden
            patterns: [{name: one, input: [garden/+], blocks: [{followed_by: 'true'}]}]
            """, pattern: "garden")
        try site.folder.write("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", to: "peer.key")
        try site.configure("stats_interval: 300ms\npeers: {key_file: peer.key}")
        let one = try site.start(["--peer", "gw-b"], instance: "gw-a")
        let two = try site.start(["--peer", "gw-a"], instance: "gw-b")
        let client = try site.listener("bobo/stats/+")
        for (own, other) in [("gw-a", "gw-b"), ("gw-b", "gw-a")] {
            try client.waitForMessage(on: "bobo/stats/\(own)", timeout: .seconds(30)) { message in
                let figures = try ReadJSON(message.text)
                return figures["peers"][other]["ready"] == true && figures["partitions"]["home/+"].count == 1
                    && figures["partitions"]["garden/+"].count == 1
            }
        }
        let result = try status()
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(
            lines.count { $0.wholeMatch(of: #/  gw-[ab]  sync    ready  [0-9.ms]+ ago +0 .*/#) != nil } == 2,
            "\(result)")
        for partition in ["garden/\\+", "home/\\+"] {
            let line = try Regex("  \(partition) +gw-[ab] for [0-9.ms]+")
            #expect(lines.count { $0.wholeMatch(of: line) != nil } == 2, "\(partition) in \(result)")
        }
        withExtendedLifetime((one, two)) {}
    }

    @Test("run says that peers without a key file may be spoken for by anybody")
    func unsealed() throws {
        try write()
        let gateway = try site.start(["--peer", "gw-b", "gw-c"])
        try gateway.waitForLine(containing: "whoever may publish to bobo/peer/gw may change runs")
        let printed = try BoboProcess.run(
            ["run", "--print-config", "--peer", "gw-b", "--peer", "gw-c"], in: site.folder)
        #expect(printed.output.contains("  ids: [gw-b, gw-c]  # --peer\n"))
        let wrong = try BoboProcess.run(["run", "--peer", "a/b"], in: site.folder)
        #expect(wrong.status == 64)
        #expect(wrong.errors.contains("--peer: found \"a/b\", expected a gateway's name"))
    }
}
