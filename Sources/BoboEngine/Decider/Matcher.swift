import CEL
import CSimdjson

/// The runs of one pattern, and what events and time do to them.
final class Matcher {
    // What each event asks for stands first, together: of ten thousand patterns what it takes up is what the processor's caches
    // must hold.
    @exclusivity(unchecked) var compiled: CompiledPattern { didSet { unheldCompiled = .passUnretained(compiled) } }
    @exclusivity(unchecked) private(set) var unheldCompiled: Unmanaged<CompiledPattern>
    /// Of a pattern without a key: where its runs are, found without a hash.
    @exclusivity(unchecked) var soleKeyState: Int32?
    let isKeyed: Bool
    @exclusivity(unchecked) var active = 0
    /// How many runs wait at each block, as last counted; nil: some have begun, moved or ended since.
    @exclusivity(unchecked) var counted: [Int32]?
    /// Most patterns have one key.
    @exclusivity(unchecked) var keyStates = Slab<KeyState>(capacity: 1)
    /// Of runs whose first event bears an identifier of the sensor's, so that it may come again.
    @exclusivity(unchecked) var identified: Set<RunIdentifier> = []
    /// Where the runs' ways are to be explained.
    @exclusivity(unchecked) var witness: Witness?
    /// Of a pattern with a block that compares an event with the history of each run.
    @exclusivity(unchecked) var waiting: WaitingIndexes?
    /// Of a pattern with `rest`; where runs are shared, also of one with `after_match`.
    let rests: RestTable?
    @exclusivity(unchecked) var ages: RunAges
    /// When the next timer for `within` is due.
    var armed: Int64?
    @exclusivity(unchecked) var keyNumbers = KeyIndex()
    private(set) var unseen = 0
    /// Of a pattern with `previous`: by key, the last event that it saw.
    private let previous: PreviousEvents?
    /// Of a pattern with `recent`: by key, the last events that it saw.
    let recent: RecentWindows?
    /// Of a pattern with `state`: the numbers of its filters.
    @exclusivity(unchecked) var stateFilters: [Int] = []
    /// Of a pattern in which a run that completes halts the others: those that one event or deadline has brought to the end.
    @exclusivity(unchecked) var finishing: [(node: Int32, keyState: Int32)] = []

    /// - Parameters:
    ///   - isShared: Whether the runs are shared with other gateways.
    ///   - fewRuns: So many at one place are asked one by one, even where an index could tell which to ask.
    init(_ compiled: CompiledPattern, isShared: Bool, fewRuns: Int) {
        self.compiled = compiled
        unheldCompiled = .passUnretained(compiled)
        waiting = WaitingIndexes(compiled, fewRuns: fewRuns)
        isKeyed = compiled.pattern.key != nil
        previous = compiled.readsPrevious ? PreviousEvents() : nil
        recent = compiled.recent.map(RecentWindows.init)
        let ends = compiled.rest != nil || isShared && compiled.isExclusive
        ages = RunAges(isKept: compiled.within != nil)
        rests = ends ? RestTable(limit: compiled.maximumRuns) : nil
    }

    /// An event that passes the pattern's filters.
    func take(
        _ offer: Offer, _ interest: Route.Interest, _ state: inout RunState, _ scope: Scope
    ) {
        scope.view = nil
        scope.key = .null
        let terms = interest.terms
        if let conditions = terms?.conditions {
            scope.look(at: offer.event)
            guard conditions.contains(where: { (try? $0.holds(scope)) == true }) else {
                witness?.begin(.unseen(.input), offer, self, state)
                return
            }
        }
        if let path = compiled.keyPath, let node = offer.event.content.node(Int(path)),
            bobo_json_kind(node.pointee.kind) == bobo_json_text
        {
            take(
                offer, textKey: UnsafeRawBufferPointer(start: node.pointee.text, count: Int(node.pointee.count)),
                &state, scope)
            return
        }
        guard let (key, value) = terms?.topicKey.map({ ($0.key, $0.value) }) ?? key(offer, scope) else {
            unseen += 1
            witness?.begin(.unseen(.key), offer, self, state)
            return
        }
        scope.key = value
        if compiled.isSpecial || state.replication != nil {
            takeSpecially(offer, key, value, &state, scope)
        } else {
            let known = active == 0 ? nil : number(of: key)
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
        if let (group, position) = unheldCompiled._withUnsafeGuaranteedRef({ $0.start(offer, scope) }) {
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
        let known = active == 0 ? nil : number(of: key)
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

    /// Where the key's runs are; nil where it has none.
    @inline(__always)
    func number(of key: KeyValue) -> Int32? { isKeyed ? keyNumbers[key] : soleKeyState }

    /// Sets the scope up for what few patterns read.
    func prepare(_ scope: Scope) {
        if compiled.readsState { scope.stateFilters = stateFilters }
    }

    private func key(_ offer: Offer, _ scope: Scope) -> (KeyValue, Value)? {
        guard isKeyed, let program = compiled.pattern.key else { return (.none, .null) }
        scope.look(at: offer.event)
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

    /// - Parameter mayIndex: whether all runs of the place are there.
    @inline(__always)
    func offer(
        _ offer: Offer, at place: KeyState.Place, mayIndex: Bool = true, _ keyState: Int32, _ state: inout RunState,
        _ scope: Scope
    ) {
        if compiled.steps[Int(place.position.block)].readsHistory {
            if mayIndex, let waiting, offerByIndex(offer, waiting, place, keyState, &state, scope) { return }
            offerOneByOne(offer, place, keyState, &state, scope)
        } else {
            scope.witness?.begin(place, state.forest.runs(below: place.root), offer, self, state)
            let decision = unheldCompiled._withUnsafeGuaranteedRef { $0.decide(offer, at: place.position, scope) }
            move(decision, place, keyState, offer.event, &state)
        }
    }

    /// Of runs that one event completes, the one that started first comes first.
    func sortCompletions(from first: Int, _ state: inout RunState) {
        guard state.effects.completions.count > first + 1 else { return }
        state.effects.completions.sort(from: first) { $0.start < $1.start }
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
        arm(before, deadline: state.forest.deadline(of: before), &state)
    }
}
