import BoboTopics
import CEL
import Testing

@testable import BoboEngine

/// Where a condition compares the event with a run's history, the runs that it may match are looked up; what comes of it is as
/// if each were asked.
@Suite struct WaitingIndexTests {
    private static let conditions: [(block: String, isIndexed: Bool)] = [
        ("{followed_by: payload.v == first.payload.v}", true),
        ("{followed_by: first.payload.v < payload.v}", true),
        ("{followed_by: \"B && payload.v == a[0].payload.v && payload.k == 'x'\"}", true),
        ("{followed_by: \"payload.v * 2 >= avg(history.map(e, e.payload.v))\"}", true),
        ("{followed_by: ts > last.ts + duration('5s')}", true),
        ("{followed_by: payload.v == size(a)}", true),
        ("{absent: payload.v == first.payload.v, for: 5s}", true),
        ("{followed_by: payload.v == first.payload.v, unless: [C]}", true),
        // Both sides read the event, or neither the history.
        ("{followed_by: ts - first.ts < duration('5s')}", false), ("{followed_by: payload.v == payload.w}", false),
        ("{followed_by: payload.v == 3}", false), ("{followed_by: payload.v != first.payload.v}", false),
        ("{followed_by: now > first.ts}", false),
        // A run may be moved by what does not match.
        ("{next: payload.v == first.payload.v}", false), ("{not_followed_by: payload.v == first.payload.v}", false),
        ("{followed_by: payload.v == first.payload.v, loop: true}", false),
        ("{followed_by: payload.v == first.payload.v, optional: true}", false),
        ("{followed_by: payload.v == first.payload.v || B}", false),
        ("{followed_by: payload.v == first.payload.v, unless: [payload.v == last.payload.v]}", false),
    ]

    @Test(arguments: conditions)
    func whichConditionsAreIndexed(_ block: String, _ isIndexed: Bool) throws {
        let trial = try Trial(blocks: ["{followed_by: A, group: a}", block, "{followed_by: D}"])
        let matcher = try #require(trial.engine.decider.matchers.first)
        #expect((matcher.waiting?.comparisons[1] != nil) == isIndexed)
    }

    private static let patterns: [(blocks: [String], keys: String)] = [
        (["{followed_by: A}", "{followed_by: B && payload.v == first.payload.v}"], ""),
        (["{followed_by: A}", "{followed_by: payload.v > first.payload.v && B}"], "key: payload.k"),
        (["{followed_by: A}", "{followed_by: first.payload.v >= payload.v && !(A)}"], "within: 90s"),
        (
            [
                "{followed_by: A}", "{followed_by: B}", "{followed_by: payload.k == last.payload.k && C}",
                "{followed_by: D}",
            ],
            ""
        ),
        (["{followed_by: A}", "{absent: B && payload.v == first.payload.v, for: 40s}"], ""),
        (
            [
                "{followed_by: A}", "{absent: B && payload.v == last.payload.v, for: 40s, restart: true}",
                "{followed_by: C}",
            ],
            ""
        ),
        (["{followed_by: A}", "{followed_by: B && payload.v == first.payload.v, times: 2}"], "max_runs: 30"),
        (
            ["{followed_by: A}", "{followed_by: B && payload.v == first.payload.v}"],
            "after_match: skip_past_last_event"
        ),
        (
            [
                "{followed_by: A}", "{followed_by: C, optional: true}",
                "{followed_by: B && payload.v <= last.payload.v}",
            ],
            "haltconditions: [D && payload.v == 7]"
        ),
        (
            ["{followed_by: A}", "{followed_by: ts > first.ts + duration('30s') && B}"],
            "key: payload.k\nsingleton: true"
        ),
    ]

    @Test(arguments: patterns, 1...4 as ClosedRange<UInt64>)
    func whatIsLookedUpIsWhatEachWouldSay(_ pattern: (blocks: [String], keys: String), _ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var one = try Trial(blocks: pattern.blocks, pattern.keys) { $0.fewRuns = .max }
        var other = try Trial(blocks: pattern.blocks, pattern.keys) { $0.fewRuns = seed % 2 == 0 ? 0 : 12 }
        for step in 0..<600 {
            let payload = WaitingIndexTests.payload(&random)
            one.take("t", payload)
            other.take("t", payload)
            guard step % 20 == 0 else { continue }
            #expect(figures(one) == figures(other))
        }
        #expect(one.runs == other.runs)
        #expect(!one.runs.isEmpty)
        one.take("|9000")
        other.take("|9000")
        #expect(one.runs == other.runs && figures(one) == figures(other))
        for trial in [one, other] {
            trial.engine.replace([], options: EngineOptions())
            #expect(trial.engine.decider.occupancy == (0, 0))
        }
    }

    /// Fields are missing now and then, or of another type.
    private static func payload(_ random: inout SeededGenerator) -> String {
        if random.chance(0.05) {
            return random.pick([
                #"{"type":"A","v":null,"k":"x"}"#, #"{"type":"B","v":null,"k":"x"}"#, #"{"type":"A","v":"3"}"#,
                #"{"type":"B","v":"3"}"#, #"{"type":"A","v":3.0}"#, #"{"type":"B","v":[1,2]}"#,
            ])
        }
        var fields: [String] = []
        if random.chance(0.9) { fields.append(#""type":"\#(random.pick(["A", "A", "A", "B", "B", "C", "D"]))""#) }
        if random.chance(0.9) { fields.append(#""v":\#(random.int(0...9))"#) }
        if random.chance(0.9) { fields.append(#""k":"\#(random.pick(["x", "y", "z"]))""#) }
        return "{\(fields.joined(separator: ","))}"
    }

    private func figures(_ trial: Trial) -> [Int] {
        let statistics = trial.engine.statistics
        return [statistics.activeRuns, statistics.startedRuns, statistics.completedRuns]
            + HaltReason.allCases.map { statistics.haltedRuns[$0] ?? 0 }
    }

    @Test func anEventIsAskedOfThoseAloneThatItMayMatch() throws {
        var trial = try Trial(blocks: ["{followed_by: A}", "{followed_by: B && payload.v == first.payload.v}"])
        for value in 0..<2000 { trial.take("A\(value)") }
        trial.take("B1500 B1500 B9999 B7")
        #expect(trial.runs == ["1501 2001", "8 2004"])
        // A run's history is put together for expressions where it is asked, and only there.
        let decider = trial.engine.decider
        var asked = 0
        decider.state.forest.runs.forEachPlace { if decider.state.forest.runs[$0].view != nil { asked += 1 } }
        #expect(asked < 20)
    }
}
