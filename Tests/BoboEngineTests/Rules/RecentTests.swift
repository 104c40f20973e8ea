import Testing

@testable import BoboEngine

/// `recent`: the last events that the pattern saw with this key, this one included; and names for expressions.
@Suite struct RecentTests {
    private static let sum = "{followed_by: 'sum(recent.map(e, e.payload.v)) >= 9'}"

    @Test("So many of the last events, oldest first, this one the last")
    func events() throws {
        #expect(try runs([Self.sum], "A1 A3 A3 A3 A0 A6", "recent: 3") == ["4", "6"])
        let order = "{followed_by: 'recent.map(e, e.payload.v) == [1, 2, 3] && recent[2].ts == ts'}"
        #expect(try runs([order], "A0 A1 A2 A3 A4", "recent: 3") == ["4"])
        #expect(try runs(["{followed_by: size(recent) == 2}"], "A A A", "recent: 5") == ["2"])
    }

    @Test("Those of the last so long; one that is just as old counts")
    func duration() throws {
        let count = "{followed_by: size(recent) == 3}"
        #expect(try runs([count], "A@1 A@5 A@11 A@11.5 A@14", "recent: 10s") == ["3", "4"])
        #expect(try runs([count], "A@1 A@5 A@11.001", "recent: 10s") == [])
    }

    @Test("Each key has its own, of what the pattern sees, while the key rests, too")
    func keys() throws {
        let count = "{followed_by: size(recent) == 2}"
        #expect(try runs([count], "A.x A.y B.x A.y", "key: payload.k\nrecent: 9") == ["x: 3", "y: 4"])
        #expect(try runs([count], "A/b A/a B/b A/a", "input: a\nrecent: 9") == ["4"])
        #expect(try runs(["{followed_by: size(recent) != 2}"], "A A A A", "recent: 9\nrest: 3s") == ["1", "4"])
        #expect(try runs(["{followed_by: A}"], "A A A A", "recent: 9\nrest: {until: size(recent) == 3}") == ["1", "3"])
    }

    @Test("A run reads it as it is at the event, not as it was when the run began")
    func runsReadIt() throws {
        #expect(
            try runs(
                ["{followed_by: A}", "{followed_by: B && size(recent) >= 3}"], "A B B", "recent: 9\nsingleton: true")
                == ["1 3"])
    }

    @Test("A step of the machine's date is no passage of time")
    func dateStep() throws {
        var trial = try Trial(blocks: ["{followed_by: size(recent) == 2}"], "recent: 10s")
        trial.take("A@1")
        trial.engine.dateStepped(by: 1_000_000)
        trial.take("A@1003")
        #expect(trial.runs == ["2"])
    }

    @Test("Of many keys and events the quiet ones go; the others stay as they are")
    func bounds() {
        var table = RecencyTable<Int, Int>(limit: 4)
        for key in 1...4 { table.set(10 * key, for: key) }
        table.set(11, for: 1)
        #expect(table.removeOldest() == 20 && table.removeOldest() == 30)
        table.set(50, for: 5)
        table.set(41, for: 4)
        #expect(table.count == 3 && table[1] == 11 && table[4] == 41 && table[5] == 50 && table[2] == nil)
        #expect(
            table.removeOldest() == 11 && table.removeOldest() == 50 && table.removeOldest() == 41
                && table.removeOldest() == nil)
        table.set(60, for: 6)
        #expect(table[6] == 60 && table.removeOldest() == 60)
    }

    @Test("A name stands for its expression wherever that could stand, also for its negation and in other names")
    func definitions() throws {
        let keys = """
            define: {high: payload.v > 5, end: B && high, place: payload.k}
            key: place
            haltconditions: ["!high && C"]
            """
        let blocks = ["{followed_by: high, unless: [end]}", "{followed_by: '!high', group: low}"]
        #expect(try runs(blocks, "A9.x A1.y A2.x A7.y C1.y A3.y", keys) == ["x: 1 low3"])
        var trial = try Trial(blocks: ["{followed_by: high}"], "define: {high: payload.v > 5}\nemit: {data: high}")
        trial.take("A9")
        #expect(trial.complexEvents.map(\.data) == ["true"])
    }

    @Test("Names within names are bounded")
    func explosion() throws {
        let names = (1...40).map { "d\($0): 'd\($0 - 1) && d\($0 - 1)'" }.joined(separator: ", ")
        #expect {
            _ = try Trial(blocks: ["{followed_by: d40}"], "define: {d0: payload.v > 1, \(names)}")
        } throws: { error in
            "\(error)".contains("too large with all its names written out")
        }
    }

    @Test("state can tell what the broker had stored")
    func retained() throws {
        let block = "{on: t, where: latest('s').payload.v == 1}"
        for (condition, expected) in [("", 1), (", where: '!event.retained'", 0)] {
            var trial = try Trial(blocks: ["{followed_by: \(block)}"], "state: {on: s\(condition)}")
            trial.take("s", #"{"v": 1}"#, isRetained: true)
            trial.take("t", "1")
            #expect(trial.runs.count == expected)
        }
    }
}
