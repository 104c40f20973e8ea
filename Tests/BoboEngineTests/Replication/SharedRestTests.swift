import CEL
import Testing

@testable import BoboEngine

/// Rests, and runs that end others, among gateways.
@Suite struct SharedRestTests {
    private static let two = ["{followed_by: A}", "{followed_by: B}"]

    @Test func aRestHoldsEverywhereAndEndsEverywhereWithItsTime() throws {
        var gateways = try Gateways(2, blocks: ["{followed_by: A}"], "rest: 10s")
        gateways.take("A@1", by: 0)
        gateways.exchange()
        gateways.take("A@5", by: 1)
        gateways.exchange()
        #expect(gateways.completed(0) == ["1"] && gateways.completed(1) == ["1"])
        gateways.advance(to: 11)
        #expect(gateways[0].statistics.restingKeys == 0 && gateways[1].statistics.restingKeys == 0)
        gateways.take("A@11", by: 1)
        gateways.exchange()
        #expect(gateways.completed(0) == ["1", "3"])
    }

    @Test func theEventThatEndsARestIsReadByOneAndKnownToAll() throws {
        var gateways = try Gateways(3, blocks: ["{followed_by: A}"], "key: payload.k\nrest: {until: C}")
        gateways.take("A.x@1", by: 0)
        gateways.exchange()
        gateways.take("C.x@2", by: 1)
        gateways.exchange()
        gateways.take("A.x@3", by: 2)
        gateways.exchange()
        #expect(gateways.all.indices.allSatisfy { gateways.completed($0) == ["1", "3"] })
        #expect(gateways.all.allSatisfy { $0.rests == gateways.all[0].rests && $0.rests.count == 1 })
    }

    @Test func aRunThatBeganDuringTheRestHaltsHoweverLateTheNews() throws {
        var gateways = try Gateways(2, blocks: SharedRestTests.two, "rest: 10s")
        gateways.take("A@1 B@2", by: 0)
        gateways.take("A@3", by: 1)
        gateways.take("A@13", by: 1)
        gateways.exchange()
        #expect(gateways.active(0) == ["1: 4"] && gateways.active(1) == ["1: 4"], "that of 13 s began after the rest")
        #expect(gateways[1].statistics.haltedRuns == [.rest: 1])
        #expect(gateways.agree)
    }

    @Test func aRunThatComesAfterTheNewsHaltsToo() throws {
        var gateways = try Gateways(3, blocks: SharedRestTests.two, "rest: 10s")
        gateways.take("A@3", by: 1)
        let begun = gateways.said(by: 1)
        gateways.take("A@1 B@2", by: 0)
        let rests = gateways.said(by: 0)
        gateways.tell(2, rests)
        gateways.tell(2, begun)
        #expect(gateways.active(2) == [])
        gateways.tell(0, begun)
        gateways.tell(1, rests)
        gateways.exchange()
        #expect(gateways.active(0) == [] && gateways.active(1) == [] && gateways.agree)
    }

    @Test func anEventThatWasReadBeforeTheNewsEndsTheRest() throws {
        var gateways = try Gateways(2, blocks: ["{followed_by: A}"], "rest: {until: C}")
        gateways.take("C@2 A@3", by: 1)
        gateways.take("A@1", by: 0)
        gateways.exchange()
        #expect(gateways.completed(0).sorted() == ["2", "3"] && gateways.completed(1).sorted() == ["2", "3"])
        #expect(gateways.all[0].rests == gateways.all[1].rests)
    }

    @Test func eventsThatTheRestHeldBackAreOfferedWhenItsEndIsHeardOf() throws {
        var gateways = try Gateways(2, blocks: ["{followed_by: A}"], "rest: {until: C}")
        gateways.take("A@1", by: 0)
        gateways.exchange()
        gateways.take("C@2", by: 0)
        gateways.take("A@3", by: 1)
        #expect(gateways.completed(1) == ["1"])
        gateways.exchange()
        #expect(gateways.completed(0) == ["1", "3"] && gateways.completed(1) == ["1", "3"])
    }

