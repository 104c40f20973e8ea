import Testing

@testable import BoboEngine

/// Rule 8: failures are counted, and a predicate that fails on each of its first 20 events is a warning, once.
@Suite struct WarningTests {
    private func warnings(_ blocks: [String], _ words: String, _ keys: String = "") throws -> [String] {
        var trial = try Trial(blocks: blocks, keys)
        trial.take(words)
        return trial.engine.takeWarnings().map(\.description)
    }

    private func repeated(_ word: String, _ count: Int) -> String {
        Array(repeating: word, count: count).joined(separator: " ")
    }

    @Test func aPredicateThatFailsOnItsFirstTwentyEventsIsAWarningOnce() throws {
        var trial = try Trial(blocks: ["{followed_by: {on: z/+, where: payload.temprature > 5}}"])
        trial.take(repeated("A5/z/a", 10) + " " + repeated("B.x/z/b", 9) + " A/other")
        #expect(trial.engine.takeWarnings().isEmpty)
        trial.take("A/z/a")
        #expect(
            trial.engine.takeWarnings().map(\.description) == [
                "0.yaml:6:40: payload.temprature > 5: failed on each of the first 20 messages on z/+: "
                    + "no such field: temprature; they have type, v, k"
            ])
        trial.take(repeated("A/z/a", 50))
        #expect(trial.engine.takeWarnings().isEmpty)
        #expect(trial.engine.failures == ["0.yaml:6:40": 70])
    }

    @Test func oneEventThatItDoesNotFailOnIsEnough() throws {
        let block = "{followed_by: payload.v > 5}"
        #expect(try warnings([block], repeated("A", 20)).count == 1)
        #expect(try warnings([block], repeated("A", 19) + " A1 " + repeated("A", 40)).isEmpty)
        #expect(try warnings([block], "A1 " + repeated("A", 40)).isEmpty)
    }

    @Test func severalRunsThatAskOfOneEventAreOneEvent() throws {
        let blocks = ["{followed_by: A}", "{followed_by: payload.x > first.payload.v}"]
        #expect(try warnings(blocks, repeated("A1", 5) + " " + repeated("B", 14)).isEmpty)
        #expect(try warnings(blocks, repeated("A1", 5) + " " + repeated("B", 16)).count == 1)
    }

    @Test func aBlockThatStandsSeveralTimesIsToldOnce() throws {
        let blocks = ["{followed_by: A, times: 3, unless: [payload.x > 5]}", "{followed_by: B}"]
        #expect(try warnings(blocks, repeated("A", 100)).count == 1)
    }

    @Test func messagesThatAreNoObjects() throws {
        var trial = try Trial(blocks: ["{followed_by: payload.x > 5}"])
        for number in 0..<20 { trial.take("t/\(number)", "ON") }
        let warning = try #require(trial.engine.takeWarnings().first)
        #expect(warning.topics.count == 20 && warning.fields.isEmpty)
        #expect(
            warning.description.contains("on t/0, t/1, t/2, t/3, t/4, …: ")
                && warning.description.hasSuffix("they are no JSON objects"))
    }
}
