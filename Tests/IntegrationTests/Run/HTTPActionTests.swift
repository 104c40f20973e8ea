import Foundation
import Testing

/// `http` actions of `bobo run`, with a server.
@Suite(.waiting) struct HTTPActionTests {
    let site: Site

    init() throws { site = try Site() }

    /// A phenomenon that each message on `home/+` makes occur.
    private func act(_ actions: String) throws {
        try site.write(
            """
            phenomenon: acting
            patterns: [{name: each, key: 'levels[1]', input: [home/+], blocks: [{followed_by: 'true'}]}]
            actions:
            \(actions)
            """, pattern: "acting")
    }

    private func outcome(_ client: BrokerClient, of phenomenon: String = "acting", timeout: Duration = .seconds(20))
        throws -> ReadJSON
    {
        try ReadJSON(try client.waitForMessage(on: "bobo/actions/\(phenomenon)", timeout: timeout).text)["data"]
    }

    @Test("A request is sent as it is written, and its event feeds back")
    func request() throws {
        let server = try HTTPServer { _, _ in .answer(201, body: "{\"id\": 5}") }
        try act(
            """
              - http:
                  url: "\(server.url)/devices/${key}?n=${payload.n}&t=${url_encode(payload.text)}"
                  method: PUT
                  headers: {X-Room: "room ${key}"}
                  body: {text: "is ${payload.text}", n: "${payload.n}"}
            """)
        try site.write(
            """
            phenomenon: told
            patterns:
              - name: each
                input: [bobo/actions/acting]
                blocks: [{followed_by: payload.data.success}]
            emit: {data: '[payload.data.action, payload.data.status, payload.data.output, kind]'}
            """, pattern: "told")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/#")
        try client.publish("home/hall", #"{"n": 1.5, "text": "a \"b\" & c\n"}"#)
        #expect(try client.waitForData(of: "told") == [["http", 201, "{\"id\": 5}", "action"]])
        let request = try #require(server.requests.first)
        #expect(request.line == "PUT /devices/hall?n=1.5&t=a%20%22b%22%20%26%20c%0A HTTP/1.1")
        #expect(request.header("X-Room") == "room hall")
        #expect(request.header("Content-Type") == "application/json")
        #expect(request.header("User-Agent")?.hasPrefix("bobo/") == true)
        #expect(request.header("Host") == "127.0.0.1:\(server.port)")
        #expect(try ReadJSON(request.body)["text"] == "is a \"b\" & c\n")
        #expect(try ReadJSON(request.body)["n"] == 1.5)
        let action = try outcome(client)
        #expect(action["success"] == true && action["index"] == 0 && action["error"] == nil)
        _ = gateway
    }

    @Test("What a server cannot do for the moment is asked again, and nothing else is")
    func retries() throws {
        let server = try HTTPServer { request, _ in
            switch request.line.split(separator: " ")[1] {
            case "/busy": .answer(503, body: "busy")
            case "/many": .answer(429, headers: "Retry-After: 1\r\n")
            case "/gone": .answer(404, body: "gone")
            case "/once": .answer(500)
            default: .hangUp
            }
        }
        func http(_ path: String, _ rest: String = "") -> String { "  - http: {url: '\(server.url)/\(path)'\(rest)}\n" }
        try act(
            http("busy") + http("many", ", retries: 1") + http("gone") + http("once", ", retries: 0")
                + http("broken", ", retries: 1"))
        let gateway = try site.gateway()
        let client = try site.listener("bobo/actions/#")
        try client.publish("home/a", "1")
        try client.waitForMessages(5, timeout: .seconds(20))
        let events = try client.json(on: "bobo/actions/acting").map { $0["data"] }
        let outcomes = Dictionary(uniqueKeysWithValues: events.map { (Int($0["index"].number ?? -1), $0) })
        #expect(outcomes[0]?["error"] == "the server answered 503 Service Unavailable, after 3 attempts")
        #expect(outcomes[0]?["status"] == 503 && outcomes[0]?["output"] == "busy" && outcomes[0]?["success"] == false)
        #expect(outcomes[1]?["error"] == "the server answered 429 Too Many Requests, after 2 attempts")
        #expect(outcomes[2]?["error"] == "the server answered 404 Not Found")
        #expect(outcomes[3]?["error"] == "the server answered 500 Internal Server Error")
        #expect(
            outcomes[4]?["error"] == "the server closed the connection before it answered, after 2 attempts")
        #expect(outcomes[4]?["status"].number == nil)
        let asked = Dictionary(grouping: server.requests) { $0.line.split(separator: " ")[1] }.mapValues(\.count)
        #expect(asked == ["/busy": 3, "/many": 2, "/gone": 1, "/once": 1, "/broken": 2])
        _ = gateway
    }

