import CEL
import CSimdjson
import DequeModule

/// The runs of one pattern, and what events and time do to them.
final class Matcher {
    /// A run that may have ended since; its number in the forest may serve another run by then.
    struct RunReference {
        let run: Int32
        let start: UInt64
        /// The `ts` of its first event.
        let timestamp: Int64
    }

    @exclusivity(unchecked) var compiled: CompiledPattern
    /// Of a pattern without a key: where its runs are, found without a hash.
    @exclusivity(unchecked) var soleKeyState: Int32?
    let isKeyed: Bool
    @exclusivity(unchecked) var active = 0
    @exclusivity(unchecked) var keyNumbers = KeyIndex()
    /// Of ten thousand patterns most have one key, and what they take up is what the processor's caches must hold.
    @exclusivity(unchecked) var keyStates = Slab<KeyState>(empty: KeyState(key: .none, value: .null), capacity: 1)
    /// The active runs (and some that have ended) by the `ts` of their first event, then by their start.
    @exclusivity(unchecked) var ages = Deque<RunReference>()
    /// When the next timer for `within` is due.
    var armed: Int64?
    /// Of runs whose first event bears an identifier of the sensor's, so that it may come again.
    @exclusivity(unchecked) var identified: Set<RunIdentifier> = []
    private(set) var unseen = 0
    /// Where the runs' ways are to be explained.
    @exclusivity(unchecked) var witness: Witness?
    /// Of a pattern with `previous`: by key, the last event that it saw.
    private let previous: PreviousEvents?
    /// Of a pattern with `recent`: by key, the last events that it saw.
    let recent: RecentWindows?
    /// Of a pattern with `rest`; where runs are shared, also of one with `after_match`.
    let rests: RestTable?
    /// Of a pattern with `state`: the numbers of its filters.
    @exclusivity(unchecked) var stateFilters: [Int] = []
    /// Of a pattern in which a run that completes halts the others: those that one event or deadline has brought to the end.
    @exclusivity(unchecked) var finishing: [(node: Int32, keyState: Int32)] = []

    /// - Parameter isShared: Whether the runs are shared with other gateways.
    init(_ compiled: CompiledPattern, isShared: Bool) {
        self.compiled = compiled
        isKeyed = compiled.pattern.key != nil
        previous = compiled.readsPrevious ? PreviousEvents() : nil
        recent = compiled.recent.map(RecentWindows.init)
        let ends = compiled.rest != nil || isShared && compiled.isExclusive
        rests = ends ? RestTable(limit: compiled.pattern.maximumRuns) : nil
    }

    /// An event that passes the pattern's filters.
    func take(_ offer: Offer, _ conditions: [Program]?, _ state: inout RunState, _ scope: Scope) {
        scope.event = offer.event
        scope.view = nil
        scope.key = .null
        if let conditions, !conditions.contains(where: { (try? $0.holds(scope)) == true }) {
            witness?.begin(.unseen(.input), offer, self, state)
            return
        }
        if let path = compiled.keyPath, let node = offer.event.content.node(path),
            bobo_json_kind(node.pointee.kind) == bobo_json_text
        {
            take(
                offer, textKey: UnsafeRawBufferPointer(start: node.pointee.text, count: Int(node.pointee.count)),
                &state, scope)
            return
        }
        guard let (key, value) = offer.topicKey ?? key(scope) else {
            unseen += 1
            witness?.begin(.unseen(.key), offer, self, state)
            return
        }
        scope.key = value
        if compiled.isSpecial || state.replication != nil {
            takeSpecially(offer, key, value, &state, scope)
        } else {
            let known = active == 0 ? nil : isKeyed ? keyNumbers[key] : soleKeyState
            take(offer, known, &state, scope) { (key, value) }
        }
    }

    /// The key is a text of the payload, of which no `String` is made but for a run that starts, or for an expression that
    /// reads the key.
    @inline(__always)
    private func take(
        _ offer: Offer, textKey bytes: UnsafeRawBufferPointer, _ state: inout RunState, _ scope: Scope
    ) {
        guard !compiled.isSpecial, !compiled.readsKey, state.replication == nil else {
            let text = String(decoding: bytes, as: UTF8.self)
            scope.key = .string(text)
            takeSpecially(offer, KeyValue(text), .string(text), &state, scope)
            return
        }
        take(offer, active == 0 ? nil : keyNumbers[text: bytes], &state, scope) {
            let text = String(decoding: bytes, as: UTF8.self)
            return (KeyValue(text), .string(text))
        }
    }

