import CEL
import Testing

@testable import BoboEngine

/// The table of what a gateway does with a peer's run, row by row. Gateway 0 makes the changes, gateway 1 takes them.
@Suite struct MergeTableTests {
    private static let abc = ["{followed_by: A, group: a}", "{followed_by: B, group: b}", "{followed_by: C, group: c}"]

    /// A run's changes: begun, advanced, and as a third either complete or halted.
    private struct Told {
        var gateways: Gateways
        let begun: [PeerChange]
        let advanced: [PeerChange]
        let complete: [PeerChange]
        let halted: [PeerChange]

        init() throws {
            gateways = try Gateways(2, blocks: MergeTableTests.abc, "haltconditions: [D]", identified: true)
            gateways.take("A@1", by: 0)
            begun = gateways.said(by: 0)
            gateways.take("B@2", by: 0)
            advanced = gateways.said(by: 0)
            var other = try Gateways(1, blocks: MergeTableTests.abc, "haltconditions: [D]", identified: true)
            other.take("A@1 B@2", by: 0)
            _ = other.said(by: 0)
            other.take("D@3", by: 0)
            halted = other.said(by: 0)
            gateways.take("C@3", by: 0)
            complete = gateways.said(by: 0)
        }

        var run: RunIdentifier {
            switch begun.first {
            case .update(let copy)?: copy.identifier
            default: RunIdentifier()
            }
        }

        var earlier: [PeerChange] { [.completedEarlier(run, phenomenon: "p", pattern: "q")] }
        var status: RememberedRuns.Status? { gateways[1].remembered[run]?.status }
        var completions: Int { gateways.complexEvents[1].count }

        mutating func tell(_ changes: [PeerChange]) -> [AppliedChange] { gateways.tell(1, changes) }
    }

    // MARK: A part of the history

    @Test func anUpdateThatStatesItsBaseIsTakenWhereThatIsThere() throws {
        var told = try Told()
        guard case .update(let first)? = told.begun.first, case .update(let whole)? = told.advanced.last else {
            Issue.record("no updates")
            return
        }
        let part = whole.after(1, first.rank.hash)
        #expect(part.base == 1 && part.history.count == 1 && part.rank == whole.rank)
        #expect(told.tell([.update(part)]) == [.refused(.malformed)])
        #expect(told.tell(told.begun) == [.adopted])
        let other = RunCopy(
            identifier: part.identifier, phenomenon: part.phenomenon, pattern: part.pattern, version: part.version,
            key: part.key, block: part.block, base: 1, baseHash: part.rank.hash, history: part.history)
        #expect(told.tell([.update(other)]) == [.refused(.malformed)])
        #expect(told.tell([.update(part)]) == [.advanced])
        #expect(told.gateways[1].rank(of: told.run) == whole.rank)
        #expect(told.tell([.update(part)]) == [.ignored])
        #expect(told.tell(told.complete) == [.completed] && told.gateways.completed(1) == ["1 2 3"])
    }

    // MARK: COMPLETE

    @Test func aCompleteOfAnActiveRunCompletesIt() throws {
        var told = try Told()
        #expect(told.tell(told.begun) == [.adopted])
        #expect(told.tell(told.complete) == [.completed])
        #expect(told.gateways.completed(1) == ["1 2 3"] && told.status == .completed)
        #expect(told.gateways.active(1) == [])
        #expect(told.gateways.complexEvents[1][0].isFromPeer && !told.gateways.complexEvents[0][0].isFromPeer)
        #expect(told.gateways.complexEvents[1][0].identifier == told.gateways.complexEvents[0][0].identifier)
    }

    @Test func aCompleteOfAHaltedRunCompletesIt() throws {
        var told = try Told()
        #expect(told.tell(told.halted) == [.recorded])
        #expect(told.tell(told.complete) == [.completed])
        #expect(told.completions == 1 && told.status == .completed)
    }

    @Test func aCompleteOfACompletedRunIsNothing() throws {
        var told = try Told()
        #expect(told.tell(told.complete + told.complete) == [.completed, .ignored])
        #expect(told.completions == 1)
    }

    @Test func aCompleteOfAnUnknownRunIsRecordedWithOneComplexEvent() throws {
        var told = try Told()
        #expect(told.tell(told.complete) == [.completed])
        #expect(told.completions == 1 && told.status == .completed)
    }