    @Test func theEventThatCompletedStartsNoneWhereItIsReadASecondTime() throws {
        for keys in ["rest: {until: B}", "after_match: skip_past_last_event"] {
            var gateways = try Gateways(
                2, blocks: ["{followed_by: A || B}", "{followed_by: B}"], keys, identified: true)
            gateways.take("A@1", by: 0, 1)
            gateways.exchange()
            gateways.take("B@2", by: 0)
            gateways.exchange()
            gateways.take(again: "B@2", number: 2, by: 1)
            gateways.exchange()
            #expect(gateways.active(0) == [] && gateways.active(1) == [], "\(keys)")
            #expect(gateways.completed(1) == ["1 2"])
        }
    }

    @Test func aCompletionElsewhereHaltsTheRunsThatBeganBefore() throws {
        var gateways = try Gateways(2, blocks: SharedRestTests.two, "after_match: skip_past_last_event")
        gateways.take("A@1", by: 0)
        gateways.exchange()
        gateways.take("A@2", by: 1)
        gateways.take("B@3", by: 0)
        gateways.take("A@4", by: 1)
        gateways.exchange()
        #expect(gateways.active(0) == ["1: 4"] && gateways.active(1) == ["1: 4"])
        #expect(gateways[1].statistics.haltedRuns == [.afterMatch: 1] && gateways.agree)
    }

    @Test func theFullStateHasTheRests() throws {
        var gateways = try Gateways(2, blocks: ["{followed_by: A}"], "key: payload.k\nrest: {for: 1h, until: C}")
        gateways.take("A.x@1 A.y@2 C.y@3", by: 0)
        _ = gateways.said(by: 0)
        let rests = gateways[0].rests
        #expect(rests.count == 2 && rests.filter { $0.ended == nil }.count == 1)
        gateways[1].advance(to: Trial.start + 4000)
        #expect(gateways.tell(1, rests.map { .rest($0) }) == [.recorded, .recorded])
        #expect(gateways.tell(1, rests.map { .rest($0) }) == [.ignored, .ignored])
        gateways.take("A.x@5 A.y@6", by: 1)
        #expect(gateways.completed(1) == ["5"], "the rest of x goes on, that of y has ended")
    }

