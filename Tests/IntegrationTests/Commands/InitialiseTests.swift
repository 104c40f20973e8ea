import BoboMQTT
import Foundation
import Testing

@Suite(.waiting) struct InitialiseTests {
    let site: Site

    init() throws { site = try Site() }

    private func initialise(_ arguments: String..., status: Int32 = 0) throws -> (output: String, errors: String) {
        let result = try BoboProcess.run(["init"] + arguments, in: site.folder)
        #expect(result.status == status, "\(result)")
        return (result.output, result.errors)
    }

    private func check() throws {
        let result = try BoboProcess.run(["check", "patterns", "bobo.yaml"], in: site.folder)
        #expect(result.status == 0)
        #expect(result.output == "")
    }

    @Test("From an unknown broker to a pattern that fires: topics, init, run")
    func firstPattern() throws {
        let client = try site.listener("bobo/events/#")
        try client.publish(
            "zigbee2mqtt/climate/kitchen",
            #"{"battery": 80, "temperature": 21.5, "humidity": 45, "mode": "it's \"on\""}"#,
            retain: true)
        let topics = try BoboProcess.run(
            ["topics", "--broker", site.broker.url, "--for", "300ms"], in: site.folder)
        #expect(topics.output.contains("zigbee2mqtt/climate/kitchen"))

        let told = try initialise("--broker", site.broker.url, "zigbee2mqtt/climate/kitchen").output
        #expect(told.contains("written: bobo.yaml\nwritten: patterns/zigbee2mqtt-climate-kitchen.yaml\nnext:\n"))
        #expect(told.contains("  bobo check patterns\n  bobo run    #"))
        let pattern = try site.folder.read("patterns/zigbee2mqtt-climate-kitchen.yaml")
        #expect(pattern.contains("- followed_by: payload.temperature >= 19\n"))
        #expect(pattern.contains("# - followed_by: payload.humidity >= 41\n"))
        #expect(pattern.contains(#"# - followed_by: 'payload.mode == "it''s \"on\""'"#))
        #expect(pattern.contains("key: levels[2]\n"))
        #expect(pattern.contains("[zigbee2mqtt/climate/+]") || pattern.contains("['zigbee2mqtt/climate/+']"))
        try check()

        // As told: without naming the broker again.
        let gateway = try BoboProcess(["run"], in: site.folder)
        try gateway.waitForLine(containing: "is ready", timeout: .seconds(30))
        try client.publish("zigbee2mqtt/climate/kitchen", #"{"temperature": 18.9}"#)
        try client.publish("zigbee2mqtt/climate/kitchen", #"{"temperature": 21.5}"#)
        let event = try client.waitForMessage(on: "bobo/events/zigbee2mqtt-climate-kitchen")
        let data = try ReadJSON(event.text)["data"]["data"]
        #expect(data["key"] == "kitchen")
        #expect(data["value"] == 21.5)
        // Once, until it has been cooler.
        for celsius in ["25", "26", "18", "27"] {
            try client.publish("zigbee2mqtt/climate/kitchen", #"{"temperature": \#(celsius)}"#)
        }
        #expect(try client.waitForData(of: "zigbee2mqtt-climate-kitchen", 2).map { $0["value"] } == [21.5, 27])
    }

    @Test("What the commented lines of a pattern say is sound, too: each of the other fields")
    func comments() throws {
        let client = try site.broker.client()
        try client.publish(
            "home/x", #"{"a": -5, "b": false, "odd name": 0, "c": "text: #1", "d": 1e300, "in": {"deep": 7}}"#,
            retain: true)
        _ = try initialise("--broker", site.broker.url, "home/x")
        let text = try site.folder.read("patterns/home-x.yaml")
        let commented = text.matches(of: #/# (- followed_by: .*)/#)
        #expect(commented.count == 5)
        let opened = text.replacing("      # - followed_by: ", with: "      - followed_by: ")
        try site.folder.write(opened, to: "patterns/home-x.yaml")
        let result = try BoboProcess.run(["check", "patterns"], in: site.folder)
        #expect(result.status == 0, "\(result)\n\(opened)")
    }

    @Test(
        "Every kind of message makes a pattern that is sound and fires when it comes again",
        arguments: [
            ("home/kitchen/temperature", "21.5", "21.5", "payload >= 19", "levels[1]"),
            ("home/kitchen/frost", "-5", "-5", "payload >= -5.5", "levels[1]"),
            ("home/lamp", "ON", "ON", #"'payload == "ON"'"#, "levels[1]"),
            (
                "tele/plug/SENSOR", #"{"ENERGY": {"Power": 0}}"#, #"{"ENERGY": {"Power": 0}}"#,
                "payload.ENERGY.Power >= 0", "levels[1]"
            ),
            (
                "home/door/front", #"{"contact": false, "linkquality": 80}"#, #"{"contact": false}"#,
                "payload.contact == false", "levels[2]"
            ),
            ("home/a b/ü'\"", "x\ny\u{7}", "x\ny\u{7}", "", "levels[1]"),
            ("home/null", "null", "null", "'true'", "levels[1]"),
            ("home/list", "[]", "[]", "'true'", "levels[1]"),
            ("one", "5", "5", "payload >= 4.5", "topic"),
            ("home/large", "\(String(repeating: "long ", count: 1000))", "x", "'true'", "levels[1]"),
        ])
    func kinds(topic: String, seen: String, next: String, condition: String, key: String) throws {
        let client = try site.listener("bobo/events/#")
        try client.publish(topic, seen, retain: true)
        _ = try initialise("--broker", site.broker.url, topic)
        let file = try #require(
            try FileManager.default.contentsOfDirectory(atPath: site.folder.path(of: "patterns")).first)
        let text = try site.folder.read("patterns/\(file)")
        #expect(text.contains("      - followed_by: \(condition)"), "\(text)")
        #expect(text.contains("    key: \(key)\n"), "\(text)")
        try check()
        let gateway = try BoboProcess(["run"], in: site.folder)
        try gateway.waitForLine(containing: "is ready", timeout: .seconds(30))
        try client.publish(topic, next)
        let phenomenon = file.replacing(".yaml", with: "")
        #expect(try client.waitForData(of: phenomenon).count == 1)
    }

    @Test("A filter's wildcards are the key")
    func wildcards() throws {
        try site.broker.client().publish("home/kitchen/lamp/state", "1", retain: true)
        _ = try initialise("--broker", site.broker.url, "home/+/lamp/+", "home/+/lamp/state", "home/#")
        for (name, key) in [
            ("home-lamp", "key: '[levels[1], levels[3]]'"), ("home-lamp-state", "key: levels[1]\n"),
            ("home", "key: topic\n"),
        ] {
            #expect(try site.folder.read("patterns/\(name).yaml").contains(key))
        }
        try check()
    }

    @Test("Without a topic it writes an example, and needs no broker")
    func example() throws {
        let told = try initialise().output
        #expect(told.contains("written: patterns/example.yaml"))
        #expect(told.contains("bobo topics"))
        try check()
    }

    @Test("What is there is left alone, and that is said")
    func leftAlone() throws {
        try site.broker.client().publish("home/a", "1", retain: true)
        try site.configure("# mine\nbroker: {url: \"\(site.broker.url)\"}\npatterns: rules\n")
        try site.folder.write("# mine\n", to: "rules/home-a.yaml")
        let told = try initialise("home/a").output
        #expect(told.contains("left alone: bobo.yaml"))
        #expect(told.contains("left alone: rules/home-a.yaml"))
        #expect(told.contains("  bobo check rules\n"))
        #expect(try site.folder.read("rules/home-a.yaml") == "# mine\n")
        #expect(try site.folder.read("bobo.yaml").hasPrefix("# mine"))
    }

    @Test("A phenomenon's name that another file bears is not taken twice")
    func takenName() throws {
        try site.broker.client().publish("home/a", "1", retain: true)
        try site.write(
            "phenomenon: home-a\npatterns: [{name: x, input: [t], blocks: [{next: payload > 1}]}]", pattern: "mine")
        #expect(try initialise("--broker", site.broker.url, "home/a").output.contains("patterns/home-a-2.yaml"))
        try check()
    }

    @Test("It waits for a message, and takes one that comes")
    func waits() throws {
        let process = try BoboProcess(["init", "--broker", site.broker.url, "home/late"], in: site.folder)
        try process.waitForLine(containing: "waiting for a message of home/late")
        #expect(!site.folder.contains("bobo.yaml"))
        try site.broker.client().publish("home/late", "1")
        #expect(try process.waitForExit() == 0)
        #expect(site.folder.contains("patterns/home-late.yaml"))
    }

    @Test("Where no message comes the others' patterns are written, that is said, and the exit status is not 0")
    func nothing() throws {
        try site.broker.client().publish("home/a", "1", retain: true)
        let told = try initialise(
            "--broker", site.broker.url, "--for", "300ms", "home/a", "home/silent", status: 1)
        #expect(told.errors.contains("no message came on home/silent"))
        #expect(site.folder.contains("patterns/home-a.yaml"))
        let process = try BoboProcess(["init", "--broker", site.broker.url, "home/silent"], in: site.folder)
        try process.waitForLine(containing: "waiting for")
        process.send(SIGINT)
        #expect(try process.waitForExit() == 130)
    }

    @Test("Nothing is written where the broker is not there, or none is named")
    func noBroker() throws {
        _ = try initialise("--broker", "mqtt://127.0.0.1:1", "--timeout", "100ms", "home/a", status: 69)
        _ = try initialise("home/a", status: 64)
        #expect(!site.folder.contains("bobo.yaml"))
    }

    @Test("The broker's name and account go to the configuration, the password does not")
    func account() throws {
        let site = try Site(accounts: ["anna": "secret"])
        try site.folder.write("secret\n", to: "password")
        let client = try site.broker.client {
            $0.username = "anna"
            $0.password = "secret"
        }
        try client.publish("home/a", "1", retain: true)
        let result = try BoboProcess.run(
            [
                "init", "--broker", site.broker.url, "--username", "anna", "--password-file", "password", "home/a",
            ], in: site.folder)
        #expect(result.status == 0, "\(result)")
        let text = try site.folder.read("bobo.yaml")
        #expect(text.contains("  username: anna\n  password_file: password\n"))
        #expect(!text.contains("secret"))
        let topics = try BoboProcess.run(["topics", "--for", "200ms"], in: site.folder)
        #expect(topics.output.contains("home/a"))
    }
}