    @Test("A server that is not there, or says nothing, fails the action in its time")
    func absent() throws {
        let silent = try HTTPServer { _, _ in .silence }
        let closed = try HTTPServer().port
        try act(
            """
              - http: {url: 'http://127.0.0.1:\(closed)/', retries: 0}
              - http: {url: '\(silent.url)/', retries: 0, timeout: 300ms}
              - http: {url: 'http://name.invalid/', retries: 0}
            """)
        let gateway = try site.gateway()
        let client = try site.listener("bobo/actions/#")
        try client.publish("home/a", "1")
        try client.waitForMessages(3, timeout: .seconds(30))
        let events = try client.json(on: "bobo/actions/acting").map { $0["data"] }
        #expect(events.allSatisfy { $0["success"] == false && $0["status"] == nil })
        let errors = Dictionary(
            uniqueKeysWithValues: events.map { (Int($0["index"].number ?? -1), $0["error"].string ?? "") })
        #expect(errors[0] == "no connection: Connection refused")
        #expect(errors[1] == "no answer within 0.3 seconds")
        #expect(errors[2] == "no connection to name.invalid:80: the name has no address")
        try gateway.waitForLine(containing: "an action failed: no answer within 0.3 seconds")
        silent.end()
    }

    @Test("A server that hangs holds up no event, and what is too much is dropped and told")
    func hanging() throws {
        let server = try HTTPServer { _, _ in .silence }
        try act("  - http: {url: '\(server.url)/', retries: 0, timeout: 5m}")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/acting", "bobo/actions/acting")
        let begin = ContinuousClock.now
        try client.publish("home/a", (0..<1100).map(String.init))
        try client.waitForData(of: "acting", 1100, timeout: .seconds(30))
        #expect(ContinuousClock.now - begin < .seconds(20), "far less than one action's timeout")
        // Four of a phenomenon at once, 1,000 wait, the rest is refused.
        try client.wait(for: "refusals") { client.messages.count { $0.topic == "bobo/actions/acting" } >= 96 }
        let refused = try client.json(on: "bobo/actions/acting")
        #expect(refused.count == 96)
        #expect(refused.allSatisfy { $0["data"]["error"] == "dropped: 1000 actions wait already" })
        #expect(server.connections <= 4)
        // The end does not wait for five minutes, and each action is told of.
        let stop = ContinuousClock.now
        gateway.send(SIGTERM)
        #expect(try gateway.waitForExit() == 0)
        #expect(ContinuousClock.now - stop < .seconds(8))
        try client.wait(for: "all ends") { client.messages.count { $0.topic == "bobo/actions/acting" } >= 1100 }
        let errors = try client.json(on: "bobo/actions/acting").map { $0["data"]["error"].string ?? "" }
        #expect(errors.count { $0 == "the gateway stopped before it ended" } == 4)
        #expect(errors.count { $0 == "the gateway stopped before it began" } == 1000)
        server.end()
    }

    @Test("A huge answer is cut, and not read to its end")
    func flood() throws {
        let server = try HTTPServer { _, _ in .flood }
        try act("  - http: {url: '\(server.url)/'}")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/actions/#")
        try client.publish("home/a", "1")
        let action = try outcome(client)
        #expect(action["success"] == true && action["status"] == 200)
        #expect(action["output"].string?.utf8.count == 4096)
        #expect(server.flooded < 50_000_000)
        server.end()
        _ = gateway
    }

