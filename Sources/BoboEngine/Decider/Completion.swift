import CEL

/// What runs that complete together have in common.
// Safe: it changes only until the engine hands out the first complex event of it, and while the engine's thread alone holds it.
final class CompletionGroup: @unchecked Sendable {
    let frame: ComplexEventFrame
    /// The pattern's place in the order of output.
    let pattern: Int
    /// The pattern, for who makes the complex events.
    // Safe: patterns are replaced only when all have been made.
    let unheldCompiled: Unmanaged<CompiledPattern>
    let key: Value
    /// Of the pattern and the key: what the runs' identifiers begin with.
    let keyHash: Hash128
    /// What they accepted together, oldest first, after what each accepted by itself.
    let shared: ContiguousArray<Accepted>
    /// The `ts` of the event that completed them, or the deadline of the timer.
    let timestamp: Int64
    /// Whether a peer completed them.
    let isFromPeer: Bool
    /// The greatest depth of an event that they accepted together.
    let depth: Int
    /// How many runs.
    @exclusivity(unchecked) var count = 0
    /// What is the same in their complex events, as bytes, where they are several.
    @exclusivity(unchecked) var text: CompletionGroupText?

    init(
        _ compiled: CompiledPattern, key: Value, keyHash: Hash128, shared: ContiguousArray<Accepted>, timestamp: Int64,
        isFromPeer: Bool = false
    ) {
        frame = compiled.frame
        pattern = compiled.order
        unheldCompiled = .passUnretained(compiled)
        self.key = key
        self.keyHash = keyHash
        self.shared = shared
        self.timestamp = timestamp
        self.isFromPeer = isFromPeer
        var depth = 0
        for accepted in shared { depth = max(depth, accepted.event.depth) }
        self.depth = depth
    }
}

/// A run that is complete.
struct Completion: Sendable {
    let group: CompletionGroup
    let start: UInt64
    let first: Accepted
    /// What the run accepted by itself after the first.
    let own: ContiguousArray<Accepted>

    init(_ group: CompletionGroup, start: UInt64, first: consuming Accepted, own: consuming ContiguousArray<Accepted>) {
        self.group = group
        self.start = start
        self.first = first
        self.own = own
        group.count += 1
    }

    /// A run that completes by itself.
    init(
        _ compiled: CompiledPattern, start: UInt64, key: Value, history: RunHistory, timestamp: Int64,
        isFromPeer: Bool = false
    ) {
        self.init(
            CompletionGroup(
                compiled, key: key, keyHash: compiled.keyHash(key), shared: history.shared, timestamp: timestamp,
                isFromPeer: isFromPeer),
            start: start, first: history.first, own: history.own)
    }

    var history: RunHistory { RunHistory(first: first, own: own, shared: group.shared) }

    /// Of how many complex events, each from the one before, the last stands in its history.
    var depth: Int {
        var depth = max(group.depth, first.event.depth)
        for accepted in own { depth = max(depth, accepted.event.depth) }
        return depth
    }
}
