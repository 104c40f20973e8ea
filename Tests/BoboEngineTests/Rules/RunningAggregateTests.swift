import Testing

@testable import BoboEngine

/// Aggregates that are kept as a history grows come to what they come to when calculated from its start.
@Suite struct RunningAggregateTests {
    /// The aggregate after each event of a loop: kept, and over a copy of the list, which is none that grows.
    private func both(_ name: String, _ body: String, _ events: String) throws -> [String] {
        let kept = "\(name)(b.map(e, \(body)))"
        let whole = "\(name)((b + []).map(e, \(body)))"
        let same = "(\(kept) == \(whole) || \(whole) != \(whole))"
        var trial = try Trial(
            blocks: [
                "{followed_by: A, group: a}", "{followed_by: B, group: b, loop: true}",
                "{followed_by: \"C && \(same)\", group: c}",
            ], rest: "emit: {data: \"\(kept)\"}")
        // Between the events of the loop the last block is asked, too.
        trial.take(events)
        return trial.complexEvents.map(\.data)
    }

    @Test(arguments: [
        ("sum", "10"), ("avg", "2.5"), ("stddev", "1.118033988749895"), ("math.least", "1"), ("math.greatest", "4"),
    ])
    func theyAreWhatTheyWouldBeFromTheStart(_ name: String, _ value: String) throws {
        #expect(try both(name, "e.payload.v", "A B1 B2 B3 B4 C") == [value])
    }

    @Test func theyGoOnWhileTheLastBlockAsks() throws {
        // The run is asked after each event, and completes when the mean passes 3.
        var trial = try Trial(
            blocks: [
                "{followed_by: A, group: a}", "{followed_by: B, group: b, loop: true}",
                "{followed_by: \"C && avg(b.map(e, e.payload.v)) > 3\", group: c}",
            ])
        trial.take("A B1 C B5 C B6 C")
        #expect(trial.runs == ["a1 b2 b4 b6 c7"])
    }

    @Test func whatHasNoNumberFailsAsBefore() throws {
        for name in ["sum", "avg", "stddev", "math.least", "math.greatest"] {
            var trial = try Trial(
                blocks: [
                    "{followed_by: A, group: a}", "{followed_by: B, group: b, loop: true}",
                    "{followed_by: \"C && \(name)(b.map(e, e.payload.v)) >= 0\", group: c}",
                ])
            trial.take("A B1 C.x")
            #expect(trial.complexEvents.count == 1)
            trial.take("A B1 B C B2 C")
            #expect(trial.complexEvents.count == 1, "an event of the loop has no v")
        }
        #expect(try both("sum", "e.payload.v + 0.5", "A B1 B2 C") == ["4"])
        #expect(try both("sum", "int(e.payload.v)", "A B1 B2 C") == ["3"])
    }

    @Test func eachRunHasItsOwn() throws {
        #expect(try both("sum", "e.payload.v", "A B1 A B2 C").sorted() == ["2", "3"])
    }
}
