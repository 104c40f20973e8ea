import CEL
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

    var compiled: CompiledPattern
    /// Of a pattern without a key: where its runs are, found without a hash.
    var soleKeyState: Int32?
    let isKeyed: Bool
    var active = 0
    var keyNumbers: [KeyValue: Int32] = [:]
    /// Of ten thousand patterns most have one key, and what they take up is what the processor's caches must hold.
    var keyStates = Slab<KeyState>(empty: KeyState(key: .none, value: .null), capacity: 1)
    /// The active runs (and some that have ended) by the `ts` of their first event, then by their start.
    var ages = Deque<RunReference>()
    /// When the next timer for `within` is due.
    var armed: Int64?
    /// Of runs whose first event bears an identifier of the sensor's, so that it may come again.
    var identified: Set<RunIdentifier> = []
    private(set) var unseen = 0
    /// Where the runs' ways are to be explained.
    var witness: Witness?

    init(_ compiled: CompiledPattern) {
        self.compiled = compiled
        isKeyed = compiled.pattern.key != nil
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
        guard let (key, value) = key(scope) else {
            unseen += 1
            witness?.begin(.unseen(.key), offer, self, state)
            return
        }
        scope.key = value
        let known = active == 0 ? nil : isKeyed ? keyNumbers[key] : soleKeyState
        let completed = state.effects.completions.count
        if let replication = state.replication {
            replication.recent.keep(offer, of: self, key, at: replication.time)
            if let known { offerWithExceptions(offer, known, replication, &state, scope) }
        } else if let known {
            offerToRuns(offer, known, &state, scope)
        }
        sortCompletions(from: completed, &state)
        scope.view = nil
        scope.witness?.begin(.start, offer, self, state)
        if let group = compiled.start(offer, scope) {
            start(Accepted(event: offer.event, group: group), key, value, known, &state)
        }
        if let known { dropIfIdle(known) }
    }

    private func key(_ scope: Scope) -> (KeyValue, Value)? {
        guard isKeyed, let program = compiled.pattern.key else { return (.none, .null) }
        guard let value = try? program.evaluate(scope), let key = KeyValue(value) else { return nil }
        return (key, value)
    }

    private func offerToRuns(_ offer: Offer, _ keyState: Int32, _ state: inout RunState, _ scope: Scope) {
        var below = Int32.max
        while let place = keyStates[keyState].place(below: below) {
            below = place.block
            self.offer(offer, at: place, keyState, &state, scope)
        }
    }

    @inline(__always)
    func offer(
        _ offer: Offer, at place: KeyState.Place, _ keyState: Int32, _ state: inout RunState, _ scope: Scope
    ) {
        if compiled.steps[Int(place.block)].readsHistory {
            offerOneByOne(offer, place, keyState, &state, scope)
        } else {
            scope.witness?.begin(place, state.forest.runs(below: place.root), offer, self, state)
            let decision = compiled.decide(offer, at: Int(place.block), scope)
            move(decision, place, keyState, offer.event, &state)
        }
    }

    /// Of runs that one event completes, the one that started first comes first.
    func sortCompletions(from first: Int, _ state: inout RunState) {
        guard state.effects.completions.count > first + 1 else { return }
        let slice = state.effects.completions[first...]
        guard !zip(slice, slice.dropFirst()).allSatisfy({ $0.start < $1.start }) else { return }
        state.effects.completions[first...].sort { $0.start < $1.start }
    }

    private func offerOneByOne(
        _ offer: Offer, _ place: KeyState.Place, _ keyState: Int32, _ state: inout RunState, _ scope: Scope
    ) {
        let groupCount = compiled.pattern.groups.count
        for run in state.forest.runs(below: place.root) {
            single(out: run, at: place, &state)
            scope.view = state.forest.view(of: run, groupCount: groupCount)
            scope.witness?.begin(place, [run], offer, self, state)
            let decision = compiled.decide(offer, at: Int(place.block), scope)
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
        }
    }

    func single(out run: Int32, at place: KeyState.Place, _ state: inout RunState) {
        let before = state.forest.runs[run].node
        let parent = state.forest.nodes[before].parent
        state.forest.single(out: run)
        guard parent != state.forest.nodes[before].parent, case .absent = compiled.steps[Int(place.block)].role else {
            return
        }
        arm(before, deadline: state.forest.nodes[before].deadline, &state)
    }

    // MARK: Moves

    /// A run that stands directly below its root accepts an event by itself.
    private func advance(
        _ run: Int32, from place: KeyState.Place, _ accepted: Accepted, to target: Int, _ keyState: Int32,
        _ state: inout RunState
    ) {
        let timestamp = accepted.event.timestamp
        guard 1 + state.forest.runs[run].own.count < compiled.pattern.maximumHistory else {
            end(run, .maximumHistory, timestamp, &state)
            return
        }
        let leaf = state.forest.runs[run].node
        record(.advanced, [run], block: target, accepted, timestamp, &state)
        state.forest.extend(run, accepted)
        guard target != Int(place.block) else { return }
        state.forest.unlink(leaf)
        arrive(leaf, at: target, keyState, timestamp, &state)
    }

    /// All runs of a place fare alike.
    private func move(
        _ decision: Decision, _ place: KeyState.Place, _ keyState: Int32, _ event: Event, _ state: inout RunState
    ) {
        switch decision {
        case .ignore: return
        case .halt(let reason):
            let runs = state.forest.runs(below: place.root)
            record(.halted(reason), runs, block: Int(place.block), nil, event.timestamp, &state)
            forget(runs, keyState, state)
            state.counters.countHalt(reason, runs.count)
            keyStates[keyState].removePlace(at: place.block)
            // Each child of the place has come at another time, and has its own timer.
            let arrivals = state.forest.childCount(of: place.root)
            state.forest.remove(tree: place.root)
            if case .absent = compiled.steps[Int(place.block)].role { state.abandonTimers(arrivals) }
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

    /// The root itself becomes the node of the event that all runs below it accept.
    private func advanceGroup(
        _ place: KeyState.Place, _ accepted: Accepted, to target: Int, _ keyState: Int32, _ state: inout RunState
    ) {
        let node = place.root
        let timestamp = accepted.event.timestamp
        if state.effects.recordsChanges {
            record(.advanced, state.forest.runs(below: node), block: target, accepted, timestamp, &state)
        }
        state.forest.nodes[node].accepted = accepted
        state.forest.nodes[node].longest += 1
        state.forest.nodes[node].keyState = RunForest.none
        if target == Int(place.block) {
            let root = state.forest.makeRoot(keyState: keyState, block: place.block)
            keyStates[keyState].set(root: root, at: place.block)
            state.forest.append(node, to: root)
        } else {
            keyStates[keyState].removePlace(at: place.block)
            arrive(node, at: target, keyState, timestamp, &state)
        }
    }

    /// Runs below a node that stands in no list come to wait at a block, or are complete.
    func arrive(_ node: Int32, at block: Int, _ keyState: Int32, _ timestamp: Int64, _ state: inout RunState) {
        guard block < compiled.steps.count else {
            complete(node, keyState, timestamp, &state)
            return
        }
        let root: Int32
        if let existing = keyStates[keyState].root(at: Int32(block)) {
            root = existing
        } else {
            root = state.forest.makeRoot(keyState: keyState, block: Int32(block))
            keyStates[keyState].set(root: root, at: Int32(block))
        }
        state.forest.append(node, to: root)
        if case .absent(let milliseconds) = compiled.steps[block].role {
            arm(node, deadline: timestamp.addingClamped(milliseconds), &state)
        }
    }

    private func arm(_ node: Int32, deadline: Int64, _ state: inout RunState) {
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
        let first = state.effects.completions.count
        let order = compiled.order
        let histories = state.forest.histories(below: node)
        for (run, history) in histories {
            state.effects.completions.append(
                Completion(
                    pattern: order, start: state.forest.runs[run].start, key: value, history: history,
                    timestamp: timestamp))
        }
        state.counters.completed += state.effects.completions.count - first
        let runs = histories.map(\.0)
        let copies = state.replication == nil ? [] : histories.map { compiled.copy(of: $0.history, key: value) }
        record(.completed, runs, block: compiled.steps.count, nil, timestamp, copies: copies, &state)
        forget(runs, keyState, state)
        state.forest.remove(tree: node)
    }

    /// An `absent` is over: the runs go on without an event.
    func waitIsOver(_ node: Int32, deadline: Int64, _ state: inout RunState) {
        let root = state.forest.nodes[node].parent
        let (keyState, block) = (state.forest.nodes[root].keyState, state.forest.nodes[root].block)
        if state.effects.recordsChanges {
            record(.advanced, state.forest.runs(below: node), block: Int(block) + 1, nil, deadline, &state)
        }
        state.forest.nodes[node].timer = 0
        state.forest.nodes[node].deadline = .max
        state.forest.unlink(node)
        removeIfEmpty(KeyState.Place(block: block, root: root), keyState, &state)
        arrive(node, at: Int(block) + 1, keyState, deadline, &state)
        dropIfIdle(keyState)
    }

    @discardableResult
    func removeIfEmpty(_ place: KeyState.Place, _ keyState: Int32, _ state: inout RunState) -> Bool {
        guard keyStates[keyState].root(at: place.block) == place.root else { return true }
        guard state.forest.isEmpty(root: place.root) else { return false }
        keyStates[keyState].removePlace(at: place.block)
        state.forest.nodes.remove(place.root)
        return true
    }

    func dropIfIdle(_ keyState: Int32) {
        guard keyStates[keyState].active == 0, keyNumbers[keyStates[keyState].key] == keyState else { return }
        keyNumbers[keyStates[keyState].key] = nil
        soleKeyState = nil
        keyStates.remove(keyState)
    }
}

extension Int64 {
    /// A time in milliseconds so much later, the latest there is where it lies beyond.
    func addingClamped(_ milliseconds: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(milliseconds)
        return overflow ? .max : sum
    }
}
