import Foundation
import Testing

@testable import BoboEngine

/// Several engines that share their runs against one that reads everything, on random patterns and events. A failure names
/// its seed.
@Suite struct ReplicationModelTests {
    private static let shares = 4
    /// More of them for a longer search: `BOBO_MODEL_CASES=10000 swift test --filter ReplicationModelTests`.
    private static let casesPerShare =
        (ProcessInfo.processInfo.environment["BOBO_MODEL_CASES"].flatMap(Int.init) ?? 160) / shares

    @Test(arguments: RandomCase.Reading.allCases, 0..<shares)
    func enginesThatExchangeAfterEachEventCompleteTheRunsOfOne(_ reading: RandomCase.Reading, _ share: Int) throws {
        var completed = 0
        for number in 0..<ReplicationModelTests.casesPerShare {
            let seed = UInt64(share * ReplicationModelTests.casesPerShare + number)
            let random = RandomCase(seed: seed, reading, allowsPrevious: false)
            // Complex events of one event feed back one by one as peers hear of them.
            guard !random.feedsBack else { continue }
            var cluster = try Cluster(random, seed: seed)
            guard try cluster.agreesWithOne(random) else { return }
            completed += cluster.engines[0].completed.count
        }
        #expect(completed > ReplicationModelTests.casesPerShare)
    }

    @Test(arguments: RandomCase.Reading.allCases, 0..<shares)
    func enginesThatHaveExchangedInAnyOrderWithRepeatsHoldTheSame(
        _ reading: RandomCase.Reading, _ share: Int
    ) throws {
        var completed = 0
        for number in 0..<ReplicationModelTests.casesPerShare {
            let seed = UInt64(share * ReplicationModelTests.casesPerShare + number)
            let random = RandomCase(seed: seed, reading, allowsPrevious: false)
            // What sets itself off holds all complex events before it, most of them twice: its size is not the matter here.
            guard !random.setsItselfOff else { continue }
            var cluster = try Cluster(random, seed: seed, catchUp: 2000)
            guard cluster.converges(random) else { return }
            completed += cluster.engines[0].completed.count
        }
        #expect(completed > ReplicationModelTests.casesPerShare / 2)
    }
}

extension RandomCase {
    var setsItselfOff: Bool {
        patterns.contains { $0.predicates.contains { $0.on.contains("bobo/events/+") } }
    }

    /// Where a run that completes ends others, what comes in one millisecond has no order among gateways.
    var eventsInOrder: [ReferenceEvent] {
        let sorted = events.enumerated().sorted { ($0.1.timestamp, $0.0) < ($1.1.timestamp, $1.0) }.map(\.1)
        guard patterns.contains(where: \.isExclusive) else { return sorted }
        var last = Int64.min
        return sorted.map { event in
            last = max(event.timestamp, last + 1)
            return ReferenceEvent(
                seq: event.seq, timestamp: last, topic: event.topic, type: event.type, value: event.value,
                key: event.key)
        }
    }

    var feedsBack: Bool { patterns.contains { $0.predicates.contains { $0.on.contains { $0.hasPrefix("bobo") } } } }
}

/// Engines that share the runs of a random case, and a network that delays, repeats and reorders at random.
private struct Cluster {
    private let seed: UInt64
    private var random: SeededGenerator
    private let identifies: Bool
    private(set) var engines: [SharedEngine]
    private var inboxes: [[[PeerChange]]]
    private var monotonic: Int64 = 0

    init(_ source: RandomCase, seed: UInt64, catchUp: Int64 = 0) throws {
        var random = SeededGenerator(seed: seed &+ 1_000_000)
        let identifies = random.chance(0.5)
        self.seed = seed
        self.identifies = identifies
        engines = try (0..<random.int(2...3)).map { number in
            SharedEngine(
                try ModelEngine(
                    source.patterns, maximumLateness: 0, dropsLate: false, identifies: identifies,
                    configure: { options in
                        options.replicates = true
                        options.catchUp = catchUp
                        options.source = "g\(number)"
                        if seed % 2 == 0 { options.fewRuns = 0 }
                    }
                ).engine)
        }
        inboxes = engines.map { _ in [] }
        self.random = random
    }

