import BoboTopics
import Testing

@testable import BoboEngine

/// `state`, `latest` and `latest_of`.
@Suite struct StateTests {
    private static func trial(
        _ condition: String, state: String = "[s/+]", _ keys: String = "input: t",
        options: (inout EngineOptions) throws -> Void = { _ in }
    ) throws -> Trial {
        try Trial(blocks: ["{followed_by: \(condition)}"], "\(keys)\nstate: \(state)", options: options)
    }

    @Test func theLastMessageOfATopic() throws {
        var trial = try StateTests.trial("latest('s/a').payload == 'on'")
        trial.take("t", "1")
        trial.take("s/a", "on")
        trial.take("t", "2")
        trial.take("s/a", "off")
        trial.take("t", "3")
        trial.take("s/b", "on")
        trial.take("t", "4")
        #expect(trial.runs == ["3"])
    }

    @Test func ofATopicWithoutAMessageThereIsNone() throws {
        var trial = try StateTests.trial("latest('s/a') == null")
        trial.take("t", "1")
        trial.take("s/a", "")
        trial.take("t", "2")
        #expect(trial.runs == ["1"])
    }

    @Test func theLastMessagesComeInTheOrderOfTheirTopics() throws {
        var trial = try Trial(
            "phenomenon: p\npatterns: [{name: q, input: t, state: s/#, blocks: [{followed_by: 'true'}]}]\n"
                + "emit: {data: 'latest_of(\"s/+\").map(e, e.payload)'}")
        for topic in ["s/b", "s/c", "s/a/x", "s/a", "s/B"] { trial.take(topic, "\"\(topic)\"") }
        trial.take("s/c", "1")
        trial.take("t", "1")
        #expect(trial.complexEvents.map(\.data) == [#"["s/B","s/a","s/b",1]"#])
    }

    @Test func aMessageForStateIsNoEvent() throws {
        var trial = try Trial(
            blocks: ["{followed_by: {on: t}}", "{next: {on: t}}"], "state: s/+\nhaltconditions: [latest('s/a') == null]"
        )
        trial.take("t", "1")
        trial.take("s/a", "1")
        trial.take("t", "2")
        #expect(trial.runs == ["1 3"], "a strict block does not see it")
    }

