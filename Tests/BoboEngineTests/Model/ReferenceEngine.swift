/// The rules of pattern files, followed literally: every run of every pattern is visited for every event and every
/// millisecond that matters.
struct ReferenceEngine {
    private struct Run {
        let start: Int
        let key: String?
        var history: [ReferenceAccepted]
        var place = 1
        /// Of an `all_of`: those of its predicates that are satisfied.
        var satisfied: Set<Int> = []
        /// When it came to wait at its block.
        var arrival: Int64

        var first: Int64 { history[0].event.timestamp }
    }

    private enum Fate: Equatable {
        case stays, halts, completes
    }

    private struct Rest {
        let begin: Int64
        let end: Int64?
        let history: [ReferenceAccepted]
    }

    let patterns: [ReferencePattern]
    let maximumLateness: Int64
    let dropsLate: Bool
    private var runs: [[Run]]
    private var rests: [[String?: Rest]]
    private var previous: [[String?: ReferenceEvent]]
    private var state: [[String: ReferenceEvent]]
    private var waiting: [ReferenceEvent] = []
    private var clock = Int64.min
    private var starts = 0
    private var feedback: [ReferenceEvent] = []
    private(set) var completed: [String] = []
    private(set) var late = 0
    private(set) var tooDeep = 0

    init(_ patterns: [ReferencePattern], maximumLateness: Int64, dropsLate: Bool) {
        self.patterns = patterns
        self.maximumLateness = maximumLateness
        self.dropsLate = dropsLate
        runs = patterns.map { _ in [] }
        rests = patterns.map { _ in [:] }
        previous = patterns.map { _ in [:] }
        state = patterns.map { _ in [:] }
    }

    var activeRuns: Int { runs.reduce(0) { $0 + $1.count } }

    // MARK: The clock

    mutating func take(_ event: ReferenceEvent) {
        if event.timestamp < clock {
            late += 1
            if !dropsLate { process(event) }
        } else {
            waiting.append(event)
            advance(to: event.timestamp - maximumLateness)
        }
    }

    mutating func advance(to time: Int64) {
        let time = max(time, clock)
        processWaiting(until: time)
        fire(until: time)
        clock = time
    }

    mutating func flush() { processWaiting(until: .max) }

    private mutating func processWaiting(until time: Int64) {
        waiting.sort { ($0.timestamp, $0.seq) < ($1.timestamp, $1.seq) }
        while let event = waiting.first, event.timestamp <= time {
            waiting.removeFirst()
            fire(until: event.timestamp)
            clock = max(clock, event.timestamp)
            process(event)
        }
    }

    private mutating func fire(until time: Int64) {
        while true {
            var due: [Int64] = []
            for (pattern, runs) in zip(patterns, runs) {
                for run in runs {
                    if let within = pattern.within { due.append(run.first + within + 1) }
                    if case .absent(let wait) = pattern.blocks[run.place].role { due.append(run.arrival + wait) }
                }
            }
            for rest in rests.flatMap(\.values) { due += [rest.end].compactMap(\.self) }
            guard let deadline = due.min(), deadline <= time else { return }
            var ended: [(Int, Run)] = []
            for index in patterns.indices {
                let pattern = patterns[index]
                runs[index].removeAll { run in pattern.within.map { run.first + $0 < deadline } ?? false }
                for number in runs[index].indices.reversed() {
                    guard case .absent(let wait) = pattern.blocks[runs[index][number].place].role else { continue }
                    guard runs[index][number].arrival + wait == deadline else { continue }
                    if let onlyIf = pattern.blocks[runs[index][number].place].onlyIf {
                        let run = runs[index][number]
                        let scope = scope(nil, run.key, run.history, in: index, now: deadline)
                        guard onlyIf.holds(scope) == true else {
                            runs[index].remove(at: number)
                            continue
                        }
                    }
                    runs[index][number].place += 1
                    runs[index][number].arrival = deadline
                    if runs[index][number].place == pattern.blocks.count {
                        ended.append((index, runs[index].remove(at: number)))
                    }
                }
                for (key, rest) in rests[index] where rest.end ?? .max <= deadline { rests[index][key] = nil }
            }
            for (index, run) in ended.sorted(by: { ($0.0, $0.1.start) < ($1.0, $1.1.start) }) {
                if patterns[index].isExclusive {
                    let first = ended.filter { $0.0 == index && $0.1.key == run.key }.map(\.1.start).min()
                    guard run.start == first else { continue }
                }
                complete(index, run, deadline)
            }
            feedBack()
        }
    }