    private mutating func readers() -> [Int] {
        let all = Array(engines.indices).shuffled(using: &random)
        return identifies ? Array(all.prefix(random.int(1...all.count))) : [all[0]]
    }

    /// - Parameter isStateOnly: Whether another reads the events of its topic.
    private func take(_ event: ReferenceEvent, by reader: Int, isStateOnly: Bool = false) {
        Array(event.payload.utf8).withUnsafeBytes { bytes in
            engines[reader].engine.take(
                Message(
                    topic: event.topic, payload: bytes, arrival: event.timestamp, isRetained: false,
                    number: UInt64(event.seq), isStateOnly: isStateOnly))
        }
    }

    private mutating func advance(to time: Int64) {
        for engine in engines { engine.engine.advance(to: time) }
    }

    /// Each pending run is decided by one engine.
    private mutating func decide() -> Bool {
        var some = false
        for index in engines.indices {
            for pending in engines[index].engine.pendingDecisions
            where Int(pending.run.value % UInt128(engines.count)) == index {
                some = engines[index].engine.decide(pending.run) || some
            }
        }
        return some
    }

    // MARK: After each event

    private mutating func exchange() {
        var quiet = false
        var rounds = 0
        while !quiet {
            quiet = true
            rounds += 1
            if rounds > 60 {
                Issue.record("seed \(seed): no end of messages")
                return
            }
            for from in engines.indices {
                let message = engines[from].message()
                guard !message.isEmpty else { continue }
                quiet = false
                for to in engines.indices where to != from {
                    engines[to].engine.apply(message, inParts: true)
                    if random.chance(0.2) { engines[to].engine.apply(message, inParts: true) }
                }
            }
        }
        // Something old comes once more.
        let from = random.int(0...engines.count - 1)
        if random.chance(0.3), let old = engines[from].sent.randomElement(using: &random) {
            for to in engines.indices where to != from { engines[to].engine.apply(old, inParts: true) }
        }
    }

    mutating func agreesWithOne(_ source: RandomCase) throws -> Bool {
        var one = try ModelEngine(source.patterns, maximumLateness: 0, dropsLate: false)
        let events = source.eventsInOrder
        for event in events {
            one.advance(to: event.timestamp)
            one.take(event)
            advance(to: event.timestamp)
            repeat { exchange() } while decide()
            let readers = readers()
            for other in engines.indices where !readers.contains(other) { take(event, by: other, isStateOnly: true) }
            let exchangesBetween = random.chance(0.5)
            for reader in readers {
                take(event, by: reader)
                if exchangesBetween { exchange() }
            }
            repeat { exchange() } while decide()
            guard agrees(one, "event \(event.seq)", source) else { return false }
        }
        let end = (events.last?.timestamp ?? 0) + 1_000_000
        one.advance(to: end)
        advance(to: end)
        repeat { exchange() } while decide()
        return agrees(one, "the end", source)
    }

    private func agrees(_ one: ModelEngine, _ place: String, _ source: RandomCase) -> Bool {
        for (number, engine) in engines.enumerated() {
            let agrees =
                engine.completed.sorted() == one.completed.sorted()
                && engine.engine.statistics.activeRuns == one.engine.statistics.activeRuns
                && engine.active == engines[0].active && engine.engine.digest() == engines[0].engine.digest()
                && engine.rests == engines[0].rests
                && engine.engine.statistics.restingKeys == one.engine.statistics.restingKeys
            guard !agrees else { continue }
            let missing = Set(one.completed).subtracting(engine.completed).sorted()
            let added = Set(engine.completed).subtracting(one.completed).sorted()
            Issue.record(
                """
                \(describe(source))
                seed \(seed), engine \(number) at \(place), identifies \(identifies): missing \(missing), added \(added);
                \(engine.completed.count) of \(one.completed.count) completed;
                \(engine.engine.statistics.activeRuns) of \(one.engine.statistics.activeRuns) active
                \(engine.engine.statistics.restingKeys) of \(one.engine.statistics.restingKeys) resting
                now \(engine.engine.now ?? 0): \(engine.active.joined(separator: "\n"))
                \(source.eventsInOrder.map(\.line).joined(separator: "\n"))
                """)
            return false
        }
        return true
    }

