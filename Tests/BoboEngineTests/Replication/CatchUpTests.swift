import Testing

@testable import BoboEngine

/// What a run is offered, and what not, where its events are read by several gateways.
@Suite struct CatchUpTests {
    private static let abc = ["{followed_by: A}", "{followed_by: B}", "{followed_by: C}"]

    // MARK: Catch-up

    @Test func aRunThatComesLateIsOfferedWhatWasReadSince() throws {
        var gateways = try Gateways(2, blocks: CatchUpTests.abc)
        gateways.take("A@1", by: 0)
        gateways.take("B@1.1", by: 1)
        gateways.take("C@1.2", by: 1)
        gateways.exchange()
        #expect(gateways.completed(0) == ["1 2 3"] && gateways.completed(1) == ["1 2 3"])
        #expect(gateways[1].replicationCounters.caughtUp == 2)
    }

    @Test func aRunThatAdvancesIsOfferedWhatIsLaterThanItsLastEvent() throws {
        var gateways = try Gateways(2, blocks: CatchUpTests.abc)
        gateways.take("A@1", by: 0)
        gateways.exchange()
        gateways.take("C@1.1", by: 1)
        gateways.take("B@1.2", by: 0)
        gateways.take("C@1.3", by: 1)
        gateways.exchange()
        #expect(gateways.completed(0) == ["1 3 4"] && gateways.completed(1) == ["1 3 4"])
    }

    @Test func eventsAreCaughtUpInTheOrderOfTheirTime() throws {
        var gateways = try Gateways(2, blocks: CatchUpTests.abc)
        gateways.take("A@1", by: 0)
        gateways.take("C@1.3 B@1.2", by: 1)
        gateways.exchange()
        #expect(gateways.completed(0) == ["1 3 2"])
    }

    @Test(arguments: [false, true])
    func ofEqualTimesTheBrokersOrderCountsWhereAllReadInIt(_ readsTogether: Bool) throws {
        let blocks = ["{followed_by: A}", "{followed_by: A}", "{followed_by: A}"]
        var gateways = try Gateways(2, blocks: blocks, identified: true) { $0.readsTogether = readsTogether }
        gateways.take("A@1 A@1", by: 0)
        gateways.exchange()
        // A late reader: the first comes after the runs of both.
        gateways.take(again: "A@1", number: 1, by: 1)
        // One alone cannot know which of two topics' was earlier; what nobody else reads is not to be missed.
        #expect(gateways.active(1).contains("2: 2 1") == !readsTogether)
        gateways.take(again: "A@1", number: 2, by: 1)
        gateways.take("A@1", by: 0, 1)
        gateways.exchange()
        #expect(gateways.completed(0).contains("1 2 3") && gateways.completed(1).contains("1 2 3"))
    }

    @Test func ofEqualTimesWhatWasReadAfterTheLastEventIsLater() throws {
        let blocks = ["{followed_by: A}", "{followed_by: A}", "{followed_by: A}"]
        var gateways = try Gateways(2, blocks: blocks, identified: true) { $0.readsTogether = true }
        gateways.take("A@1 A@1", by: 0)
        // It has read on before it hears of the run, or has the run when it reads on.
        gateways.take(again: "A@1", number: 2, by: 1)
        gateways.take("A@1", by: 1)
        gateways.exchange()
        #expect(gateways.completed(0) == ["1 2 3"] && gateways.completed(1) == ["1 2 3"])
        gateways.take("A@2 A@2", by: 0)
        gateways.exchange()
        for number in 4...5 { gateways.take(again: "A@2", number: number, by: 1) }
        gateways.take("A@2", by: 1)
        gateways.exchange()
        #expect(gateways.completed(0).contains("4 5 6") && gateways.completed(1).contains("4 5 6"))
    }

