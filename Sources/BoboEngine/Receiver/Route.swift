import CEL

extension Program {
    /// Whether it reads of an event nothing but its topic, and that.
    var readsTopicAlone: Bool {
        let event = ExpressionEnvironment.Slot.event.rawValue
        let ofTopic = [ExpressionEnvironment.EventField.topic, .levels].map(\.rawValue)
        guard let fields, hostCalls.isEmpty, objectPaths.isEmpty, slots.isSubset(of: [event]) else { return false }
        return !fields.isEmpty && fields.allSatisfy { $0.slot == event && ofTopic.contains($0.index) }
    }
}

/// The key of all events on one topic.
final class TopicKey: Sendable {
    let key: KeyValue
    let value: Value

    /// - Parameter program: the key, which reads the topic alone.
    /// - Returns: nil where it gives none.
    init?(_ program: Program, on topic: Topic) {
        let scope = Scope(timezone: "UTC")
        scope.event = Event(
            identifier: .counted(source: "", number: 0), timestamp: 0, topic: topic, content: EventContent(),
            paths: Paths.none)
        guard let value = try? program.evaluate(scope), let key = KeyValue(value) else { return nil }
        self.key = key
        self.value = value
    }
}

/// Where the events of one topic go: found by the topic's name once, then kept.
final class Route {
    /// A pattern that may care about the events of the topic.
    struct Interest {
        // Safe: the route holds both.
        let unheldMatcher: Unmanaged<Matcher>
        private let unheldTerms: Unmanaged<Terms>?

        fileprivate init(_ matcher: Matcher, _ terms: Terms?) {
            unheldMatcher = .passUnretained(matcher)
            unheldTerms = terms.map { .passUnretained($0) }
        }

        @inline(__always)
        var terms: Terms? { unheldTerms?.takeUnretainedValue() }
    }

    /// What the topic, beside its name, means to a pattern. Mostly there is nothing.
    final class Terms {
        /// By filter number of the pattern, whether the topic passes.
        let matches: TopicMatches?
        /// Any of these must hold of an event for the pattern to see it; nil: it sees all of the topic.
        let conditions: [Program]?
        /// The pattern's key, where it follows from the topic alone.
        let topicKey: TopicKey?

        init?(_ matcher: Matcher, matches: [Bool], conditions: [Program]?, on topic: Topic) {
            let topicKey = matcher.compiled.topicKey.flatMap { TopicKey($0, on: topic) }
            guard !matches.isEmpty || conditions != nil || topicKey != nil else { return nil }
            self.matches = TopicMatches(matches)
            self.conditions = conditions
            self.topicKey = topicKey
        }
    }

    // What each event of a topic that one pattern alone sees asks for stands first, together: of ten thousand topics what it
    // takes up is what the processor's caches must hold.
    let topic: Topic
    /// Whether complex and action events go there, of which what the broker has is not read.
    let isOwn: Bool
    /// Whether one pattern alone sees the topic, so that it is what `find(in:)` finds, if it finds any.
    let isSole: Bool
    let sensor: Sensor?
    /// The numbers of the filters of patterns' `state` that the topic passes.
    let stateFilters: [Int]
    /// The first of the patterns that see the topic.
    private let first: Interest?
    /// In the order of output.
    private let interests: FixedArray<Interest>
    private let candidates: Candidates
    private let matchers: [Matcher]
    private let terms: [Terms?]

    /// - Parameters:
    ///   - matchers: Of the patterns that see the topic, in the order of output.
    ///   - terms: Theirs.
    ///   - candidates: Of these.
    init(
        topic: Topic, isOwn: Bool, sensor: Sensor?, stateFilters: [Int], matchers: [Matcher], terms: [Terms?],
        candidates: Candidates
    ) {
        self.topic = topic
        self.isOwn = isOwn
        self.sensor = sensor
        self.stateFilters = stateFilters
        let interests = zip(matchers, terms).map { Interest($0, $1) }
        first = interests.first
        isSole = interests.count == 1
        self.interests = FixedArray(interests)
        self.matchers = matchers
        self.terms = terms
        self.candidates = candidates
    }

    /// Whether nobody cares for the topic.
    var isEmpty: Bool { interests.isEmpty && stateFilters.isEmpty }

    /// Between which a field of all messages must lie for no pattern to care, where that is all there is to it.
    var idleBounds: Guard.Bounds? {
        sensor == nil && !isOwn && stateFilters.isEmpty ? candidates.idleBounds : nil
    }

    /// There is an event that none of the patterns' conditions fails on.
    func acquit() {
        for matcher in matchers { matcher.compiled.acquit() }
    }

    /// The first of the patterns that see the topic.
    @inline(__always)
    var unheldMatcher: Unmanaged<Matcher>? { first?.unheldMatcher }

    /// Finds those patterns that may care about an event of that content, for `interest(_:)`.
    /// - Returns: how many.
    @inline(__always)
    func find(in content: EventContent) -> Int { candidates.find(in: content) }

    /// One of the patterns that were found last, by its place in the order of output.
    @inline(__always)
    func interest(_ place: Int) -> Interest {
        guard isSole, let first else { return oneOfMany(place) }
        return first
    }

    // By itself, so that nothing of the candidates is read where there are none.
    @inline(never)
    private func oneOfMany(_ place: Int) -> Interest { interests[candidates.number(place)] }
}