    @Test func aRestThatNoKeyCanHaveIsRefused() throws {
        var gateways = try Gateways(1, blocks: ["{followed_by: A}"], "key: payload.k\nrest: {until: C}")
        gateways.take("A.x@1", by: 0)
        let rest = try #require(gateways[0].rests.first)
        func copy(
            phenomenon: String = "p", version: Hash128? = nil, ended: Int64? = nil, history: [HistoryEntry]? = nil
        ) -> RestCopy {
            RestCopy(
                phenomenon: phenomenon, pattern: rest.pattern, version: version ?? rest.version, key: rest.key,
                run: rest.run, timestamp: rest.timestamp, ended: ended, history: history ?? rest.history)
        }
        let wrong = [
            copy(phenomenon: "z"), copy(version: Hash128()), copy(ended: rest.timestamp - 1), copy(history: []),
        ]
        #expect(
            gateways.tell(0, wrong.map { .rest($0) }) == [
                .refused(.unknownPattern), .refused(.version), .refused(.malformed), .refused(.malformed),
            ])
        var others = try Gateways(1, blocks: ["{followed_by: A}"], "key: payload.k")
        let version = try #require(others[0].patternVersions.first?.version)
        #expect(others.tell(0, [.rest(copy(version: version))]) == [.refused(.malformed)], "it has no rest")
    }

    @Test func theRunOfARestIsRememberedWhileTheKeyRests() throws {
        var gateways = try Gateways(1, blocks: ["{followed_by: A}"], "rest: 1h") { $0.rememberAge = 1000 }
        gateways.take("A@1", by: 0)
        gateways.tick(to: 1_000_000)
        gateways[0].forgetRemembered(endedBefore: 900_000)
        #expect(gateways[0].remembered.count == 1)
        gateways.advance(to: 3700)
        gateways[0].forgetRemembered(endedBefore: 900_000)
        #expect(gateways[0].remembered.count == 0)
        gateways.tick(to: 2_000_000)
        gateways.tick(to: 3_000_000)
        #expect(gateways[0].rests.isEmpty)
    }

    // MARK: absent

    @Test func aWaitBeginsAnewWithAnEventThatAnotherReads() throws {
        var gateways = try Gateways(2, blocks: ["{followed_by: A}", "{absent: B, for: 5s, restart: true}"])
        gateways.take("A@1", by: 0)
        gateways.exchange()
        gateways.take("B@4", by: 1)
        gateways.exchange()
        gateways.advance(to: 8)
        #expect(gateways[0].pendingDecisions.isEmpty && gateways[1].pendingDecisions.isEmpty)
        gateways.advance(to: 9)
        #expect(gateways.decide(by: 1) == 1)
        gateways.exchange()
        #expect(gateways.completed(0) == ["1 2 at 9.0"] && gateways.completed(1) == ["1 2 at 9.0"])
    }

    @Test func onlyIfIsAskedAtTheDeadlineAndDecidedOnce() throws {
        var gateways = try Gateways(
            2, blocks: ["{followed_by: A}", "{absent: B, for: 5s, only_if: first.payload.v > 3}"])
        gateways.take("A5@1 A1@1", by: 0)
        gateways.exchange()
        gateways.advance(to: 6)
        #expect(gateways.decide(by: 0) == 2)
        gateways.exchange()
        #expect(gateways.completed(0) == ["1 at 6.0"] && gateways.completed(1) == ["1 at 6.0"])
        #expect(gateways.active(1) == [] && gateways.agree)
    }

    @Test func ofOneKeyTheFirstWaitIsDecidedFirst() throws {
        var gateways = try Gateways(2, blocks: ["{followed_by: A}", "{absent: B, for: 5s}"], "rest: 1h")
        gateways.take("A@2 A@1", by: 0)
        gateways.exchange()
        gateways.advance(to: 20)
        #expect(gateways[1].pendingDecisions.count == 1)
        #expect(gateways.decide(by: 1) == 1)
        gateways.exchange()
        #expect(gateways.completed(0) == ["2 at 6.0"] && gateways[0].pendingDecisions.isEmpty)
    }

    @Test func aLoopThatAnEventHasClosedElsewhereLeadsToTheSameWait() throws {
        let blocks = ["{followed_by: A}", "{followed_by: B, loop: true, until: C}", "{absent: D, for: 5s}"]
        var gateways = try Gateways(2, blocks: blocks)
        gateways.take("A@1 B@2", by: 0)
        gateways.exchange()
        gateways.take("C@10", by: 1)
        gateways.exchange()
        gateways.advance(to: 14.9)
        #expect(gateways[0].pendingDecisions.isEmpty)
        gateways.advance(to: 15)
        #expect(gateways.decide(by: 0) == 1)
        gateways.exchange()
        #expect(gateways.completed(1) == ["1 2 at 15.0"])
    }

    // MARK: Merging

    @Test func mergesOfRestsComeToTheSameInAnyOrderAndWithRepeats() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            var rests = (0..<random.int(2...5)).map { number in
                let isEnded = random.chance(0.5)
                return KeyRest(
                    run: Hash128(value: UInt128(random.int(1...3))), key: .null, begin: Int64(random.int(1...3)),
                    end: Int64(random.int(3...6)), isEnded: isEnded, isEndedByEvent: isEnded, history: nil,
                    completedBy: nil, number: UInt64(number), changed: 0)
            }
            func merged() -> [Int64]? {
                var kept: KeyRest?
                for rest in rests where kept?.isSuperseded(by: rest) ?? true { kept = rest }
                return kept.map { [$0.begin, Int64($0.run.value), $0.isEndedByEvent ? $0.end : -1] }
            }
            let first = merged()
            for _ in 0..<5 {
                rests.shuffle(using: &random)
                rests.append(random.pick(rests))
                #expect(merged() == first)
            }
        }
    }
}