    @Test func theKeyCounts() throws {
        var gateways = try Gateways(2, blocks: CatchUpTests.abc, "key: payload.k")
        gateways.take("A.x@1", by: 0)
        gateways.take("B.y@1.1 B.x@1.2 C.y@1.3", by: 1)
        gateways.exchange()
        #expect(gateways.active(0) == ["2: 1 3"] && gateways.agree)
    }

    @Test(arguments: ["haltconditions: [D]", "preconditions: [\"!(D)\"]"])
    func conditionsCountInCatchUp(_ keys: String) throws {
        var gateways = try Gateways(2, blocks: CatchUpTests.abc, keys)
        gateways.take("A@1", by: 0)
        gateways.take("D@1.1 B@1.2 C@1.3", by: 1)
        gateways.exchange()
        #expect(gateways.completed(0) == [] && gateways.active(0) == [] && gateways.agree)
    }

    @Test func strictBlocksCountInCatchUp() throws {
        var gateways = try Gateways(2, blocks: ["{followed_by: A}", "{next: B}", "{next: C}"])
        gateways.take("A@1", by: 0)
        gateways.take("B@1.1 D@1.2 C@1.3", by: 1)
        gateways.exchange()
        #expect(gateways.completed(0) == [] && gateways.active(0) == [] && gateways.agree)
    }

    @Test func eventsAreKeptForTheTimeOfCatchUpOnly() throws {
        var gateways = try Gateways(2, blocks: CatchUpTests.abc, catchUp: 500)
        gateways.tick(to: 1000)
        gateways.take("A@1", by: 0)
        gateways.take("B@1.1", by: 1)
        gateways.tick(to: 1400)
        gateways.take("C@1.5", by: 1)
        gateways.tick(to: 1501)
        gateways.exchange()
        #expect(gateways.active(0) == ["1: 1"])
    }

    @Test func historiesAreReadInCatchUp() throws {
        var gateways = try Gateways(
            2,
            blocks: ["{followed_by: A, group: a}", "'{followed_by: \"payload.v > a[0].payload.v\"}'"].map {
                $0.replacing("'", with: "")
            })
        gateways.take("A5@1", by: 0)
        gateways.take("B4@1.1 B6@1.2", by: 1)
        gateways.exchange()
        #expect(gateways.completed(0) == ["1 3"])
    }

    // MARK: Singletons

    @Test func whatCameSinceASingletonsRunEndedMayBeginAnother() throws {
        var gateways = try Gateways(2, blocks: ["{followed_by: A}", "{followed_by: B}"], "singleton: true")
        gateways.take("A@1", by: 0)
        gateways.exchange()
        gateways.take("B@2", by: 0)
        gateways.take("A@1.5 A@2.1", by: 1)
        #expect(gateways.active(1) == ["1: 1"])
        gateways.exchange()
        #expect(gateways.completed(1) == ["1 2"] && gateways.active(1) == ["1: 4"] && gateways.agree)
    }

    @Test func soDoesTheHaltOfOne() throws {
        var gateways = try Gateways(
            2, blocks: ["{followed_by: A}", "{followed_by: B}"], "singleton: true\nhaltconditions: [D]")
        gateways.take("A@1", by: 0)
        gateways.exchange()
        gateways.take("D@2", by: 0)
        gateways.take("A@2.1", by: 1)
        gateways.exchange()
        #expect(gateways.active(0) == ["1: 3"] && gateways.active(1) == ["1: 3"])
    }

