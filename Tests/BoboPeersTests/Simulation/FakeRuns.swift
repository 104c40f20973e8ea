import BoboTopics
import CEL

@testable import BoboEngine
@testable import BoboPeers

/// Runs in dictionaries, in place of an engine: what a peer says is merged by rank, and a run is moved by hand.
final class FakeRuns: RunSource {
    private let engine = Engine([], paths: PathTable())
    private(set) var active: [RunIdentifier: RunCopy] = [:]
    private(set) var order: [RunIdentifier] = []
    private(set) var completed: [RunIdentifier] = []
    private(set) var halted: Set<RunIdentifier> = []
    private(set) var briefly: [RunIdentifier] = []
    var patterns = [PatternIdentity(phenomenon: "fire", pattern: "smoke", version: FakeRuns.version("1"))]
    private(set) var applied: [PeerChange] = []
    let gateway: String
    private var events = 0

    init(gateway: String) { self.gateway = gateway }

    static func version(_ text: String) -> Hash128 { hash("version \(text)") }

    static func hash(_ text: String) -> Hash128 {
        var hash = Hash128()
        hash.combine(text)
        return hash
    }

    static func run(_ name: String) -> RunIdentifier { hash("run \(name)") }

    // MARK: RunSource

    func copy(of run: RunIdentifier) -> RunCopy? { active[run] }

    func rank(of run: RunIdentifier) -> RunRank? { active[run]?.rank }

    var activeRuns: [RunIdentifier] { order.filter { active[$0] != nil } }

    func event(from exchanged: ExchangedEvent) -> Event? { engine.event(from: exchanged) }

    // MARK: By hand

    func event(
        _ name: String? = nil, topic: String = "home/kitchen/smoke", payload: String = #"{"level":7}"#,
        format: Body.Format = .json, at time: Int64 = 0
    ) -> Event {
        events += 1
        let identifier = EventIdentifier.counted(source: name ?? gateway, number: name == nil ? UInt64(events) : 1)
        let exchanged = ExchangedEvent(
            identifier: identifier, kind: .simple, timestamp: time, topic: topic, payload: Array(payload.utf8),
            format: format, depth: 0)
        guard let event = engine.event(from: exchanged) else { preconditionFailure("no event") }
        return event
    }

    private func change(
        _ kind: Change.Kind, _ run: RunIdentifier, _ copy: RunCopy?, _ event: Event?, base: Int, at time: Int64
    ) -> Change {
        Change(
            kind: kind, phenomenon: "fire", pattern: "smoke", key: copy?.key ?? .string("k"), block: copy?.block ?? 0,
            accepted: event, group: "", timestamp: time, runs: [Change.RunPart(identifier: run, base: base)],
            version: copy?.version ?? FakeRuns.version("1"),
            copies: kind == .completed ? [copy].compactMap(\.self) : [],
            isLocal: kind == .halted(.within) || kind == .halted(.replaced), endedByTimer: false)
    }

    /// The run takes an event, and waits at the next block; it starts where it is not there.
    func move(_ run: RunIdentifier, _ event: Event, block: Int? = nil, version: Hash128? = nil) -> Change {
        let old = active[run]
        let copy = RunCopy(
            identifier: run, phenomenon: "fire", pattern: "smoke", version: version ?? FakeRuns.version("1"),
            key: .string("k"), block: block ?? (old?.block ?? 0) + 1,
            history: (old?.history ?? []) + [HistoryEntry(event: event, group: "")])
        active[run] = copy
        if old == nil { order.append(run) }
        return change(
            old == nil ? .started : .advanced, run, copy, event, base: old?.history.count ?? 0, at: event.timestamp)
    }

    func complete(_ run: RunIdentifier, _ event: Event) -> Change {
        _ = move(run, event)
        let copy = active.removeValue(forKey: run)
        completed.append(run)
        return change(.completed, run, copy, event, base: 0, at: event.timestamp)
    }

    func halt(_ run: RunIdentifier, reason: HaltReason = .haltcondition) -> Change {
        let copy = active.removeValue(forKey: run)
        halted.insert(run)
        return change(.halted(reason), run, copy, nil, base: 0, at: 5)
    }

    func forgetAll() {
        active = [:]
        order = []
    }

    // MARK: From peers

    func apply(_ changes: [PeerChange]) {
        applied += changes
        for change in changes {
            switch change {
            case .update(let copy):
                let mine = active[copy.identifier]?.rank
                guard !completed.contains(copy.identifier), !halted.contains(copy.identifier) else { continue }
                if mine.map({ $0 < copy.rank }) ?? true {
                    if mine == nil { order.append(copy.identifier) }
                    active[copy.identifier] = copy
                }
            case .complete(let copy, _):
                active[copy.identifier] = nil
                guard !completed.contains(copy.identifier) else { continue }
                completed.append(copy.identifier)
            case .halt(let run, _, _, _, _):
                active[run] = nil
                halted.insert(run)
            case .rest: break
            case .completedEarlier(let run, _, _):
                active[run] = nil
                completed.append(run)
            }
        }
    }

    func remember(_ ends: [(run: RunIdentifier, isCompleted: Bool, ago: Duration)]) {
        for end in ends {
            active[end.run] = nil
            briefly.append(end.run)
            if end.isCompleted { completed.append(end.run) } else { halted.insert(end.run) }
        }
    }

    func digest(of patterns: Set<PatternIdentity>) -> Hash128 {
        var digest: UInt128 = 0
        for (run, copy) in active {
            guard
                patterns.contains(
                    PatternIdentity(phenomenon: copy.phenomenon, pattern: copy.pattern, version: copy.version))
            else { continue }
            let rank = copy.rank
            var hash = Hash128()
            hash.combine(run.description)
            hash.combine(String(rank.block))
            hash.combine(String(rank.length))
            hash.combine(rank.hash.description)
            digest ^= hash.value
        }
        return Hash128(value: digest)
    }

    var ranks: [RunIdentifier: RunRank] { active.mapValues(\.rank) }
}
