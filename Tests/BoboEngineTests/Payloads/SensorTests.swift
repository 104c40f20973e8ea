import BoboTopics
import CEL
import Testing

@testable import BoboEngine

/// The time and the identifier that a sensor's own message tells, and what the broker had stored.
@Suite struct SensorTests {
    private func trial(
        _ blocks: String, timestamp: String? = nil, identifier: String? = nil, takesRetained: Bool = false,
        options: (inout EngineOptions) -> Void = { _ in }
    ) throws -> Trial {
        let paths = PathTable()
        let environment = ExpressionEnvironment(paths: paths, groups: [])
        let file = "phenomenon: p\npatterns: [{name: q, blocks: [\(blocks)]}]\nemit: {data: 'history.map(e, e.ts)'}"
        return try Trial(files: [file], paths: paths) {
            options(&$0)
            $0.sensors = [
                Sensor(
                    filter: try TopicFilter("t/+"), takesRetained: takesRetained,
                    timestamp: try timestamp.map { try environment.compile($0) },
                    eventIdentifier: try identifier.map { try environment.compile($0) })
            ]
        }
    }

    // MARK: timestamp

    @Test func theTimeIsReadFromTheMessage() throws {
        var trial = try trial("{followed_by: true}", timestamp: "timestamp(payload.time)")
        trial.take("t/a", "{\"time\": \"2025-11-24T15:00:00.25Z\"}")
        trial.take("u", "{\"time\": \"2025-11-24T15:00:00Z\"}")
        #expect(
            trial.complexEvents.map(\.timestamp) == [1_763_996_400_250, Trial.start + 2000], "of its own topics alone")
        #expect(trial.engine.now == Trial.start + 2000)
    }

    @Test(arguments: ["{}", "{\"time\": \"soon\"}", "{\"time\": 5}", "text", "[]"])
    func whereItFailsTheArrivalCounts(_ payload: String) throws {
        var trial = try trial("{followed_by: true}", timestamp: "timestamp(payload.time)")
        trial.take("t/a", payload)
        // A whole number is a count of seconds to CEL.
        let isNumber = payload.contains("5")
        #expect(trial.complexEvents.first?.timestamp == (isNumber ? 5000 : Trial.start + 1000))
        #expect(trial.engine.statistics.messages.timestampFailed == (isNumber ? 0 : 1))
    }

    @Test func aTimeTooFarAheadIsNotBelieved() throws {
        var trial = try trial("{followed_by: true}", timestamp: "timestamp(payload.time)") { $0.maximumAhead = 60_000 }
        trial.take("t/a", "{\"time\": \"2025-11-24T16:01:00Z\"}", at: Trial.start)
        trial.take("t/a", "{\"time\": \"2025-11-24T16:01:00.001Z\"}", at: Trial.start)
        #expect(trial.complexEvents.map(\.timestamp) == [Trial.start + 60_000, Trial.start])
        #expect(trial.engine.statistics.messages.ahead == 1 && trial.engine.statistics.late == 1)
    }

    @Test func eventsAreInTheOrderOfTheirOwnTime() throws {
        var trial = try trial("{next: payload.n == 1}, {next: payload.n == 2}", timestamp: "timestamp(payload.time)") {
            $0.maximumLateness = 10_000
        }
        trial.take("t/a", "{\"n\": 2, \"time\": \"2025-11-24T16:00:05Z\"}")
        trial.take("t/b", "{\"n\": 1, \"time\": \"2025-11-24T16:00:01Z\"}")
        trial.engine.flush()
        trial.collect()
        #expect(trial.runs == ["2 1"])
    }

    // MARK: identifier

    @Test func whatTheSensorCallsTheMessageIsItsIdentifierForAllWhoReadIt() throws {
        func identifiers(_ source: String, before: Int) throws -> [String] {
            var trial = try trial("{followed_by: payload.a}", identifier: "payload.id") { $0.source = source }
            for _ in 0..<before { trial.take("t/a", "{\"a\": false}") }
            for (topic, id) in [("t/a", "1"), ("t/a", "\"1\""), ("t/b", "1"), ("t/a", "[1, \"x\"]")] {
                trial.take(topic, "{\"a\": true, \"id\": \(id)}")
            }
            return trial.complexEvents.flatMap {
                [$0.identifier.description] + $0.history.map(\.identifier.description)
            }
        }
        let one = try identifiers("one", before: 0)
        #expect(try identifiers("other", before: 5) == one, "whoever reads it, and since when")
        #expect(Set(one).count == 8, "the topic counts, too, and a number is no text")
    }

    @Test(arguments: ["{\"a\": true}", "{\"a\": true, \"id\": null}", "{\"a\": true, \"id\": {}}"])
    func whereItFailsTheReadersOwnNumberCounts(_ payload: String) throws {
        var trial = try trial("{followed_by: payload.a}", identifier: "payload.id")
        trial.take("t/a", payload)
        #expect(trial.complexEvents.first?.history.first?.identifier.description == "replay-1")
        #expect(trial.engine.statistics.messages.identifierFailed == 1)
    }

    @Test func aMessageThatComesAgainStartsNoSecondRun() throws {
        var trial = try trial("{followed_by: payload.a}, {followed_by: payload.b}", identifier: "payload.id")
        trial.take("t/a", "{\"a\": true, \"b\": false, \"id\": 1}")
        trial.take("t/a", "{\"a\": true, \"b\": false, \"id\": 1}")
        trial.take("t/a", "{\"a\": true, \"b\": false, \"id\": 2}")
        trial.take("t/a", "{\"a\": false, \"b\": true, \"id\": 3}")
        #expect(trial.complexEvents.count == 2 && Set(trial.complexEvents.map(\.identifier)).count == 2)
        #expect(trial.engine.decider.matchers[0].identified.isEmpty)
    }

    @Test func aPatternOfOneBlockCompletesAgainWithTheSameIdentifier() throws {
        var trial = try trial("{followed_by: payload.a}", identifier: "payload.id")
        trial.take("t/a", "{\"a\": true, \"id\": 1}")
        trial.take("t/a", "{\"a\": true, \"id\": 1}")
        #expect(trial.complexEvents.count == 2 && Set(trial.complexEvents.map(\.identifier)).count == 1)
    }

    // MARK: retained

    @Test func whatTheBrokerHadStoredIsNoEventUnlessTheSensorSaysSo() throws {
        var plain = try trial("{followed_by: true}")
        plain.take("t/a", "1", isRetained: true)
        #expect(plain.complexEvents.isEmpty && plain.engine.statistics.messages.retained == 1)
        var taking = try trial("{followed_by: true}", takesRetained: true)
        taking.take("t/a", "1", isRetained: true)
        taking.take("u", "1", isRetained: true)
        #expect(taking.complexEvents.count == 1)
    }
}