    // MARK: One event

    private mutating func process(_ event: ReferenceEvent) {
        take(inTurn: event)
        feedBack()
        fire(until: clock)
    }

    private mutating func feedBack() {
        while !feedback.isEmpty { take(inTurn: feedback.removeFirst()) }
    }

    private mutating func take(inTurn event: ReferenceEvent) {
        for index in patterns.indices {
            guard patterns[index].state.contains(where: { $0.outcome(ReferenceScope(alone: event)) == true }) else {
                continue
            }
            if let known = state[index][event.topic], known.timestamp > event.timestamp { continue }
            state[index][event.topic] = event
        }
        for index in patterns.indices where patterns[index].sees(event) {
            let pattern = patterns[index]
            if pattern.hasKey, event.key == nil { continue }
            let key = pattern.hasKey ? event.key : nil
            var rests = false
            if let rest = self.rests[index][key], event.timestamp < rest.end ?? .max {
                rests = true
                let scope = scope(event, key, rest.history, in: index, now: max(clock, event.timestamp))
                if event.timestamp >= rest.begin, pattern.rest?.until?.outcome(scope) == true {
                    self.rests[index][key] = nil
                    rests = false
                }
            }
            let completes = offer(event, key, to: index)
            if !rests, !completes || !pattern.isExclusive { start(event, key, in: index) }
            previous[index][key] = event
        }
    }

    private func scope(
        _ event: ReferenceEvent?, _ key: String?, _ history: [ReferenceAccepted], in index: Int, now: Int64
    ) -> ReferenceScope {
        var scope = ReferenceScope(
            event: event ?? ReferenceEvent(seq: 0, timestamp: 0, topic: "", type: nil, value: nil, key: nil), key: key,
            history: history, now: now)
        scope.previous = previous[index][key]
        scope.state = state[index]
        return scope
    }

    /// - Returns: whether a run has completed.
    private mutating func offer(_ event: ReferenceEvent, _ key: String?, to index: Int) -> Bool {
        var stay: [Run] = []
        var ended: [Run] = []
        for var run in runs[index] {
            switch run.key == key ? offer(event, to: &run, index) : .stays {
            case .stays: stay.append(run)
            case .halts: break
            case .completes: ended.append(run)
            }
        }
        runs[index] = stay
        for run in ended.prefix(patterns[index].isExclusive ? 1 : ended.count) { complete(index, run, event.timestamp) }
        return !ended.isEmpty
    }

    private func offer(_ event: ReferenceEvent, to run: inout Run, _ index: Int) -> Fate {
        let pattern = patterns[index]
        let scope = scope(event, run.key, run.history, in: index, now: max(clock, event.timestamp))
        let preconditions = pattern.preconditions.map { $0.outcome(scope) }
        if preconditions.contains(false) { return .halts }
        if preconditions.contains(nil) { return .stays }
        if pattern.haltconditions.contains(where: { $0.outcome(scope) == true }) { return .halts }
        var place = run.place
        while true {
            let block = pattern.blocks[place]
            if block.unless.contains(where: { $0.outcome(scope) == true }) { return .halts }
            if block.until?.outcome(scope) == true {
                place += 1
                run.place = place
                run.arrival = event.timestamp
                run.satisfied = []
                continue
            }
            var outcomes = block.predicates.map { $0.outcome(scope) }
            if block.role == .allOf, place == run.place {
                for number in run.satisfied { outcomes[number] = false }
            }
            let matched = outcomes.firstIndex(of: true)
            let failed = matched == nil && outcomes.contains(nil)
            var group = block.group
            if let matched { group = block.ownGroups[matched] ?? group }
            var target = place + 1
            var satisfied: Set<Int> = []
            switch block.role {
            case .plain(let strict):
                if matched == nil { return strict && !failed ? .halts : .stays }
            case .negated(let strict):
                if matched != nil { return strict ? .halts : .stays }
                if failed { return .stays }
            case .optional:
                if matched == nil {
                    place += 1
                    continue
                }
            case .loop(let strict):
                if matched == nil {
                    if strict { return failed ? .stays : .halts }
                    place += 1
                    continue
                }
                target = run.place
                satisfied = run.satisfied
            case .allOf:
                guard let matched else { return .stays }
                satisfied = (place == run.place ? run.satisfied : []).union([matched])
                if satisfied.count < block.predicates.count { target = place } else { satisfied = [] }
            case .absent:
                guard matched != nil else { return .stays }
                guard block.restarts else { return .halts }
                target = place
            }
            if run.history.count >= pattern.maximumHistory { return .halts }
            run.history.append(ReferenceAccepted(event: event, group: group))
            run.satisfied = satisfied
            if target != run.place || block.role.isAbsent { run.arrival = event.timestamp }
            run.place = target
            return target == pattern.blocks.count ? .completes : .stays
        }
    }

