import Foundation
import Testing

/// What commands that speak to a broker do where there is none, or one that does not want them.
@Suite(.waiting) struct BrokerRefusalTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try folder.write(#"{"ts":1,"topic":"a","payload":1}"#, to: "events.jsonl")
    }

    private static let commands = [["record", "--output", "new.jsonl"], ["play", "events.jsonl"]]

    @Test("A broker that is absent is tried for --timeout, then the exit status is 69", arguments: commands)
    func absent(command: [String]) throws {
        let broker = try BrokerProcess()
        broker.stop()
        let start = ContinuousClock.now
        let result = try BoboProcess.run(command + ["--broker", broker.url, "--timeout", "1s"], in: folder)
        let took = ContinuousClock.now - start
        #expect(result.status == 69)
        #expect(result.errors.contains("was tried for 1s"))
        #expect(took >= .seconds(1))
        #expect(took < .seconds(5))
        #expect(!folder.contains("new.jsonl"))
    }

    @Test("A broker that comes within --timeout is waited for")
    func comesLate() throws {
        let broker = try BrokerProcess()
        broker.stop()
        let player = try BoboProcess(["play", "events.jsonl", "--broker", broker.url, "--timeout", "20s"], in: folder)
        try broker.start()
        #expect(try player.waitForExit() == 0)
    }

    @Test("A wrong password is refused at once, with advice", arguments: commands)
    func wrongPassword(command: [String]) throws {
        let broker = try BrokerProcess(accounts: ["gateway": "right"])
        try folder.write("wrong\n", to: "password")
        let start = ContinuousClock.now
        let result = try BoboProcess.run(
            command + [
                "--broker", broker.url, "--username", "gateway", "--password-file", "password", "--timeout", "1m",
            ],
            in: folder)
        #expect(result.status == 69)
        #expect(result.errors.contains("--password-file"))
        #expect(!result.errors.contains("wrong"))
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test("A certificate of an unknown authority is refused at once, and accepted with --ca-file", arguments: commands)
    func certificate(command: [String]) throws {
        let (certificate, key) = (folder.path(of: "server.crt"), folder.path(of: "server.key"))
        let openssl = try Process.run(
            URL(fileURLWithPath: "/usr/bin/openssl"),
            arguments: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ])
        openssl.waitUntilExit()
        let broker = try BrokerProcess(lines: ["certfile \(certificate)", "keyfile \(key)"])
        let command = command + ["--broker", broker.url.replacing("mqtt:", with: "mqtts:"), "--timeout", "1m"]
        let refused = try BoboProcess.run(command, in: folder)
        #expect(refused.status == 69)
        #expect(refused.errors.contains("--ca-file"))
        let length = command[0] == "record" ? ["--for", "100ms"] : []
        #expect(try BoboProcess.run(command + length + ["--ca-file", certificate], in: folder).status == 0)
    }

    @Test("User and password come from file, environment and flags, the later ones winning")
    func layers() throws {
        let broker = try BrokerProcess(accounts: ["gateway": "right"])
        try folder.write("broker: {url: \"\(broker.url)\", username: nobody}", to: "bobo.yaml")
        let result = try BoboProcess.run(
            ["play", "events.jsonl", "--username", "gateway"], in: folder,
            environment: ["BOBO_BROKER_PASSWORD": "right"])
        #expect(result.status == 0)
    }

    @Test("Ctrl-C ends the search for a broker", arguments: commands)
    func interrupted(command: [String]) throws {
        let process = try BoboProcess(command + ["--broker", "mqtt://127.0.0.1:1", "--timeout", "1m"], in: folder)
        try process.waitForLine(containing: "trying again for 1m")
        process.send(SIGINT)
        #expect(try process.waitForExit() == 0)
        #expect(!folder.contains("new.jsonl"))
    }

    @Test("Without a broker's name it says what to give", arguments: commands)
    func noBroker(command: [String]) throws {
        let result = try BoboProcess.run(command, in: folder)
        #expect(result.status == 64)
        #expect(result.errors.contains("--broker mqtt://host:port"))
    }

    @Test("A wrong flag is a wrong use, a wrong file bad input", arguments: commands)
    func wrongConfiguration(command: [String]) throws {
        #expect(try BoboProcess.run(command + ["--broker", "http://127.0.0.1"], in: folder).status == 64)
        try folder.write("brokr: {}", to: "bobo.yaml")
        let result = try BoboProcess.run(command, in: folder)
        #expect(result.status == 65)
        #expect(result.errors.contains("bobo.yaml:1:1: "))
    }
}
