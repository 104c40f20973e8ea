/// The rules of pattern files, followed literally: every run of every pattern is visited for every event and every
/// millisecond that matters.
struct ReferenceEngine {
    private struct Run {
        let start: Int
        let key: String?
        var history: [ReferenceAccepted]
        var place = 1
        /// When it came to wait at its block.
        var arrival: Int64

        var first: Int64 { history[0].event.timestamp }
    }

    private enum Fate: Equatable {
        case stays, halts, completes
    }

    let patterns: [ReferencePattern]
    let maximumLateness: Int64
    let dropsLate: Bool
    private var runs: [[Run]]
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
            guard let deadline = due.min(), deadline <= time else { return }
            var ended: [(Int, Run)] = []
            for index in patterns.indices {
                let pattern = patterns[index]
                runs[index].removeAll { run in pattern.within.map { run.first + $0 < deadline } ?? false }
                for number in runs[index].indices.reversed() {
                    guard case .absent(let wait) = pattern.blocks[runs[index][number].place].role else { continue }
                    guard runs[index][number].arrival + wait == deadline else { continue }
                    runs[index][number].place += 1
                    runs[index][number].arrival = deadline
                    if runs[index][number].place == pattern.blocks.count {
                        ended.append((index, runs[index].remove(at: number)))
                    }
                }
            }
            for (index, run) in ended.sorted(by: { ($0.0, $0.1.start) < ($1.0, $1.1.start) }) {
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
        for index in patterns.indices where patterns[index].sees(event) {
            let pattern = patterns[index]
            if pattern.hasKey, event.key == nil { continue }
            let key = pattern.hasKey ? event.key : nil
            offer(event, key, to: index)
            start(event, key, in: index)
        }
    }

    private mutating func offer(_ event: ReferenceEvent, _ key: String?, to index: Int) {
        var stay: [Run] = []
        var ended: [Run] = []
        for var run in runs[index] {
            switch run.key == key ? offer(event, to: &run, patterns[index]) : .stays {
            case .stays: stay.append(run)
            case .halts: break
            case .completes: ended.append(run)
            }
        }
        runs[index] = stay
        for run in ended { complete(index, run, event.timestamp) }
    }

    private func offer(_ event: ReferenceEvent, to run: inout Run, _ pattern: ReferencePattern) -> Fate {
        let scope = ReferenceScope(
            event: event, key: run.key, history: run.history, now: max(clock, event.timestamp))
        let preconditions = pattern.preconditions.map { $0.outcome(scope) }
        if preconditions.contains(false) { return .halts }
        if preconditions.contains(nil) { return .stays }
        if pattern.haltconditions.contains(where: { $0.outcome(scope) == true }) { return .halts }
        var place = run.place
        while true {
            let block = pattern.blocks[place]
            if block.unless.contains(where: { $0.outcome(scope) == true }) { return .halts }
            let outcomes = block.predicates.map { $0.outcome(scope) }
            let matched = outcomes.firstIndex(of: true)
            let failed = matched == nil && outcomes.contains(nil)
            var group = block.group
            if let matched { group = block.ownGroups[matched] ?? group }
            var target = place + 1
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
            case .absent:
                return matched != nil ? .halts : .stays
            }
            if run.history.count >= pattern.maximumHistory { return .halts }
            run.history.append(ReferenceAccepted(event: event, group: group))
            if target != run.place {
                run.place = target
                run.arrival = event.timestamp
            }
            return target == pattern.blocks.count ? .completes : .stays
        }
    }

    private mutating func start(_ event: ReferenceEvent, _ key: String?, in index: Int) {
        let pattern = patterns[index]
        let scope = ReferenceScope(event: event, key: key, history: [], now: max(clock, event.timestamp))
        let block = pattern.blocks[0]
        guard let matched = block.predicates.firstIndex(where: { $0.outcome(scope) == true }),
            !block.unless.contains(where: { $0.outcome(scope) == true })
        else { return }
        let group = block.ownGroups[matched] ?? block.group
        let run = Run(
            start: starts, key: key, history: [ReferenceAccepted(event: event, group: group)],
            arrival: event.timestamp)
        if pattern.blocks.count == 1 {
            starts += 1
            complete(index, run, event.timestamp)
            return
        }
        if pattern.isSingleton, runs[index].contains(where: { $0.key == key }) { return }
        if runs[index].count >= pattern.maximumRuns,
            let oldest = runs[index].indices.min(by: {
                (runs[index][$0].first, runs[index][$0].start) < (runs[index][$1].first, runs[index][$1].start)
            })
        {
            runs[index].remove(at: oldest)
        }
        starts += 1
        runs[index].append(run)
    }

    private mutating func complete(_ index: Int, _ run: Run, _ time: Int64) {
        let pattern = patterns[index]
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