    /// Of a pattern with nothing of `takeSpecially`, in a gateway by itself.
    @inline(__always)
    private func take(
        _ offer: Offer, _ known: Int32?, _ state: inout RunState, _ scope: Scope, key: () -> (KeyValue, Value)
    ) {
        if let known {
            let completed = state.effects.completions.count
            offerToRuns(offer, known, &state, scope)
            sortCompletions(from: completed, &state)
            scope.view = nil
        }
        scope.witness?.begin(.start, offer, self, state)
        if let (group, position) = compiled.start(offer, scope) {
            let (key, value) = key()
            start(Accepted(event: offer.event, group: group), at: position, key, value, known, &state, scope)
        }
        if let known { dropIfIdle(known) }
    }

    /// Of a pattern with `previous`, `state`, `rest` or `after_match`, or one whose runs are shared.
    @inline(never)
    private func takeSpecially(
        _ offer: Offer, _ key: KeyValue, _ value: Value, _ state: inout RunState, _ scope: Scope
    ) {
        prepare(scope)
        if let previous { scope.previous = previous.table[key] }
        if let recent { scope.recent = recent.take(offer.event, for: key) }
        let mayStart = !isResting(offer, key, &state, scope)
        take(offer, key, value, mayStart: mayStart, &state, scope)
        previous?.table.set(offer.event, for: key)
    }

    private func take(
        _ offer: Offer, _ key: KeyValue, _ value: Value, mayStart: Bool, _ state: inout RunState, _ scope: Scope
    ) {
        let known = active == 0 ? nil : isKeyed ? keyNumbers[key] : soleKeyState
        let completed = state.effects.completions.count
        if let replication = state.replication {
            replication.recent.keep(
                offer, of: self, key, previous: compiled.readsPrevious ? scope.previous : nil,
                recent: recent == nil ? nil : scope.recent?.copy, at: replication.time)
            if let known { offerWithExceptions(offer, known, replication, &state, scope) }
        } else if let known {
            offerToRuns(offer, known, &state, scope)
        }
        sortCompletions(from: completed, &state)
        scope.view = nil
        // The event that completed a run starts none where the others of its key are to halt.
        let isFree = finishing.isEmpty || !finish(offer.event.timestamp, &state, scope)
        scope.witness?.begin(.start, offer, self, state)
        if mayStart, isFree, let (group, position) = compiled.start(offer, scope) {
            start(Accepted(event: offer.event, group: group), at: position, key, value, known, &state, scope)
        }
        if let known { dropIfIdle(known) }
    }

    /// Sets the scope up for what few patterns read.
    func prepare(_ scope: Scope) {
        if compiled.readsState { scope.stateFilters = stateFilters }
    }

    private func key(_ scope: Scope) -> (KeyValue, Value)? {
        guard isKeyed, let program = compiled.pattern.key else { return (.none, .null) }
        guard let value = try? program.evaluate(scope), let key = KeyValue(value) else { return nil }
        return (key, value)
    }

    private func offerToRuns(_ offer: Offer, _ keyState: Int32, _ state: inout RunState, _ scope: Scope) {
        var below: Position?
        while let place = keyStates[keyState].place(below: below) {
            below = place.position
            self.offer(offer, at: place, keyState, &state, scope)
        }
    }

    @inline(__always)
    func offer(
        _ offer: Offer, at place: KeyState.Place, _ keyState: Int32, _ state: inout RunState, _ scope: Scope
    ) {
        if compiled.steps[Int(place.position.block)].readsHistory {
            offerOneByOne(offer, place, keyState, &state, scope)
        } else {
            scope.witness?.begin(place, state.forest.runs(below: place.root), offer, self, state)
            let decision = compiled.decide(offer, at: place.position, scope)
            move(decision, place, keyState, offer.event, &state)
        }
    }

    /// Of runs that one event completes, the one that started first comes first.
    func sortCompletions(from first: Int, _ state: inout RunState) {
        let completions = state.effects.completions
        guard completions.count > first + 1 else { return }
        for index in (first + 1)..<completions.count where completions[index - 1].start > completions[index].start {
            state.effects.completions[first...].sort { $0.start < $1.start }
            return
        }
    }

    private func offerOneByOne(
        _ offer: Offer, _ place: KeyState.Place, _ keyState: Int32, _ state: inout RunState, _ scope: Scope
    ) {
        let groupCount = compiled.pattern.groups.count
        for run in state.forest.runs(below: place.root) {
            single(out: run, at: place, &state)
            scope.view = state.forest.view(of: run, groupCount: groupCount)
            scope.witness?.begin(place, [run], offer, self, state)
            let decision = compiled.decide(offer, at: place.position, scope)
            carry(out: decision, on: run, place, keyState, offer.event, &state)
        }
        scope.view = nil
        removeIfEmpty(place, keyState, &state)
    }