    @Test("A payload cannot add a header, or lead a request elsewhere")
    func hostile() throws {
        let server = try HTTPServer()
        try act(
            """
              - http: {url: '\(server.url)/${payload}'}
              - http: {url: '\(server.url)/', headers: {X-Key: '${payload}'}}
              - http: {url: 'http://${payload}/'}
            """)
        let gateway = try site.gateway()
        let client = try site.listener("bobo/actions/#")
        try client.publish("home/a", Array("x\r\nX-Evil: 1".utf8))
        try client.waitForMessages(3)
        try client.publish("home/a", "a@127.0.0.1:\(server.port)")
        try client.waitForMessages(6)
        let events = try client.json(on: "bobo/actions/acting").map { $0["data"] }
        #expect(events.prefix(3).allSatisfy { $0["success"] == false })
        #expect(server.requests.allSatisfy { $0.header("X-Evil") == nil })
        #expect(events.filter { $0["index"] == 2 }.allSatisfy { $0["success"] == false })
        #expect(server.requests.count == 2, "the second payload is harmless in a path and in a header")
        _ = gateway
    }

    @Test("A redirect is not followed, and is told")
    func redirect() throws {
        let other = try HTTPServer()
        let port = other.port
        let server = try HTTPServer { _, _ in .answer(302, headers: "Location: http://127.0.0.1:\(port)/x\r\n") }
        try act("  - http: {url: '\(server.url)/', headers: {Authorization: secret}}")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/actions/#")
        try client.publish("home/a", "1")
        let action = try outcome(client)
        #expect(action["status"] == 302)
        #expect(action["error"].string?.contains("a redirect, which is not followed, to http://127.0.0.1") == true)
        try gateway.waitForLine(containing: "a redirect, which is not followed")
        #expect(other.requests.isEmpty)
    }

    @Test("Of two gateways that both read and complete a run, one carries its actions out")
    func shared() throws {
        let server = try HTTPServer()
        var setup = Gateways.Setup()
        setup.filters = ["home/#"]
        setup.copies = 2
        setup.sensors = ["{filter: home/#, event_id: string(payload)}"]
        setup.patterns = [
            "acting": """
            phenomenon: acting
            patterns:
              - name: twice
                input: [home/+]
                key: levels[1]
                blocks: [{followed_by: payload == 1}, {followed_by: payload == 2}]
            actions: [{http: {url: '\(server.url)/${key}'}}]
            """
        ]
        let gateways = try Gateways(setup)
        try gateways.start()
        try gateways.waitTillTogether()
        let keys = (1...20).map { "k\($0)" }
        for step in 1...2 { for key in keys { try gateways.client.publish("home/\(key)", "\(step)") } }
        try gateways.wait(for: "actions") {
            gateways.client.messages.count { $0.topic == "bobo/actions/acting" } >= keys.count
        }
        try gateways.waitForActiveRuns(0)
        #expect(server.requests.map(\.line).sorted() == keys.map { "POST /\($0) HTTP/1.1" }.sorted())
        #expect(gateways.client.messages.count { $0.topic == "bobo/actions/acting" } == keys.count)
    }

    // MARK: Secrets

    @Test("A secret reaches the server, and is in no event and no line of the log, also where the server says it back")
    func secrets() throws {
        let server = try HTTPServer { request, _ in .answer(401, body: "no: \(request.header("Authorization") ?? "")") }
        try site.folder.write("token: hush-hush-token\nhook: \(server.url)/hook/hush-hush-path\n", to: "secrets.yaml")
        try site.configure("secrets_file: secrets.yaml\nlog_level: debug\n")
        try act(
            """
              - http: {url: '${secret("hook")}', headers: {Authorization: 'Bearer ${secret("token")}'}}
              - log: {message: 'token ${secret("token")}', level: warning}
              - http: {url: 'http://127.0.0.1:1/${secret("token")}', retries: 0}
            """)
        let printed = try BoboProcess.run(["run", "--print-config"], in: site.folder)
        #expect(!printed.output.contains("hush"))
        let gateway = try site.gateway()
        let client = try site.listener("#")
        try client.publish("home/a", "1")
        try client.wait(for: "events") { client.messages.count { $0.topic == "bobo/actions/acting" } == 3 }
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /hook/hush-hush-path HTTP/1.1")
        #expect(request.header("Authorization") == "Bearer hush-hush-token")
        let events = try client.json(on: "bobo/actions/acting").map { $0["data"] }
        #expect(events.first { $0["index"] == 0 }?["output"] == "no: Bearer ***")
        #expect(events.first { $0["index"] == 1 }?["output"] == "token ***")
        try gateway.waitForLine(containing: "token ***")
        #expect(client.messages.allSatisfy { !$0.text.contains("hush") })
        gateway.send(SIGTERM)
        #expect(try gateway.waitForExit() == 0)
        #expect(!gateway.errors.text.contains("hush") && !gateway.output.text.contains("hush"))
    }