    private func describe(_ source: RandomCase) -> String {
        source.patterns.map(\.description).joined(separator: "\n")
    }

    // MARK: Any order

    mutating func converges(_ source: RandomCase) -> Bool {
        for event in source.events {
            monotonic += 100
            advance(to: event.timestamp)
            for engine in engines { engine.engine.tick(monotonic: monotonic) }
            let readers = readers()
            for other in engines.indices { take(event, by: other, isStateOnly: !readers.contains(other)) }
            if random.chance(0.2) { _ = decide() }
            post()
            deliver(some: true)
        }
        let end = source.events.map(\.timestamp).max() ?? 0
        for _ in 0..<4 {
            monotonic += 3000
            // Engines in which time stands still keep what waits.
            advance(to: end)
            for engine in engines { engine.engine.tick(monotonic: monotonic) }
            settle()
        }
        return isAlike(source)
    }

    private mutating func post() {
        for from in engines.indices {
            let message = engines[from].message()
            guard !message.isEmpty else { continue }
            for to in engines.indices where to != from { inboxes[to].append(message) }
        }
    }

    /// - Parameter some: leaves some where they are, and repeats some.
    private mutating func deliver(some: Bool) {
        for to in engines.indices {
            let waiting = inboxes[to].shuffled(using: &random)
            inboxes[to] = []
            for message in waiting {
                if some, random.chance(0.6) {
                    inboxes[to].append(message)
                    continue
                }
                engines[to].engine.apply(message, inParts: true)
                if random.chance(0.2) { engines[to].engine.apply(message, inParts: true) }
            }
        }
    }

    private mutating func settle() {
        var rounds = 0
        repeat {
            repeat {
                rounds += 1
                // Where a run that completes ends others, the waits of a key are decided one by one.
                if rounds > 600 {
                    Issue.record("seed \(seed): no end of messages: \(engines.map(\.lastSaid))")
                    return
                }
                deliver(some: false)
                post()
            } while inboxes.contains { !$0.isEmpty }
        } while decide()
    }

    private func isAlike(_ source: RandomCase) -> Bool {
        // At `max_runs` each engine lets its oldest rest go by itself.
        let dropsRests = source.patterns.contains { $0.rest != nil && $0.maximumRuns < 100 }
        for (number, engine) in engines.enumerated() {
            let once = Set(engine.completedRuns).count == engine.completedRuns.count
            let agrees =
                engine.active == engines[0].active && engine.engine.digest() == engines[0].engine.digest()
                && (dropsRests || engine.rests == engines[0].rests) && engine.finished == engines[0].finished && once
            guard !agrees else { continue }
            Issue.record(
                """
                \(describe(source))
                seed \(seed), engines 0 and \(number), each completes once: \(once), identifies \(identifies):
                \(engines[0].active.joined(separator: "\n")) \(engines[0].rests)
                --
                \(engine.active.joined(separator: "\n")) \(engine.rests)
                --
                \(engines[0].completedRuns.count) \(engine.completedRuns.count) \(engines[0].finished.symmetricDifference(engine.finished))
                \(source.events.map(\.line).joined(separator: "\n"))
                """)
            return false
        }
        return true
    }
}

extension Engine {
    /// Applies changes as the protocol does: of a run's history, only what comes after events that are here already.
    fileprivate func apply(_ changes: [PeerChange], inParts: Bool) {
        var seen: Set<RunIdentifier> = []
        apply(
            changes.map { change in
                guard case .update(let copy) = change, seen.insert(copy.identifier).inserted else { return change }
                var hash = Hash128()
                var bases: [(Int, Hash128)] = []
                for (place, entry) in copy.history.enumerated() {
                    hash.combine(entry.event)
                    if holds(copy.identifier, place + 1, hash) { bases.append((place + 1, hash)) }
                }
                // The longest, or the shortest.
                guard let (length, hash) = copy.block % 2 == 0 ? bases.last : bases.first else { return change }
                return .update(copy.after(length, hash))
            })
    }
}
