import Foundation
import Testing

@testable import BoboEngine

/// Sections "Events" (what feeds back) and "Emit and actions".
@Suite struct EmitRuleTests {
    private static let ab = ["{followed_by: A, group: a}", "{followed_by: B, group: b}"]

    private func one(_ rest: String, _ words: String = "A1 B2", blocks: [String] = ab, _ keys: String = "") throws
        -> ComplexEvent
    {
        var trial = try Trial(blocks: blocks, keys, rest: rest)
        trial.take(words)
        return try #require(trial.complexEvents.first)
    }

    // MARK: the complex event

    @Test func aComplexEventIsACloudEvent() throws {
        var trial = try Trial(blocks: EmitRuleTests.ab, "key: payload.k") { $0.gateway = "gw-a" }
        trial.take("A1.x B2.x")
        let event = try #require(trial.complexEvents.first)
        let id = event.identifier.description
        #expect(
            event.text == """
                {"specversion":"1.0","id":"\(id)","source":"bobo","gateway":"gw-a","type":"bobo.complex.p",\
                "subject":"q","time":"2025-11-24T16:00:02.000Z","datacontenttype":"application/json",\
                "data":{"phenomenon":"p","pattern":"q","run":"\(id)","key":"x","data":null,"history":\
                {"a":[{"id":"replay-1","kind":"simple","ts":1764000001000,"topic":"t","payload":{"type":"A","v":1,"k":"x"}}],\
                "b":[{"id":"replay-2","kind":"simple","ts":1764000002000,"topic":"t","payload":{"type":"B","v":2,"k":"x"}}]}}}
                """)
        #expect(event.topic == "bobo/events/p" && event.qos == 1 && !event.isRetained)
    }

    @Test func timeIsThatOfTheEventOrTheDeadlineThatCompletedTheRun() throws {
        let byTimer = try one("", "A@1 |9", blocks: ["{followed_by: A}", "{absent: B, for: 2500ms}"])
        #expect(byTimer.document.root["time"] as? String == "2025-11-24T16:00:03.500Z")
    }

    @Test func theIdentifierDependsOnTheRunAlone() throws {
        let plain = try one("").identifier
        #expect(try one("", "A1 C B9@77").identifier == plain, "whatever completes it, and when")
        #expect(try one("emit: {data: 1}").identifier == plain)
        #expect(try one("", "C A1 B2").identifier != plain, "another first event")
        #expect(try one("", "A1.x B2.x", "key: payload.k").identifier != plain, "another key")
        #expect(
            try one("", "A1.x B2.x", "key: payload.k").identifier
                != (try one("", "A1.y B2.y", "key: payload.k").identifier))
        var trial = try Trial("phenomenon: p\npatterns: [{name: r, blocks: [{followed_by: A}, {followed_by: B}]}]")
        trial.take("A1 B2")
        #expect(try #require(trial.complexEvents.first).identifier != plain, "another pattern")
    }

    @Test func theSameInputGivesTheSameBytes() throws {
        let one = try one("emit: {data: 'a.map(e, e.payload)'}")
        let other = try self.one("emit: {data: 'a.map(e, e.payload)'}")
        #expect(one.json == other.json)
    }

    // MARK: emit

    @Test(arguments: [
        ("payload.v", "2"), ("'{\"from\": a[0].payload.v, \"to\": last.payload.v}'", "{\"from\":1,\"to\":2}"),
        ("event.topic + text", "\"t{\\\"type\\\":\\\"B\\\",\\\"v\\\":2}\""), ("now - ts", "\"0s\""),
        ("ts", "\"2025-11-24T16:00:02Z\""),
        ("'{1: true, false: 2u, \"x\": type(1)}'", "{\"1\":true,\"false\":2,\"x\":\"int\"}"),
        ("'{3u: b\"\\xff\"}'", "{\"3\":{\"base64\":\"/w==\"}}"),
        ("key", "null"),
        ("'history.map(e, e.payload.v)'", "[1,2]"), ("'2.5'", "2.5"), ("'4.0 / 2.0'", "2"),
    ])
    func dataIsTheValueOfTheExpression(_ expression: String, _ json: String) throws {
        #expect(try one("emit: {data: \(expression)}").data == json)
    }

    @Test func whereDataFailsItIsNullAndCounted() throws {
        var trial = try Trial(blocks: EmitRuleTests.ab, rest: "emit: {data: payload.missing}")
        trial.take("A B")
        #expect(trial.complexEvents.first?.data == "null" && trial.complexEvents.first?.document.data["data"] is NSNull)
        #expect(trial.engine.statistics.production.dataFailed == 1)
    }

    @Test func topicQosAndRetainAreSet() throws {
        let event = try one("emit: {topic: 'alarm/${a[0].payload.v}/${payload.type}', qos: 2, retain: true}")
        #expect(event.topic == "alarm/1/B" && event.qos == 2 && event.isRetained)
    }

    @Test(arguments: ["'alarm/${payload.missing}'", "'alarm/+'", "'${\"\"}'", "'a\\u0000b'"])
    func aTopicThatFailsOrIsNoneGivesTheDefaultOneAndIsCounted(_ topic: String) throws {
        var trial = try Trial(
            blocks: EmitRuleTests.ab,
            rest: "emit: {topic: \(topic.replacing("'", with: "\"").replacing("\"\"", with: "''"))}")
        trial.take("A B")
        #expect(trial.complexEvents.first?.topic == "bobo/events/p")
        #expect(trial.engine.statistics.production.topicFailed == 1)
    }

    @Test func eventIsTheLastAcceptedAlsoWhereATimerCompletedTheRun() throws {
        let event = try one(
            "emit: {data: '[event.payload.v, payload.v, now == ts + duration(\"5s\")]'}", "A7@1 C9@2 |20",
            blocks: ["{followed_by: A}", "{absent: B, for: 5s}"])
        #expect(event.data == "[7,7,true]")
    }

    @Test func aGroupThatThePatternLacksIsAnEmptyList() throws {
        var trial = try Trial(
            """
            phenomenon: p
            patterns:
              - {name: one, blocks: [{followed_by: A, group: a}]}
              - {name: two, blocks: [{followed_by: B, group: b}]}
            emit: {data: '[size(a), size(b)]'}
            """)
        trial.take("A B")
        #expect(trial.complexEvents.map(\.data) == ["[1,0]", "[0,1]"])
    }

    @Test func aPatternsOwnEmitAndActionsHoldInstead() throws {
        var trial = try Trial(
            """
            phenomenon: p
            patterns:
              - {name: one, blocks: [{followed_by: A}]}
              - {name: two, blocks: [{followed_by: A}], emit: {data: "'own'"}, actions: [{log: {message: own}}]}
            emit: {data: "'shared'", qos: 0}
            actions: [{log: {message: shared}}, {log: {message: again}}]
            """)
        trial.take("A")
        #expect(trial.complexEvents.map(\.data) == ["\"shared\"", "\"own\""])
        #expect(trial.complexEvents.map(\.qos) == [0, 1])
        let messages = trial.requests.compactMap { if case .log(let message, _) = $0.work { message } else { nil } }
        #expect(messages == ["shared", "again", "own"])
    }

    // MARK: actions

    private func publish(_ payload: String, _ sensor: String) throws -> ActionRequest.Work {
        var trial = try Trial(
            "phenomenon: p\npatterns: [{name: q, blocks: [{followed_by: true}]}]\n"
                + "actions: [{publish: {topic: out, payload: \(payload)}}]")
        trial.take("t", sensor)
        return try #require(trial.requests.first).work
    }

    private func published(_ payload: String, _ sensor: String) throws -> String {
        guard case .publish("out", let bytes, 0, false) = try publish(payload, sensor) else { return "none" }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func aTextIsPutInAsItIsAnythingElseAsJSON() throws {
        let sensor = #"{"s": "a \"b\" \\ c", "n": 1.50, "l": [1, "x"], "m": {"k": null}, "b": true}"#
        #expect(try published("'<${payload.s}>'", sensor) == #"<a "b" \ c>"#)
        #expect(
            try published("'<${payload.n} ${payload.l} ${payload.m} ${payload.b}>'", sensor)
                == #"<1.5 [1,"x"] {"k":null} true>"#)
        #expect(try published("'${payload.l}'", sensor) == #"[1,"x"]"#)
        #expect(try published("'$${payload.s} $ $x ${\"${}\"}'", sensor) == "${payload.s} $ $x ${}")
    }

    @Test func aDocumentIsWrittenAsJSONWithItsTextsFilledIn() throws {
        let sensor = #"{"s": "a \"b\"\n\\", "n": 1.50, "l": [1]}"#
        let document =
            "{text: 'is ${payload.s}', only: '${payload.s}', number: '${payload.n}', list: ['${payload.l}', 2, 2.50, true, null, x], plain: y}"
        #expect(
            try published(document, sensor)
                == #"{"text":"is a \"b\"\n\\","only":"a \"b\"\n\\","number":1.5,"list":[[1],2,2.50,true,null,"x"],"plain":"y"}"#
        )
    }

    @Test func bytesArePublishedAsTheyAre() throws {
        var trial = try Trial(
            "phenomenon: p\npatterns: [{name: q, blocks: [{followed_by: true}]}]\n"
                + "actions: [{publish: {topic: out, payload: '${payload}', qos: 2, retain: true}}]")
        trial.take("t", [0xFF, 0x00, 0xFE])
        guard case .publish(_, let bytes, 2, true) = try #require(trial.requests.first).work else {
            Issue.record("no publish")
            return
        }
        #expect(bytes == [0xFF, 0x00, 0xFE])
    }

    @Test func anExpressionThatFailsFailsTheAction() throws {
        guard case .failed = try publish("'${payload.missing}'", "{}") else {
            Issue.record("it should fail")
            return
        }
        guard case .failed = try publish("{a: ['${payload.missing}']}", "{}") else {
            Issue.record("it should fail")
            return
        }
    }

    @Test func anActionEventTellsHowTheActionEnded() throws {
        var trial = try Trial(
            blocks: EmitRuleTests.ab, "key: payload.k", rest: "actions: [{log: {message: m}}, {log: {message: n}}]")
        trial.take("A.x B.x")
        let request = try #require(trial.requests.last)
        let outcome = ActionOutcome(isSuccess: false, output: "so \"far\"", error: "gone")
        let event = trial.engine.take(outcome, of: request, at: Trial.start + 4000)
        let root = try #require(try JSONSerialization.jsonObject(with: Data(event.json)) as? NSDictionary)
        let run = try #require(trial.complexEvents.first).identifier.description
        #expect(event.topic == "bobo/actions/p")
        #expect(
            root
                == [
                    "specversion": "1.0", "id": root["id"] ?? "", "source": "bobo", "gateway": "bobo",
                    "type": "bobo.action.p", "subject": "q", "time": "2025-11-24T16:00:04.000Z",
                    "datacontenttype": "application/json",
                    "data": [
                        "phenomenon": "p", "pattern": "q", "run": run, "key": "x", "action": "log", "index": 1,
                        "success": false, "status": NSNull(), "output": "so \"far\"", "error": "gone",
                    ] as NSDictionary,
                ] as NSDictionary)
    }
}