    @Test("A secret that the file has not is an error of run and check, with its place")
    func missingSecret() throws {
        try act("  - log: {message: '${secret(\"tokn\")}'}")
        let without = try BoboProcess.run(["run", "--broker", site.broker.url], in: site.folder)
        #expect(without.status == 65)
        #expect(without.errors.contains("acting.yaml:4:30: found the secret \"tokn\""))
        try site.folder.write("token: x\n", to: "secrets.yaml")
        try site.configure("broker: {url: '\(site.broker.url)'}\nsecrets_file: secrets.yaml\n")
        let wrong = try BoboProcess.run(["run"], in: site.folder)
        #expect(wrong.status == 65)
        #expect(wrong.errors.contains("there is no secret \"tokn\" in the configuration's secrets_file"))
        let checked = try BoboProcess.run(["check", "patterns"], in: site.folder)
        #expect(checked.status == 1 && checked.output.contains("did you mean \"token\"?"))
        // Elsewhere nobody knows.
        #expect(try BoboProcess.run(["check", site.folder.path + "/patterns"], in: TestFolder()).status == 0)
    }

    @Test("Neither replay nor test carries an action out")
    func replay() throws {
        let server = try HTTPServer()
        try act("  - http: {url: '\(server.url)/', headers: {X: '${secret(\"a\")}'}}")
        let replayed = try BoboProcess.run(
            ["replay", "--patterns", "patterns", "--events", "-"], in: site.folder,
            input: #"{"ts": 1764000000000, "topic": "home/a", "payload": 1}"# + "\n")
        #expect(replayed.status == 0)
        #expect(replayed.output.contains("bobo.complex.acting"))
        #expect(server.connections == 0)
    }

    // MARK: TLS

    @Test("A certificate that nobody trusts is refused, and one of a trusted authority is taken")
    func certificates() throws {
        let folder = site.folder
        let made = try BoboProcess.run(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out",
                "certificate.pem",
            ], program: "openssl", in: folder)
        #expect(made == 0)
        let reserved = try HTTPServer().port
        let server = try BoboProcess(
            [
                "s_server", "-accept", "127.0.0.1:\(reserved)", "-cert", "certificate.pem", "-key", "key.pem", "-www",
            ], in: folder, program: "openssl")
        _ = try server.output.waitForLine(containing: "ACCEPT", timeout: .seconds(10))
        try act("  - http: {url: 'https://localhost:\(reserved)/', method: GET, retries: 1}")
        let client = try site.listener("bobo/actions/#")

        let distrustful = try site.gateway()
        try client.publish("home/a", "1")
        let refused = try outcome(client)
        #expect(refused["success"] == false && refused["status"] == nil)
        #expect(refused["error"].string?.hasPrefix("the server's certificate is not trusted") == true, "\(refused)")
        distrustful.send(SIGTERM)
        #expect(try distrustful.waitForExit() == 0)

        let trustful = try site.gateway(environment: ["SSL_CERT_FILE": folder.path(of: "certificate.pem")])
        try client.publish("home/a", "2")
        try client.wait(for: "second event", timeout: .seconds(20)) { client.messages.count == 2 }
        let taken = try client.json(on: "bobo/actions/acting")[1]["data"]
        #expect(taken["success"] == true && taken["status"] == 200, "\(taken)")
        _ = (trustful, server)
    }
}

extension BoboProcess {
    /// Runs a program to its end.
    fileprivate static func run(_ arguments: [String], program: String, in folder: TestFolder) throws -> Int32 {
        let process = try BoboProcess(arguments, in: folder, program: program)
        try process.closeInput()
        return try process.waitForExit(timeout: .seconds(30))
    }
}