    /// Of a run that stands directly below its root.
    func carry(
        out decision: Decision, on run: Int32, _ place: KeyState.Place, _ keyState: Int32, _ event: Event,
        _ state: inout RunState
    ) {
        switch decision {
        case .ignore: break
        case .halt(let reason): end(run, reason, event.timestamp, &state)
        case .accept(let group, let target):
            let accepted = Accepted(event: event, group: group)
            advance(run, from: place, accepted, to: target, keyState, &state)
        case .move(let target):
            let leaf = state.forest.runs[run].node
            record(.advanced, [run], block: Int(target.block), nil, event.timestamp, &state)
            state.forest.unlink(leaf)
            arrive(leaf, at: target, keyState, event.timestamp, &state)
        }
    }

    func single(out run: Int32, at place: KeyState.Place, _ state: inout RunState) {
        let before = state.forest.runs[run].node
        let parent = state.forest.nodes[before].parent
        state.forest.single(out: run)
        guard parent != state.forest.nodes[before].parent, waits(at: place.position) else { return }
        arm(before, deadline: state.forest.nodes[before].deadline, &state)
    }

    // MARK: Moves

    /// A run that stands directly below its root accepts an event by itself.
    private func advance(
        _ run: Int32, from place: KeyState.Place, _ accepted: Accepted, to target: Position,
        _ keyState: Int32, _ state: inout RunState
    ) {
        let timestamp = accepted.event.timestamp
        guard 1 + state.forest.runs[run].own.count < compiled.pattern.maximumHistory else {
            end(run, .maximumHistory, timestamp, &state)
            return
        }
        let leaf = state.forest.runs[run].node
        record(.advanced, [run], block: Int(target.block), accepted, timestamp, &state)
        state.forest.extend(run, accepted)
        guard target != place.position else {
            if case .absent(let milliseconds) = compiled.steps[Int(target.block)].role {
                arm(leaf, deadline: timestamp.addingClamped(milliseconds), &state)
                state.abandonTimers()
            }
            return
        }
        state.forest.unlink(leaf)
        arrive(leaf, at: target, keyState, timestamp, &state)
    }

    /// All runs of a place fare alike.
    private func move(
        _ decision: Decision, _ place: KeyState.Place, _ keyState: Int32, _ event: Event, _ state: inout RunState
    ) {
        switch decision {
        case .ignore: return
        case .halt(let reason): haltAll(reason, place, keyState, event.timestamp, &state)
        case .move(let target): moveAll(place, to: target, keyState, event.timestamp, &state)
        case .accept(let group, let target):
            haltLongest(place, event.timestamp, &state)
            guard !removeIfEmpty(place, keyState, &state) else { return }
            let only = state.forest.nodes[place.root].firstChild
            let run = state.forest.nodes[only].run
            let accepted = Accepted(event: event, group: group)
            if run != RunForest.none, state.forest.nodes[only].next == RunForest.none {
                advance(run, from: place, accepted, to: target, keyState, &state)
                removeIfEmpty(place, keyState, &state)
            } else {
                advanceGroup(place, accepted, to: target, keyState, &state)
            }
        }
    }

    func haltAll(
        _ reason: HaltReason, _ place: KeyState.Place, _ keyState: Int32, _ timestamp: Int64, _ state: inout RunState
    ) {
        let runs = state.forest.runs(below: place.root)
        record(.halted(reason), runs, block: Int(place.position.block), nil, timestamp, &state)
        forget(runs, keyState, state)
        state.counters.countHalt(reason, runs.count)
        keyStates[keyState].removePlace(at: place.position)
        // Each child of the place has come at another time, and has its own timer.
        let arrivals = state.forest.childCount(of: place.root)
        state.forest.remove(tree: place.root)
        if waits(at: place.position) { state.abandonTimers(arrivals) }
    }

    /// All runs of a place go on without the event, which has closed their loop.
    private func moveAll(
        _ place: KeyState.Place, to target: Position, _ keyState: Int32, _ timestamp: Int64, _ state: inout RunState
    ) {
        if state.effects.recordsChanges {
            let runs = state.forest.runs(below: place.root)
            record(.advanced, runs, block: Int(target.block), nil, timestamp, &state)
        }
        for child in state.forest.children(of: place.root) {
            state.forest.unlink(child)
            arrive(child, at: target, keyState, timestamp, &state)
        }
        removeIfEmpty(place, keyState, &state)
    }

