import Foundation
import Testing

/// `exec` and `sequence` actions of `bobo run`.
@Suite(.waiting) struct ProgramActionTests {
    let site: Site

    init() throws { site = try Site() }

    private func act(_ actions: String) throws {
        try site.write(
            """
            phenomenon: acting
            patterns: [{name: each, input: [home/+], blocks: [{followed_by: 'true'}]}]
            actions:
            \(actions)
            """, pattern: "acting")
    }

    @Test("Whatever a sensor says is one argument, and nothing else")
    func hostile() throws {
        try act(
            """
              - exec: {command: [printf, '%s|', '${payload.text}', 'a ${payload.text}']}
              - exec: {command: [cat], input: {said: '${payload.text}'}}
              - exec: {command: [sh, -c, 'printf %s "$SAID"'], environment: {SAID: '${payload.text}'}}
            """)
        let gateway = try site.gateway()
        let client = try site.listener("bobo/actions/#")
        let text = "$(touch hurt); `touch hurt` \"q\" 'z' \n-n && touch hurt | \\ %s äöü"
        let json = String(decoding: try JSONEncoder().encode(["text": text]), as: UTF8.self)
        try client.publish("home/a", json)
        try client.waitForMessages(3)
        let events = try client.json(on: "bobo/actions/acting").map { $0["data"] }
        let outputs = Dictionary(uniqueKeysWithValues: events.map { (Int($0["index"].number ?? -1), $0["output"]) })
        #expect(outputs[0] == ReadJSON(stringLiteral: "\(text)|a \(text)|"))
        #expect(try ReadJSON(outputs[1]?.string ?? "")["said"] == ReadJSON(stringLiteral: text))
        #expect(outputs[2] == ReadJSON(stringLiteral: text))
        #expect(events.allSatisfy { $0["status"] == 0 && $0["error"] == nil && $0["action"] == "exec" })
        #expect(!site.folder.contains("hurt"))
        _ = gateway
    }

    @Test("A sequence goes on where its steps succeed, publishes within it, and stops at a failure")
    func sequences() throws {
        try act(
            """
              - sequence:
                  - publish: {topic: steps, payload: one}
                  - exec: {command: [printf, two]}
                  - publish: {topic: steps, payload: three}
                  - exec: {command: ['false']}
                  - publish: {topic: steps, payload: never}
              - sequence:
                  - exec: {command: ['false']}
                  - publish: {topic: steps, payload: anyway}
                stop_on_failure: false
            """)
        let gateway = try site.gateway()
        let client = try site.listener("steps", "bobo/actions/#")
        try client.publish("home/a", "1")
        try client.wait(for: "both ends") { client.messages.count { $0.topic == "bobo/actions/acting" } == 2 }
        let texts = client.messages.filter { $0.topic == "steps" }.map(\.text)
        #expect(texts.filter { $0 != "anyway" } == ["one", "three"])
        #expect(texts.contains("anyway"))
        let events = try client.json(on: "bobo/actions/acting").map { $0["data"] }
        let first = try #require(events.first { $0["index"] == 0 })
        #expect(first["action"] == "sequence" && first["success"] == false && first["status"] == 1)
        #expect(first["error"] == "step 4, exec: exit status 1")
        let second = try #require(events.first { $0["index"] == 1 })
        #expect(second["success"] == false && second["error"] == "step 1, exec: exit status 1")
        _ = gateway
    }

    @Test("The gateway's end ends programs, and theirs, and says so")
    func stop() throws {
        try act("  - exec: {command: [sh, -c, 'sleep 1000 & sleep 1000'], timeout: 1h}")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/actions/#")
        try client.publish("home/a", "1")
        let deadline = ContinuousClock.now + .seconds(10)
        var programs: Set<pid_t> = []
        while programs.count < 3, ContinuousClock.now < deadline {
            programs = ProcessTree.descendants(of: gateway.id)
            poll(nil, 0, 20)
        }
        #expect(programs.count == 3)
        gateway.send(SIGTERM)
        #expect(try gateway.waitForExit() == 0)
        try ProcessTree.waitForEnd(of: programs)
        let event = try client.waitForMessage(on: "bobo/actions/acting")
        #expect(try ReadJSON(event.text)["data"]["error"] == "the gateway stopped before it ended")
    }

    @Test("Its figures tell of actions")
    func figures() throws {
        try act("  - exec: {command: ['false']}\n  - exec: {command: ['true']}")
        try site.configure("stats_interval: 200ms\n")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/stats/gw")
        try client.publish("home/a", "1")
        let figures = try client.waitForMessage(on: "bobo/stats/gw") {
            let actions = try ReadJSON($0.text)["actions"]
            return actions["succeeded"] == 1 && actions["failed"] == 1 && actions["running"] == 0
                && actions["waiting"] == 0 && actions["dropped"] == 0
        }
        #expect(!figures.text.isEmpty)
        try gateway.waitForLine(containing: "an action failed: exit status 1")
        let status = try BoboProcess.run(["status", "--broker", site.broker.url], in: site.folder)
        #expect(status.output.contains("actions   1 succeeded, 1 failed, 0 running, 0 waiting"), "\(status.output)")
    }
}
