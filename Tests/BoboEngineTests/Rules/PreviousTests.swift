import Testing

@testable import BoboEngine

/// `previous`: the event before this one that the pattern saw with this key.
@Suite struct PreviousTests {
    private static let opens = "{followed_by: A && previous.payload.type == 'Y'}"

    @Test func itIsTheEventBefore() throws {
        #expect(try runs([PreviousTests.opens], "A Y A A Y Y A") == ["3", "7"])
    }

    @Test func ofTheFirstThereIsNone() throws {
        #expect(try runs(["{followed_by: previous == null}"], "A B A") == ["1"])
    }

    @Test func eachKeyHasItsOwn() throws {
        #expect(try runs([PreviousTests.opens], "Y.x A.y A.x A.x", "key: payload.k") == ["x: 3"])
        #expect(try runs(["{followed_by: previous == null}"], "A.x B.y A.x", "key: payload.k") == ["x: 1", "y: 2"])
    }

    @Test func anEventThatThePatternDoesNotSeeIsNone() throws {
        #expect(try runs([PreviousTests.opens], "Y Z A", "input: {on: '#', where: payload.type != 'Z'}") == ["3"])
        #expect(try runs([PreviousTests.opens], "Y Z A") == [])
        #expect(try runs([PreviousTests.opens], "Y/b Z/c A/a", "input: [a, b]") == ["3"])
    }

    @Test func itMovesOnWhateverTheEventDoesToRuns() throws {
        let blocks = ["{followed_by: A}", "{next: C && previous.payload.type == 'Y'}"]
        #expect(try runs(blocks, "A Y C") == [], "a strict block halts the run at Y")
        #expect(try runs(["{followed_by: A}", "{followed_by: C && previous.payload.type == 'Y'}"], "A Y C") == ["1 3"])
    }

    @Test func itMovesOnWhileAKeyRests() throws {
        #expect(try runs([PreviousTests.opens], "Y A Y A@5 A@20 Y@21 A@22", "rest: 10s") == ["2", "7"])
    }

    @Test func aFieldThatItLacksFailsThePredicate() throws {
        #expect(try runs(["{followed_by: A && previous.payload.v > 3}"], "A A9 A A") == ["3"])
    }

    @Test func manyFirstEventsOfKeysAreNoReasonForAWarning() throws {
        var trial = try Trial(blocks: [PreviousTests.opens], "key: payload.k")
        for number in 0..<30 { trial.take("A.k\(number)") }
        #expect(trial.engine.takeWarnings().isEmpty)
        for number in 0..<30 { trial.take("A.k\(number)") }
        #expect(trial.engine.takeWarnings().isEmpty)
    }

    @Test func ofVeryManyKeysTheOldestAreForgotten() {
        var table = RecencyTable<Int, String>(limit: 3)
        for key in 1...3 { table.set("\(key)", for: key) }
        table.set("one", for: 1)
        #expect(table.set("4", for: 4)?.key == 2 && table.set("5", for: 5)?.key == 3)
        #expect(table[1] == "one" && table[2] == nil && table[5] == "5" && table.count == 3 && table.dropped == 2)
    }

    @Test func anIndexOfEqualitiesDoesNotHideIt() throws {
        // The second pattern makes the route look for the value of a field.
        var trial = try Trial(
            """
            phenomenon: p
            patterns:
              - {name: q, blocks: ["followed_by": "A && previous.payload.type == 'Y'"]}
              - {name: r, blocks: [{followed_by: C}]}
            """)
        trial.take("Y A C")
        #expect(trial.namedRuns == ["p/q 2", "p/r 3"])
    }
}