    // MARK: Completed, as identifier only

    @Test func whatWasCompletedEarlierMakesNoComplexEvent() throws {
        var active = try Told()
        _ = active.tell(active.begun)
        #expect(active.tell(active.earlier) == [.recorded])
        #expect(active.gateways.active(1) == [])
        var halted = try Told()
        _ = halted.tell(halted.halted)
        #expect(halted.tell(halted.earlier) == [.recorded])
        var completed = try Told()
        _ = completed.tell(completed.complete)
        #expect(completed.tell(completed.earlier) == [.ignored])
        var unknown = try Told()
        #expect(unknown.tell(unknown.earlier) == [.recorded])
        for told in [active, halted, unknown] { #expect(told.completions == 0 && told.status == .completed) }
        #expect(completed.completions == 1)
    }

    // MARK: HALT

    @Test func aHaltOfAnActiveRunHaltsIt() throws {
        var told = try Told()
        _ = told.tell(told.advanced)
        #expect(told.tell(told.halted) == [.halted])
        #expect(told.gateways.active(1) == [] && told.status == .halted)
    }

    @Test func aHaltOfAHaltedOrCompletedRunIsNothing() throws {
        var told = try Told()
        _ = told.tell(told.halted)
        #expect(told.tell(told.halted) == [.ignored] && told.status == .halted)
        _ = told.tell(told.complete)
        #expect(told.tell(told.halted) == [.ignored] && told.status == .completed)
        #expect(told.completions == 1)
    }

    @Test func aHaltOfAnUnknownRunIsRecordedSoThatItDoesNotBegin() throws {
        var told = try Told()
        #expect(told.tell(told.halted) == [.recorded])
        #expect(told.tell(told.begun + told.advanced) == [.ignored, .ignored])
        told.gateways.take(again: "A@1", number: 1, by: 1)
        #expect(told.gateways.active(1) == [])
    }

    // MARK: UPDATE

    @Test func anUpdateOfGreaterRankGivesBlockAndHistory() throws {
        var told = try Told()
        _ = told.tell(told.begun)
        #expect(told.tell(told.advanced) == [.advanced])
        #expect(told.gateways.active(1) == ["2: a1 b2"])
    }

    @Test func anUpdateOfLesserOrEqualRankIsIgnored() throws {
        var told = try Told()
        _ = told.tell(told.advanced)
        #expect(told.tell(told.begun + told.advanced) == [.ignored, .ignored])
        #expect(told.gateways.active(1) == ["2: a1 b2"])
    }

    @Test func anUpdateOfAHaltedOrCompletedRunIsIgnored() throws {
        var halted = try Told()
        _ = halted.tell(halted.halted)
        #expect(halted.tell(halted.advanced) == [.ignored] && halted.status == .halted)
        var completed = try Told()
        _ = completed.tell(completed.complete)
        #expect(completed.tell(completed.advanced) == [.ignored] && completed.status == .completed)
        #expect(halted.gateways.active(1) + completed.gateways.active(1) == [])
    }

    @Test func anUpdateOfAnUnknownRunIsAdoptedAndGoesOn() throws {
        var told = try Told()
        #expect(told.tell(told.advanced) == [.adopted])
        told.gateways.take("C@4", by: 1)
        #expect(told.gateways.completed(1) == ["1 2 4"])
        #expect(!told.gateways.complexEvents[1][0].isFromPeer)
    }

    @Test func ofOneBlockTheLongerHistoryIsTheGreaterRank() throws {
        var gateways = try Gateways(
            2, blocks: ["{followed_by: A}", "{followed_by: B, loop: true}", "{followed_by: C}"])
        gateways.take("A@1", by: 0)
        gateways.exchange()
        gateways.take("B@2 B@3", by: 0)
        let two = gateways.said(by: 0)
        gateways.take("B@4", by: 1)
        gateways.tell(1, two)
        #expect(gateways.active(1).first?.hasPrefix("1: 1 2 3") == true)
    }

    @Test func aPeersChangeIsNotPassedOn() throws {
        var told = try Told()
        _ = told.tell(told.begun + told.advanced + told.complete)
        #expect(told.gateways.said(by: 1).isEmpty)
    }

    // MARK: Refused

    @Test func anUnknownOrDifferentPatternIsRefusedAndCounted() throws {
        var told = try Told()
        guard case .update(let copy)? = told.advanced.first else {
            Issue.record("no update")
            return
        }
        func change(
            phenomenon: String = "p", pattern: String = "q", version: Hash128? = nil, run: RunIdentifier? = nil,
            block: Int = 2, key: Value = .null, history: [HistoryEntry]? = nil
        ) -> RunCopy {
            RunCopy(
                identifier: run ?? copy.identifier, phenomenon: phenomenon, pattern: pattern,
                version: version ?? copy.version, key: key, block: block, history: history ?? copy.history)
        }
        let other = HistoryEntry(event: copy.history[0].event, group: "z")
        let malformed = [
            change(run: Hash128()), change(block: 0), change(block: 3), change(block: -1), change(block: .max),
            change(key: .string("x")), change(history: []), change(history: [other]),
            change(history: [copy.history[1], copy.history[0]]),
        ]
        #expect(told.tell([.update(change(phenomenon: "r"))]) == [.refused(.unknownPattern)])
        #expect(told.tell([.update(change(pattern: "r"))]) == [.refused(.unknownPattern)])
        #expect(told.tell([.complete(change(version: Hash128()), timestamp: 0)]) == [.refused(.version)])
        for copy in malformed { #expect(told.tell([.update(copy)]) == [.refused(.malformed)]) }
        #expect(told.tell([.complete(change(block: 2), timestamp: 0)]) == [.refused(.malformed)])
        let refused = told.gateways[1].replicationCounters.refused
        #expect(refused == [.unknownPattern: 2, .version: 1, .malformed: malformed.count + 1])
        #expect(told.gateways.active(1) == [] && told.gateways[1].remembered.count == 0)
    }

    // MARK: Ended runs do not come back

    @Test func nothingThatEndedComesBack() throws {
        var told = try Told()
        _ = told.tell(told.complete)
        #expect(
            told.tell(told.begun + told.advanced + told.halted + told.complete) == Array(repeating: .ignored, count: 4))
        told.gateways.take(again: "A@1", number: 1, by: 0, 1)
        told.gateways.take(again: "B@2", number: 2, by: 0, 1)
        told.gateways.take(again: "C@3", number: 3, by: 0, 1)
        #expect(told.completions == 1 && told.gateways.active(1) == [] && told.gateways.active(0) == [])
    }

    @Test func anEndedRunIsRememberedUntilItIsForgotten() throws {
        var told = try Told()
        told.gateways.tick(to: 1000)
        _ = told.tell(told.halted)
        told.gateways[1].forgetRemembered(endedBefore: 1000)
        #expect(told.status == .halted)
        told.gateways[1].forgetRemembered(endedBefore: 1001, unless: { $0 == told.run })
        #expect(told.status == .halted)
        told.gateways[1].forgetRemembered(endedBefore: 1001)
        #expect(told.status == nil)
        #expect(told.tell(told.begun) == [.adopted])
    }

    @Test func anEndThatIsHeardOfCountsFromItsTime() throws {
        var told = try Told()
        told.gateways.tick(to: 5000)
        told.gateways[1].remember([RunEnd(run: told.run, status: .halted, ended: 2000)])
        #expect(told.gateways[1].remembered[told.run]?.ended == 2000)
        told.gateways[1].remember([RunEnd(run: told.run, status: .halted, ended: 4000)])
        #expect(told.gateways[1].remembered[told.run]?.ended == 2000)
        told.gateways[1].remember([RunEnd(run: told.run, status: .completed, ended: 3000)])
        #expect(told.status == .completed)
    }

    @Test func thereIsABoundToWhatIsRemembered() throws {
        var gateways = try Gateways(1, blocks: ["{followed_by: A}"], options: { $0.rememberedRuns = 3 })
        gateways.tick(to: 1)
        gateways.take("A A", by: 0)
        gateways.tick(to: 2)
        gateways.take("A A", by: 0)
        #expect(gateways[0].remembered.count == 3)
        #expect(gateways[0].replicationCounters.forgottenEarly == 1)
    }
}