    @Test func ofTwoRunsOfASingletonTheLaterHaltsOnceBothWereThereForCatchUp() throws {
        var gateways = try Gateways(3, blocks: ["{followed_by: A}", "{followed_by: B}"], "singleton: true")
        gateways.take("A@1", by: 0)
        gateways.take("A@1.001", by: 1)
        gateways.exchange()
        #expect(gateways.active(2) == ["1: 1", "1: 2"])
        gateways.tick(to: 1999)
        gateways.exchange()
        #expect(gateways.active(2) == ["1: 1", "1: 2"])
        gateways.tick(to: 2000)
        for gateway in 0..<3 { #expect(gateways.active(gateway) == ["1: 1"]) }
        #expect(gateways[0].statistics.haltedRuns == [.singleton: 1])
        let halts = gateways.said(by: 0)
        guard case .halt? = halts.first else {
            Issue.record("the halt is sent")
            return
        }
        #expect(gateways.tell(1, halts) == [.ignored])
    }

    // MARK: What is not offered

    @Test func noRunCountsAnEventTwice() throws {
        var gateways = try Gateways(2, blocks: ["{followed_by: A, times: 3}"], identified: true)
        gateways.take("A@1 A@2", by: 0)
        gateways.exchange()
        // The other reader is slow.
        gateways.take(again: "A@1.5", number: 1, by: 1)
        gateways.take(again: "A@2.5", number: 2, by: 1)
        gateways.exchange()
        #expect(gateways.completed(0) == [] && gateways.completed(1) == [])
        gateways.take("A@3", by: 0, 1)
        gateways.exchange()
        #expect(gateways.completed(0) == ["1 2 3"] && gateways.completed(1) == ["1 2 3"])
    }

    @Test func noRunOfAGroupCountsAnEventTwice() throws {
        var gateways = try Gateways(2, blocks: ["{followed_by: A}", "{followed_by: B, times: 2}"], identified: true)
        gateways.take("A@1 A@1.1", by: 0)
        gateways.exchange()
        gateways.take("A@1.2", by: 1)
        gateways.take("B@2", by: 0)
        _ = gateways.tell(1, gateways.said(by: 0))
        // Two of the three have it, the third has not been heard of by the other reader.
        gateways.take(again: "B@2.1", number: 4, by: 1)
        #expect(gateways.active(1) == ["2: 1 4", "2: 2 4", "2: 3 4"])
        gateways.exchange()
        #expect(gateways.agree)
        gateways.take("B@3", by: 1)
        gateways.exchange()
        #expect(gateways.completed(0).sorted() == ["1 4 5", "2 4 5", "3 4 5"])
    }

    @Test func anEventIsNotOfferedThatIsEarlierThanALastEventReadElsewhere() throws {
        var gateways = try Gateways(2, blocks: CatchUpTests.abc)
        gateways.take("A@1 B@3", by: 0)
        gateways.exchange()
        gateways.take("C@2", by: 1)
        #expect(gateways.active(1) == ["2: 1 2"])
        gateways.take("C@3", by: 1)
        #expect(gateways.completed(1) == ["1 2 4"])
    }

    @Test func oneThatIsLateHereIsOffered() throws {
        var gateways = try Gateways(2, blocks: CatchUpTests.abc)
        gateways.take("A@1 B@3 C@2", by: 0)
        #expect(gateways.completed(0) == ["1 2 3"])
    }

    // MARK: Complex events

    @Test func patternsOnComplexEventsAreSharedToo() throws {
        let files = [
            "phenomenon: p\npatterns: [{name: q, blocks: [{followed_by: A}, {followed_by: B}]}]",
            """
            phenomenon: r
            patterns:
              - name: s
                input: [bobo/events/p, t]
                blocks: [{followed_by: {on: bobo/events/p}, times: 2}, {followed_by: {on: t, where: C}}]
            """,
        ]
        var gateways = try Gateways(2, files: files)
        gateways.take("A@1", by: 0)
        gateways.exchange()
        gateways.take("B@2", by: 1)
        gateways.exchange()
        gateways.take("A@3", by: 1)
        gateways.exchange()
        gateways.take("B@4", by: 0)
        gateways.exchange()
        gateways.take("C@5", by: 0)
        gateways.exchange()
        #expect(gateways.completed(0) == ["1 2", "3 4", "<complex> <complex> 5"])
        #expect(gateways.completed(1) == gateways.completed(0))
        #expect(gateways.agree)
    }
}
