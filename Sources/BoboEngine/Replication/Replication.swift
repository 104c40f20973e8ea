import CEL

/// What an engine that shares its runs with other gateways keeps besides the runs.
final class Replication {
    /// What is known of an active run.
    struct Facts {
        let identifier: RunIdentifier
        let matcher: Matcher
        /// The number of events in the history, and the hash of their identifiers.
        var length: Int
        var hash: Hash128
        /// The `ts` of its last event where that was read elsewhere, else `.min`.
        var foreignUntil: Int64
        /// That event, where others read what is read here, until it is read here, too: one of its topic and time that is
        /// read before came before it.
        var foreignLast: Event?
        /// Since when the run is active here, by `time`.
        let since: Int64
        /// The `ts` of its last event.
        var last: Int64
        /// When it came to where it is: the `ts` of the event that it accepted last or that closed its loop, or the deadline
        /// of the wait that it outlasted.
        var arrival: Int64
    }

    /// A wait at an `absent` block that is over by the clock, and not yet decided.
    struct Wait {
        let number: UInt64
        var deadline: Int64
        /// What `only_if` came to at the deadline; nil: it has none.
        let holds: Bool?
    }

    /// The end of a singleton's run while a peer's change was applied, or of a rest: its key is free for events that came
    /// since.
    struct Freed {
        let matcher: Matcher
        let key: KeyValue
        /// The `ts` of the end. Events that are later may begin a run, and the one that ended a rest.
        let timestamp: Int64
        var ending: EventIdentifier?
    }

    /// A key of a singleton with two runs, and when one of them is to halt, by `time`.
    struct Contest {
        let matcher: Matcher
        let key: KeyValue
        let due: Int64
    }

    let catchUp: Int64
    let rememberAge: Int64
    let readsTogether: Bool
    private let source: String
    private var numbers: [RunIdentifier: Int32] = [:]
    /// By the run's number in the forest.
    private var facts = ContiguousArray<Facts?>()
    private var patterns: [PatternName: Matcher] = [:]

    var remembered: RememberedRuns
    var recent = RecentEvents()
    var counters = ReplicationCounters()
    /// Milliseconds of a clock that is never set back, as told last.
    private(set) var time: Int64 = 0
    private var held: HeldEvents
    /// Whether the event at hand may stand in a run's history already.
    private(set) var isSuspect = false
    /// By node of the forest.
    var pending: [Int32: Wait] = [:]
    /// Runs that have outlived their `within` but for the decision of an `absent` that was over before; they stand in no
    /// list of ages.
    var undecided: Set<Int32> = []
    /// Whether a halt by the clock is told to the others.
    private(set) var announcesHalts = false
    var contests: [Contest] = []
    /// Runs that have come or advanced from a peer and have not caught up yet.
    var behind: [RunIdentifier] = []
    var freed: [Freed] = []
    /// Rests that have begun or ended here, which the others are to hear of.
    var restChanges: [RestCopy] = []
    /// Whether a peer's change, or what follows of it, is at work.
    var isApplying = false

    init(_ options: EngineOptions) {
        catchUp = max(0, options.catchUp)
        rememberAge = options.rememberAge
        readsTogether = options.readsTogether
        source = options.source
        remembered = RememberedRuns(limit: options.rememberedRuns)
        held = HeldEvents(age: options.rememberAge)
    }

    func pass(to time: Int64) {
        self.time = max(time, self.time)
        held.pass(to: self.time)
    }

    func tell(_ rest: KeyRest, of compiled: CompiledPattern) {
        if let copy = compiled.copy(of: rest) { restChanges.append(copy) }
    }

    /// The machine's date has stepped.
    func shift(by milliseconds: Int64) {
        for node in pending.keys { pending[node]?.deadline.add(milliseconds) }
    }

    // MARK: Patterns

    func serve(_ matchers: [Matcher]) {
        patterns = [:]
        for matcher in matchers {
            patterns[matcher.compiled.name] = matcher
        }
        recent.keep(only: matchers)
    }

    func matcher(_ phenomenon: String, _ pattern: String) -> Matcher? {
        patterns[PatternName(phenomenon: phenomenon, pattern: pattern)]
    }

    // MARK: Active runs

    var identifiers: Dictionary<RunIdentifier, Int32>.Keys { numbers.keys }

    func number(of run: RunIdentifier) -> Int32? { numbers[run] }

    /// Of an active run.
    func facts(of run: Int32) -> Facts? { Int(run) < facts.count ? facts[Int(run)] : nil }

