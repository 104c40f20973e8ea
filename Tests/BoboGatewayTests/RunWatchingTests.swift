import BoboEngine
import BoboPatterns
import BoboYAML
import CEL
import Foundation
import Testing

@testable import BoboGateway

/// What a gateway publishes of its runs for those who watch.
@Suite struct RunWatchingTests {
    /// The changes of runs of a pattern with two blocks, of which these payloads come one a second.
    private func changes(_ payloads: [String], topic: String = "home/a") throws -> [Change] {
        let paths = PathTable()
        let yaml = """
            phenomenon: fire
            patterns:
              - name: q
                input: [home/#]
                key: levels[1]
                within: 10s
                blocks: [{followed_by: payload.x == 1, group: one}, {followed_by: payload.x == 2}]
            """
        let phenomena = PatternFiles(paths: paths, problems: ProblemCollector()).load(texts: [("p.yaml", yaml)])
        let engine = Engine(phenomena, paths: paths)
        engine.recordsChanges = true
        for (index, payload) in payloads.enumerated() {
            Array(payload.utf8).withUnsafeBytes { bytes in
                engine.take(
                    Message(
                        topic: topic, payload: bytes, arrival: Int64(index) * 1000, isRetained: false,
                        number: UInt64(index + 1)))
            }
        }
        engine.advance(to: 60_000)
        return engine.takeChanges()
    }

    private func object(_ json: [UInt8]) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
    }

    @Test("Only as long as somebody has asked, for 30 seconds each time")
    func period() throws {
        let changes = try changes([#"{"x": 1}"#])
        var watching = RunWatching(instance: "gw", prefix: "bobo")
        #expect(watching.watchTopic == "bobo/watch/gw")
        #expect(watching.runsTopic == "bobo/runs/gw")
        #expect(!watching.isWatched(at: .seconds(1)))
        #expect(watching.messages(changes, at: .seconds(1)).isEmpty)
        watching.ask(at: .seconds(2))
        #expect(watching.messages(changes, at: .seconds(31)).count == changes.count)
        #expect(watching.messages(changes, at: .seconds(32)).isEmpty)
        watching.ask(at: .seconds(40))
        #expect(watching.isWatched(at: .seconds(69)))
    }

    @Test("Each change says what happened, to which runs, by which event, and where they wait")
    func lines() throws {
        let lines = try changes([#"{"x": 1}"#, #"{"x": 1}"#, #"{"x": 2}"#]).map {
            try object(RunChangeLine($0, gateway: "gw").json)
        }
        #expect(lines.map { $0["change"] as? String } == ["started", "started", "advanced", "completed"])
        #expect(lines[0]["gateway"] as? String == "gw")
        #expect(lines[0]["phenomenon"] as? String == "fire")
        #expect(lines[0]["key"] as? String == "a")
        #expect(lines[0]["group"] as? String == "one")
        #expect(lines[0]["block"] as? Int == 1)
        #expect(((lines[0]["event"] as? [String: Any])?["payload"] as? [String: Int]) == ["x": 1])
        #expect(lines[2]["count"] as? Int == 2)
        #expect((lines[2]["runs"] as? [String])?.count == 2)
        #expect(lines[3]["event"] is NSNull)
        let halted = try object(RunChangeLine(try #require(try changes([#"{"x": 1}"#]).last), gateway: "gw").json)
        #expect(halted["change"] as? String == "halted")
        #expect(halted["reason"] as? String == "within")
    }

    @Test("Long payloads and long lists of runs are left out, and what comes too fast is counted")
    func bounds() throws {
        let long = String(repeating: "x", count: 5000)
        let big = try changes([#"{"x": 1, "long": "\#(long)"}"#])
        let event = try object(RunChangeLine(try #require(big.first), gateway: "gw").json)["event"] as? [String: Any]
        #expect(event?["topic"] as? String == "home/a")
        #expect(event?["payload"] == nil)
        let group = try changes(Array(repeating: #"{"x": 1}"#, count: 9) + [#"{"x": 2}"#])
        let many = Array(repeating: group, count: 100).flatMap(\.self)
        var watching = RunWatching(instance: "gw", prefix: "bobo")
        watching.ask(at: .seconds(0))
        #expect(watching.messages(many, at: .seconds(1)).count == RunWatching.rate)
        let next = watching.messages(group, at: .seconds(2))
        #expect(try object(try #require(next.first))["left_out"] as? Int == many.count - RunWatching.rate)
        #expect(next.count == group.count + 1)
    }
}