    private mutating func start(_ event: ReferenceEvent, _ key: String?, in index: Int) {
        let pattern = patterns[index]
        let scope = scope(event, key, [], in: index, now: max(clock, event.timestamp))
        let block = pattern.blocks[0]
        guard let matched = block.predicates.firstIndex(where: { $0.outcome(scope) == true }),
            !block.unless.contains(where: { $0.outcome(scope) == true })
        else { return }
        let group = block.ownGroups[matched] ?? block.group
        var run = Run(
            start: starts, key: key, history: [ReferenceAccepted(event: event, group: group)],
            arrival: event.timestamp)
        if block.role == .allOf, block.predicates.count > 1 {
            run.place = 0
            run.satisfied = [matched]
        }
        if run.place == pattern.blocks.count {
            starts += 1
            complete(index, run, event.timestamp)
            return
        }
        if pattern.isSingleton, runs[index].contains(where: { $0.key == key }) { return }
        if runs[index].count + rests[index].count >= pattern.maximumRuns { makeRoom(in: index) }
        starts += 1
        runs[index].append(run)
    }

    /// The oldest goes, a run or a rest.
    private mutating func makeRoom(in index: Int) {
        let run = runs[index].indices.min {
            (runs[index][$0].first, runs[index][$0].start) < (runs[index][$1].first, runs[index][$1].start)
        }
        let rest = rests[index].min { ($0.value.begin, $0.key ?? "") < ($1.value.begin, $1.key ?? "") }
        if let rest, rest.value.begin < run.map({ runs[index][$0].first }) ?? .max {
            rests[index][rest.key] = nil
        } else if let run {
            runs[index].remove(at: run)
        }
    }

    private mutating func complete(_ index: Int, _ run: Run, _ time: Int64) {
        let pattern = patterns[index]
        if pattern.isExclusive { runs[index].removeAll { $0.key == run.key } }
        if let rest = pattern.rest {
            rests[index][run.key] = Rest(begin: time, end: rest.wait.map { time + $0 }, history: run.history)
        }
        let depth = run.history.map(\.event.depth).max() ?? 0
        guard depth < 16 else {
            tooDeep += 1
            return
        }
        feedback.append(
            ReferenceEvent(
                seq: 0, timestamp: time, topic: "bobo/events/\(pattern.phenomenon)",
                type: "bobo.complex.\(pattern.phenomenon)", value: nil, key: nil, depth: depth + 1))
        let groups = ["a", "b", "c"].map { name in
            "\"\(name)\":\(run.history.filter { $0.group == name }.map(\.event.seq))"
        }
        completed.append(
            "\(pattern.phenomenon)/\(pattern.name) \(run.key ?? "-") at \(time): "
                + "{\"all\":\(run.history.map(\.event.seq)),\(groups.joined(separator: ","))}"
                .replacing(" ", with: ""))
    }
}

extension ReferencePattern.Role {
    fileprivate var isAbsent: Bool { if case .absent = self { true } else { false } }
}

extension ReferenceScope {
    init(alone event: ReferenceEvent) { self.init(event: event, key: nil, history: [], now: event.timestamp) }
}
