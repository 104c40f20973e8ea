import Foundation
import Testing

/// How `bobo run` ends, and what it leaves.
@Suite(.waiting) struct StopTests {
    @Test("SIGINT and SIGTERM end it with 0 within seconds, with nothing lost", arguments: [SIGINT, SIGTERM])
    func signals(signal: Int32) throws {
        let site = try Site()
        try site.pattern("any", each: "home/#")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#")
        try client.publish("home/a", (0..<500).map(String.init))
        let start = ContinuousClock.now
        gateway.send(signal)
        #expect(try gateway.waitForExit() == 0)
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(ProcessTree.descendants(of: gateway.id).isEmpty)
        // What it had not taken the broker has still.
        let next = try site.gateway()
        let numbers = try client.waitForData(of: "any", 500).compactMap(\.number)
        #expect(numbers == (0..<500).map(Double.init))
        _ = next
    }

    @Test("It ends as promptly while its broker is away", arguments: [SIGINT, SIGTERM])
    func brokerAway(signal: Int32) throws {
        let site = try Site()
        try site.pattern("any", each: "home/#")
        let gateway = try site.gateway()
        site.broker.kill()
        try gateway.waitForLine(containing: "trying again")
        let never = try site.start(instance: "never-connected")
        try never.waitForLine(containing: "trying again")
        never.send(signal)
        #expect(try never.waitForExit() == 0)
        let start = ContinuousClock.now
        gateway.send(signal)
        #expect(try gateway.waitForExit() == 0)
        #expect(ContinuousClock.now - start < .seconds(7))
    }

    @Test("Its private mosquitto ends with it, however it ends", arguments: [SIGINT, SIGTERM, SIGKILL])
    func privateBroker(signal: Int32) throws {
        let folder = try TestFolder()
        try folder.write(
            "phenomenon: any\npatterns: [{name: a, input: [home/#], blocks: [{followed_by: 'true'}]}]",
            to: "patterns/any.yaml")
        let gateway = try BoboProcess(["run", "--instance", "gw"], in: folder)
        let line = try gateway.waitForLine(containing: "private mosquitto at mqtt://127.0.0.1:")
        #expect(line.contains("not yours"))
        let port = try #require(try line.firstMatch(of: Regex(#"127\.0\.0\.1:([0-9]+)"#))?.output[1].substring)
        try gateway.waitForLine(containing: "is ready")
        let publisher = try BoboProcess(
            ["-p", String(port), "-t", "home/a", "-m", "21"], in: folder, program: "mosquitto_pub")
        #expect(try publisher.waitForExit() == 0)
        _ = try gateway.output.waitForLine(containing: "bobo.complex.any", timeout: .seconds(10))
        let processes = ProcessTree.descendants(of: gateway.id)
        #expect(!processes.isEmpty)
        let start = ContinuousClock.now
        gateway.send(signal)
        #expect(try gateway.waitForExit() == (signal == SIGKILL ? 128 + SIGKILL : 0))
        try ProcessTree.waitForEnd(of: processes)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test("It goes on when whoever read its standard output has gone")
    func outputClosed() throws {
        let site = try Site()
        try site.pattern("any", each: "home/#")
        let shell = try BoboProcess(
            [
                "-c", "\"$0\" run --broker \(site.broker.url) --instance gw | head -n 1; exit ${PIPESTATUS[0]}",
                BoboProcess.executable,
            ],
            in: site.folder, program: "/bin/bash")
        try shell.waitForLine(containing: "gateway gw is ready")
        let client = try site.listener("bobo/events/#")
        for (count, text) in ["1", "2", "3", "4"].enumerated() {
            try client.publish("home/a", text)
            try client.waitForData(of: "any", count + 1)
        }
        for process in ProcessTree.descendants(of: shell.id) { kill(process, SIGTERM) }
        try shell.waitForLine(containing: "has stopped")
        #expect(try shell.waitForExit() == 0)
    }

    @Test("A second gateway of one client_id is told of, and given time")
    func sameClientID() throws {
        let site = try Site()
        try site.pattern("any", each: "home/#")
        // Both write to one standard error, since either may be the first to find out.
        let both = try BoboProcess(
            ["-c", #"for number in 1 2; do "$0" run --broker \#(site.broker.url) --instance gw & done; wait"#]
                + [BoboProcess.executable], in: site.folder, program: "/bin/bash")
        let line = try both.waitForLine(containing: "another gateway", timeout: .seconds(30))
        #expect(line.contains("client_id=bobo-gw"))
        #expect(line.contains("retry=30"))
        for gateway in ProcessTree.descendants(of: both.id) { kill(gateway, SIGTERM) }
        for _ in 1...2 { try both.waitForLine(containing: "gateway gw has stopped") }
        #expect(try both.waitForExit() == 0)
    }
}
