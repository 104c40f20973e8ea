import Testing

@testable import BoboEngine

/// What an engine says of its runs.
@Suite struct SharedChangeTests {
    private static let abc = ["{followed_by: A, group: a}", "{followed_by: B, group: b}", "{followed_by: C, group: c}"]

    private func engine(_ blocks: [String], _ keys: String = "") throws -> (
        engine: Engine, take: (String, Double) -> Void
    ) {
        let lines = keys.split(separator: "\n").map { "    \($0)\n" }.joined()
        let list = blocks.map { "      - \($0)\n" }.joined()
        let file = "phenomenon: p\npatterns:\n  - name: q\n\(lines)    blocks:\n\(list)"
        let engine = try Gateways.engine([file], identified: false) { $0.replicates = true }
        var number: UInt64 = 0
        return (
            engine,
            { type, seconds in
                number += 1
                Array("{\"type\":\"\(type)\"}".utf8).withUnsafeBytes { bytes in
                    let time = Trial.start + Int64(seconds * 1000)
                    engine.take(
                        Message(topic: "t", payload: bytes, arrival: time, isRetained: false, number: number))
                }
            }
        )
    }

    @Test func aGroupThatMovesIsOneChange() throws {
        let (engine, take) = try engine(SharedChangeTests.abc)
        for second in 1...100 { take("A", Double(second)) }
        _ = engine.takeChanges()
        let ranks = engine.activeRuns.compactMap(engine.rank(of:))
        take("B", 200)
        let changes = engine.takeChanges()
        #expect(changes.count == 1 && changes[0].runs.count == 100)
        #expect(changes[0].kind == .advanced && changes[0].accepted?.timestamp == Trial.start + 200_000)
        #expect(changes[0].runs.map(\.base) == Array(repeating: 1, count: 100))
        #expect(Set(changes[0].runs.map(\.baseHash)) == Set(ranks.map(\.hash)))
        for part in changes[0].runs {
            #expect(engine.rank(of: part.identifier)?.hash == part.hash)
            #expect(engine.copy(of: part.identifier)?.rank == engine.rank(of: part.identifier))
        }
    }

    @Test func aCompletedRunIsSaidAsAWhole() throws {
        let (engine, take) = try engine(SharedChangeTests.abc)
        for (second, type) in ["A", "A", "B", "C"].enumerated() { take(type, Double(second)) }
        let change = engine.takeChanges().last
        #expect(change?.kind == .completed && change?.endedByTimer == false)
        #expect(change?.copies.map { $0.history.map(\.group) } == [["a", "b", "c"], ["a", "b", "c"]])
        #expect(change?.copies.map(\.identifier) == change?.runs.map(\.identifier))
        #expect(change?.copies.map(\.block) == [3, 3])
        #expect(engine.activeRuns.isEmpty && engine.remembered.count == 2)
    }

    @Test func aRunOfOneBlockIsSaidAsAWhole() throws {
        let (engine, take) = try engine(["{followed_by: A}"])
        take("A", 1)
        let changes = engine.takeChanges()
        #expect(changes.map(\.kind) == [.completed] && changes[0].copies.count == 1)
        #expect(engine.remembered[changes[0].runs[0].identifier]?.status == .completed)
    }

    @Test func aTimersCompletionIsToldFromAnEvents() throws {
        let (engine, take) = try engine(["{followed_by: A}", "{absent: B, for: 1s}"])
        take("A", 1)
        engine.advance(to: Trial.start + 3000)
        for decision in engine.pendingDecisions { engine.decide(decision.run) }
        #expect(engine.takeChanges().last?.endedByTimer == true)
    }

    @Test func changesComeInTheOrderInWhichTheyHappened() throws {
        let (engine, take) = try engine(SharedChangeTests.abc, "haltconditions: [D]")
        for (second, type) in ["A", "B", "A", "C", "D"].enumerated() { take(type, Double(second)) }
        #expect(
            engine.takeChanges().map(\.kind) == [
                .started, .advanced, .started, .advanced, .completed, .halted(.haltcondition),
            ])
    }

    @Test func anEngineByItselfRemembersNothing() throws {
        let engine = try Gateways.engine(
            ["phenomenon: p\npatterns: [{name: q, blocks: [{followed_by: A}]}]"], identified: false
        ) { _ in }
        #expect(engine.activeRuns.isEmpty && engine.remembered.count == 0 && engine.digest() == 0)
        #expect(engine.apply([.completedEarlier(Hash128(), phenomenon: "p", pattern: "q")]) == [.ignored])
        #expect(engine.pendingDecisions.isEmpty && !engine.decide(Hash128()))
    }

    @Test func aPatternThatChangesHaltsItsRunsHereAlone() throws {
        let (engine, take) = try engine(SharedChangeTests.abc)
        take("A", 1)
        let run = engine.activeRuns[0]
        _ = engine.takeChanges()
        engine.replace([], options: EngineOptions())
        let changes = engine.takeChanges()
        #expect(changes.map(\.kind) == [.halted(.replaced)] && changes[0].isLocal)
        #expect(engine.remembered[run] == nil && engine.activeRuns.isEmpty)
    }

    @Test func theEventsBehindABaseAreTheRestOfTheHistory() throws {
        let (engine, take) = try engine(["{followed_by: A}", "{followed_by: B, loop: true}", "{followed_by: C}"])
        for (second, type) in ["A", "A", "B", "B"].enumerated() { take(type, Double(second)) }
        for run in engine.activeRuns {
            let whole = engine.copy(of: run)?.history.map(\.event.identifier) ?? []
            for base in 0...3 {
                #expect(engine.events(of: run, from: base)?.map(\.event.identifier) == Array(whole[base...]))
            }
            for base in 1...4 {
                var hash = Hash128()
                whole.prefix(base).forEach { hash.combine($0) }
                let isThere = base <= whole.count
                #expect(engine.holds(run, base, hash) == isThere)
                let copy = engine.copy(of: run, after: base, hash)
                #expect(copy?.base == (isThere ? base : 0) && copy?.rank == engine.rank(of: run))
                #expect(!engine.holds(run, base, Hash128()) && engine.copy(of: run, after: base, Hash128())?.base == 0)
            }
            #expect(!engine.holds(run, 0, Hash128()))
            #expect(engine.events(of: run, from: 4) == nil && engine.events(of: run, from: -1) == nil)
        }
        #expect(engine.events(of: Hash128(), from: 0) == nil)
    }

    @Test func runsThatAreDroppedLeaveNoTrace() throws {
        var gateways = try Gateways(1, blocks: SharedChangeTests.abc)
        gateways.take("A@1 A@2 B@3 A@4", by: 0)
        let kept = gateways[0].activeRuns.compactMap(gateways[0].copy(of:))
        let digest = gateways[0].digest()
        _ = gateways.said(by: 0)
        gateways[0].dropRuns()
        #expect(gateways[0].activeRuns.isEmpty && gateways[0].remembered.count == 0 && gateways.said(by: 0).isEmpty)
        #expect(gateways[0].decider.occupancy == (0, 0))
        #expect(gateways.tell(0, kept.map(PeerChange.update)) == [.adopted, .adopted, .adopted])
        #expect(gateways[0].digest() == digest)
    }

    @Test func atTheBoundOfRunsTheOldestHaltsWhereverItBegan() throws {
        var gateways = try Gateways(2, blocks: SharedChangeTests.abc, "max_runs: 2")
        gateways.take("A@1 A@2", by: 0)
        gateways.take("A@1.5", by: 1)
        gateways.exchange()
        #expect(gateways.active(0) == ["1: a2", "1: a3"] && gateways.agree)
    }
}