    @Test func whereChoosesWhichMessagesCount() throws {
        var trial = try StateTests.trial(
            "latest('s/a').payload.on", state: "[{on: s/+, where: has(payload.on) && payload.on != null}]")
        trial.take("s/a", #"{"on":true}"#)
        trial.take("s/a", #"{"on":null}"#)
        trial.take("s/a", "{\"on\":tr")
        trial.take("t", "1")
        trial.take("s/a", #"{"on":false}"#)
        trial.take("t", "2")
        #expect(trial.runs == ["4"])
    }

    @Test func eachPatternSeesWhatItKeepsItself() throws {
        var trial = try Trial(
            """
            phenomenon: p
            patterns:
              - {name: q, input: t, state: s/a, blocks: ["followed_by": "latest('s/a').payload == 2"]}
              - {name: r, input: t, state: [{on: s/+, where: payload == 1}], blocks: ["followed_by": "latest('s/a').payload == 1"]}
            """)
        trial.take("s/a", "1")
        trial.take("s/a", "2")
        trial.take("t", "1")
        #expect(trial.namedRuns == ["p/q 3", "p/r 3"])
    }

    @Test func anEventThatIsStateTooCountsAlready() throws {
        var trial = try StateTests.trial("latest('s/a').payload > 1", "input: s/a")
        trial.take("s/a", "1")
        trial.take("s/a", "2")
        #expect(trial.runs == ["2"])
    }

    @Test func whatWasRetainedCountsThoughItIsNoEvent() throws {
        var trial = try StateTests.trial("latest('s/a').payload == 'on'", "input: [t, s/a]")
        trial.take("s/a", Array("on".utf8), isRetained: true)
        trial.take("t", "1")
        #expect(trial.runs == ["2"])
        #expect(trial.engine.statistics.messages.retained == 1 && trial.engine.statistics.messages.events == 1)
    }

    @Test func aMessageForStateAloneStartsNothing() throws {
        var trial = try StateTests.trial("latest('t').payload == 1", state: "t")
        Array("1".utf8).withUnsafeBytes { bytes in
            trial.engine.take(
                Message(
                    topic: "t", payload: bytes, arrival: Trial.start + 500, isRetained: false, number: 1,
                    isStateOnly: true))
        }
        trial.collect()
        #expect(trial.runs == [] && trial.engine.statistics.messages.events == 0)
        #expect(trial.engine.statistics.stateTopics == 1)
    }

    @Test func aLateMessageDoesNotReplaceALaterOne() throws {
        var trial = try StateTests.trial("latest('s/a').payload == 2")
        trial.take("s/a", "2", at: Trial.start + 5000)
        trial.take("s/a", "1", at: Trial.start + 3000)
        trial.take("t", "1", at: Trial.start + 6000)
        #expect(trial.runs == ["3"])
    }

    @Test func withLatenessMessagesCountInTheirOrder() throws {
        var trial = try StateTests.trial("latest('s/a').payload == 1") { $0.maximumLateness = 3000 }
        trial.take("s/a", "2", at: Trial.start + 5000)
        trial.take("t", "1", at: Trial.start + 4000)
        trial.take("s/a", "1", at: Trial.start + 3000)
        trial.engine.flush()
        trial.collect()
        #expect(trial.runs == ["2"], "at 4 s the message of 3 s is the last")
    }

    @Test func ofTooManyTopicsTheOneLongestUnchangedGoes() throws {
        var trial = try StateTests.trial("size(latest_of('s/+')) == 2 && latest('s/b') == null") { $0.maximumState = 2 }
        for topic in ["s/a", "s/b", "s/a", "s/c"] { trial.take(topic, "1") }
        trial.take("t", "1")
        #expect(trial.runs == ["5"])
        #expect(trial.engine.statistics.stateTopics == 2 && trial.engine.statistics.droppedStateTopics == 1)
    }

    @Test func complexEventsAreStateWhereTheFilterNamesThem() throws {
        var trial = try Trial(
            "phenomenon: a\npatterns: [{name: q, input: go, blocks: [{followed_by: 'true'}]}]",
            """
            phenomenon: b
            patterns:
              - {name: q, input: t, state: [bobo/events/a, '#'], blocks: ["followed_by": "latest('bobo/events/a').payload.subject == 'q'"]}
            """)
        trial.take("t", "1")
        trial.take("go", "1")
        trial.take("t", "2")
        #expect(trial.namedRuns == ["a/q 2", "b/q 3"])
    }

    @Test func theStateOfAPatternThatStaysIsKept() throws {
        let file =
            "phenomenon: p\npatterns: [{name: q, input: t, state: s/a, blocks: [{followed_by: 'latest(\"s/a\").payload == 1'}]}]"
        var trial = try Trial(file)
        trial.take("s/a", "1")
        trial.engine.replace(try Trial.phenomena([file], trial.paths), options: EngineOptions())
        trial.take("t", "1")
        #expect(trial.runs == ["2"])
    }

    @Test func afterAWaitItIsWhatItWasAtTheDeadline() throws {
        var trial = try Trial(
            blocks: [
                "{followed_by: {on: t}}", "{absent: {on: never}, for: 5s, only_if: \"latest('s/a').payload == 1\"}",
            ],
            "state: s/a")
        trial.take("t", "1", at: Trial.start)
        trial.take("s/a", "1", at: Trial.start + 1000)
        trial.take("s/a", "2", at: Trial.start + 6000)
        #expect(trial.runs == ["1 at 5.0"])
    }
}