    /// The root itself becomes the node of the event that all runs below it accept.
    private func advanceGroup(
        _ place: KeyState.Place, _ accepted: Accepted, to target: Position, _ keyState: Int32,
        _ state: inout RunState
    ) {
        let node = place.root
        let timestamp = accepted.event.timestamp
        if state.effects.recordsChanges {
            let runs = state.forest.runs(below: node)
            record(.advanced, runs, block: Int(target.block), accepted, timestamp, &state)
        }
        state.forest.nodes[node].accepted = accepted
        state.forest.nodes[node].longest += 1
        state.forest.nodes[node].keyState = RunForest.none
        guard target == place.position else {
            keyStates[keyState].removePlace(at: place.position)
            arrive(node, at: target, keyState, timestamp, &state)
            return
        }
        let root = state.forest.makeRoot(keyState: keyState, position: place.position)
        keyStates[keyState].set(root: root, at: place.position)
        state.forest.append(node, to: root)
        guard case .absent(let milliseconds) = compiled.steps[Int(target.block)].role else { return }
        let children = state.forest.children(of: node)
        for child in children {
            state.forest.nodes[child].timer = 0
            state.forest.nodes[child].deadline = .max
        }
        arm(node, deadline: timestamp.addingClamped(milliseconds), &state)
        state.abandonTimers(children.count)
    }

    /// Runs below a node that stands in no list come to wait at a block, or are complete.
    func arrive(
        _ node: Int32, at position: Position, _ keyState: Int32, _ timestamp: Int64, _ state: inout RunState
    ) {
        guard Int(position.block) < compiled.steps.count else {
            if compiled.isExclusive {
                state.forest.nodes[node].parent = RunForest.none
                finishing.append((node, keyState))
            } else {
                complete(node, keyState, timestamp, &state)
            }
            return
        }
        state.forest.append(node, to: root(at: position, keyState, &state))
        if case .absent(let milliseconds) = compiled.steps[Int(position.block)].role {
            arm(node, deadline: timestamp.addingClamped(milliseconds), &state)
        }
    }

    func arm(_ node: Int32, deadline: Int64, _ state: inout RunState) {
        let number = state.timers.nextNumber()
        state.forest.nodes[node].deadline = deadline
        state.forest.nodes[node].timer = number
        let first = state.forest.firstRun(below: node)
        state.timers.insert(
            Timer(
                deadline: deadline, pattern: compiled.order, start: state.forest.runs[first].start,
                subject: .absent(node: node, number: number)))
    }

    private func complete(_ node: Int32, _ keyState: Int32, _ timestamp: Int64, _ state: inout RunState) {
        let value = keyStates[keyState].value
        let keyHash = compiled.keyHash(value)
        let order = compiled.order
        let isTold = state.effects.recordsChanges
        var runs: [Int32] = []
        var copies: [RunCopy] = []
        var count = 0
        state.forest.forEachHistory(below: node) { run, start, history in
            count += 1
            state.effects.completions.append(
                Completion(
                    pattern: order, start: start, key: value, keyHash: keyHash, history: history, timestamp: timestamp))
            if isTold || !identified.isEmpty { runs.append(run) }
            if state.replication != nil { copies.append(compiled.copy(of: history, key: value)) }
        }
        state.counters.completed += count
        record(.completed, runs, block: compiled.steps.count, nil, timestamp, copies: copies, &state)
        forget(runs, count: count, keyState, state)
        state.forest.remove(tree: node)
    }

    func root(at position: Position, _ keyState: Int32, _ state: inout RunState) -> Int32 {
        if let root = keyStates[keyState].root(at: position) { return root }
        let root = state.forest.makeRoot(keyState: keyState, position: position)
        keyStates[keyState].set(root: root, at: position)
        return root
    }

    @discardableResult
    func removeIfEmpty(_ place: KeyState.Place, _ keyState: Int32, _ state: inout RunState) -> Bool {
        guard keyStates[keyState].root(at: place.position) == place.root else { return true }
        guard state.forest.isEmpty(root: place.root) else { return false }
        keyStates[keyState].removePlace(at: place.position)
        state.forest.nodes.remove(place.root)
        return true
    }

    func dropIfIdle(_ keyState: Int32) {
        guard keyStates[keyState].active == 0, keyNumbers[keyStates[keyState].key] == keyState else { return }
        keyNumbers.remove(keyStates[keyState].key)
        soleKeyState = nil
        keyStates.remove(keyState)
    }
}

extension Int64 {
    /// A time in milliseconds so much later, the latest there is where it lies beyond.
    func addingClamped(_ milliseconds: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(milliseconds)
        return overflow ? milliseconds < 0 ? .min : .max : sum
    }

    mutating func add(_ milliseconds: Int64) { self = addingClamped(milliseconds) }
}