    /// Whether the run is active or among the remembered ones.
    func knows(_ run: RunIdentifier) -> Bool { numbers[run] != nil || remembered[run] != nil }

    /// A run that an event began here.
    func begin(_ run: Int32, of matcher: Matcher, key: Value, _ first: Accepted) {
        var hash = Hash128()
        hash.combine(first.event)
        hold(first.event)
        let identifier = matcher.compiled.identifier(key: key, first: first.event)
        set(
            Facts(
                identifier: identifier, matcher: matcher, length: 1, hash: hash, foreignUntil: .min, foreignLast: nil,
                since: time, last: first.event.timestamp,
                arrival: first.event.timestamp),
            of: run)
    }

    /// A run as it came from a peer.
    /// - Parameter last: of its history.
    func take(_ copy: RunCopy, last: Event, as run: Int32, of matcher: Matcher) {
        copy.history.forEach { hold($0.event) }
        let rank = copy.rank
        let isForeign = !wasReadHere(last)
        set(
            Facts(
                identifier: copy.identifier, matcher: matcher, length: rank.length, hash: rank.hash,
                foreignUntil: isForeign ? last.timestamp : .min,
                foreignLast: isForeign && readsTogether ? last : nil,
                since: facts(of: run)?.since ?? time, last: last.timestamp,
                arrival: copy.arrival ?? matcher.compiled.arrival(at: copy.block, last: last.timestamp)),
            of: run)
        behind.append(copy.identifier)
    }

    /// The run's last event, which others have read, has been read here, too.
    func readForeignLast(of run: Int32) { facts[Int(run)]?.foreignLast = nil }

    private func set(_ new: Facts, of run: Int32) {
        while facts.count <= Int(run) { facts.append(nil) }
        facts[Int(run)] = new
        numbers[new.identifier] = run
    }

    /// What a change says of its runs. Those that end are taken out, and remembered.
    func record(
        _ kind: Change.Kind, _ runs: [Int32], _ accepted: Accepted?, _ timestamp: Int64
    ) -> [Change.RunPart] {
        if let event = accepted?.event { hold(event) }
        return runs.compactMap { run in
            guard var known = facts(of: run) else { return nil }
            var part = Change.RunPart(identifier: known.identifier, base: known.length)
            part.baseHash = known.hash
            switch kind {
            case .started: break
            case .advanced:
                known.arrival = timestamp
                guard let accepted else {
                    facts[Int(run)] = known
                    break
                }
                known.length += 1
                known.hash.combine(accepted.event)
                known.last = accepted.event.timestamp
                known.foreignUntil = .min
                known.foreignLast = nil
                facts[Int(run)] = known
            case .completed: end(run, .completed, timestamp)
            // Another version of the pattern, here or elsewhere, may have the run yet.
            case .halted(.replaced): end(run, nil, timestamp)
            case .halted: end(run, .halted, timestamp, isSilent: kind.isLocal && !announcesHalts)
            }
            part.hash = known.hash
            return part
        }
    }

    /// Takes an active run out.
    /// - Parameter isSilent: Whether the others are not told.
    func end(_ run: Int32, _ status: RememberedRuns.Status?, _ timestamp: Int64, isSilent: Bool = false) {
        guard let identifier = facts(of: run)?.identifier else { return }
        if !undecided.isEmpty { undecided.remove(run) }
        facts[Int(run)] = nil
        numbers[identifier] = nil
        guard let status else { return }
        remembered.insert(identifier, status, ended: time, timestamp: timestamp, isSilent: isSilent)
    }

    func remember(_ run: RunIdentifier, _ status: RememberedRuns.Status, _ timestamp: Int64) {
        remembered.insert(run, status, ended: time, timestamp: timestamp)
    }

    /// Halts by the clock within `body` are told to the others.
    func announce(_ body: () -> Void) {
        announcesHalts = true
        body()
        announcesHalts = false
    }

    func undecided(of matcher: Matcher) -> [Int32] {
        undecided.filter { facts(of: $0)?.matcher === matcher }.sorted()
    }

    // MARK: Events

    func look(at event: Event) {
        if case .hashed(let hash) = event.identifier { isSuspect = held.mayHold(hash) } else { isSuspect = false }
    }

    private func hold(_ event: Event) {
        if case .hashed(let hash) = event.identifier { held.insert(hash) }
    }

    private func wasReadHere(_ event: Event) -> Bool {
        if case .counted(source, _) = event.identifier { true } else { false }
    }
}
