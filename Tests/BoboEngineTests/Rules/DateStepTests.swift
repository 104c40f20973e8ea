import Testing

@testable import BoboEngine

/// A step of the machine's date is no passage of time: what waits keeps the time it has left.
@Suite struct DateStepTests {
    private static let silence = ["{followed_by: A}", "{absent: B, for: 10s}"]
    private static let hour: Int64 = 3_600_000

    @Test func aStepForwardFiresNothingEarly() throws {
        var trial = try Trial(blocks: DateStepTests.silence)
        trial.take("A@1 |4")
        trial.engine.dateStepped(by: DateStepTests.hour)
        trial.take("|3604 |3610.9")
        #expect(trial.runs == [] && trial.engine.nextDeadline == Trial.start + 11_000 + DateStepTests.hour)
        trial.take("|3611")
        #expect(trial.runs == ["1 at 3611.0"])
    }

    @Test func aStepBackDelaysNothing() throws {
        var trial = try Trial(blocks: DateStepTests.silence)
        trial.take("A@5000 |5003")
        trial.engine.dateStepped(by: -DateStepTests.hour)
        #expect(trial.engine.now == Trial.start + 1_403_000)
        trial.take("C@1404 |1409.9")
        #expect(trial.runs == [] && trial.engine.statistics.late == 0)
        trial.take("|1410")
        #expect(trial.runs == ["1 at 1410.0"])
    }

    @Test func withinGoesOn() throws {
        let blocks = ["{followed_by: A}", "{followed_by: B}"]
        var trial = try Trial(blocks: blocks, "within: 10s")
        trial.take("A@1 |4")
        trial.engine.dateStepped(by: DateStepTests.hour)
        trial.take("B@3610")
        #expect(trial.runs == ["1 2"])
        trial.take("A@3620 |3621")
        trial.engine.dateStepped(by: DateStepTests.hour)
        trial.take("|7231")
        #expect(trial.engine.statistics.haltedRuns == [.within: 1])
    }

    @Test func aRestGoesOn() throws {
        var trial = try Trial(blocks: ["{followed_by: A}"], "rest: 10s")
        trial.take("A@1 |4")
        trial.engine.dateStepped(by: DateStepTests.hour)
        trial.take("A@3605 A@3611")
        #expect(trial.runs == ["1", "3"] && trial.engine.statistics.restingKeys == 1)
    }

    @Test func eventsThatWaitForEarlierOnesComeInTime() throws {
        var trial = try Trial(blocks: ["{followed_by: A}"]) { $0.maximumLateness = 5000 }
        trial.take("A@1 A@8")
        #expect(trial.runs == ["1"])
        trial.engine.dateStepped(by: -1_000_000)
        #expect(trial.engine.nextDeadline == Trial.start + 8000 - 1_000_000)
        trial.take("|-992")
        #expect(trial.runs == ["1", "2"])
    }

    @Test func messagesAfterAStepBackAreTheLast() throws {
        var trial = try Trial(blocks: ["{followed_by: \"latest('s').payload == 2\"}"], "input: t\nstate: s")
        trial.take("s", "1", at: Trial.start + 5_000_000)
        trial.engine.dateStepped(by: -DateStepTests.hour)
        trial.take("s", "2", at: Trial.start + 1_401_000)
        trial.take("t", "1", at: Trial.start + 1_402_000)
        #expect(trial.runs == ["3"])
    }

    @Test func beforeTheFirstEventThereIsNothingToMove() throws {
        var trial = try Trial(blocks: DateStepTests.silence)
        trial.engine.dateStepped(by: DateStepTests.hour)
        #expect(trial.engine.now == nil)
        trial.take("A@1 |11")
        #expect(trial.runs == ["1 at 11.0"])
    }
}
