import CEL

extension Program {
    /// The key that it gives for each event on the topic; nil where it reads more than that, or gives none.
    fileprivate func value(on topic: Topic) -> (key: KeyValue, value: Value)? {
        let event = ExpressionEnvironment.Slot.event.rawValue
        let ofTopic = [ExpressionEnvironment.EventField.topic, .levels].map(\.rawValue)
        guard let fields, hostCalls.isEmpty, objectPaths.isEmpty, slots.isSubset(of: [event]), !fields.isEmpty,
            fields.allSatisfy({ $0.slot == event && ofTopic.contains($0.index) })
        else { return nil }
        let scope = Scope(timezone: "UTC")
        scope.event = Event(
            identifier: .counted(source: "", number: 0), timestamp: 0, topic: topic, content: EventContent(),
            paths: Paths(PathTable(), read: []))
        guard let value = try? evaluate(scope), let key = KeyValue(value) else { return nil }
        return (key, value)
    }
}

/// Where the events of one topic go: found by the topic's name once, then kept.
final class Route {
    /// A pattern that may care about the events of the topic.
    final class Interest {
        let matcher: Matcher
        /// By filter number of the pattern, whether the topic passes.
        let matches: [Bool]
        /// Any of these must hold of an event for the pattern to see it; nil: it sees all of the topic.
        let conditions: [Program]?
        /// The pattern's key, where it follows from the topic alone.
        let topicKey: (key: KeyValue, value: Value)?

        init(matcher: Matcher, matches: [Bool], conditions: [Program]?, on topic: Topic) {
            self.matcher = matcher
            self.matches = matches
            self.conditions = conditions
            topicKey = matcher.compiled.pattern.key.flatMap { $0.value(on: topic) }
        }
    }

    let topic: Topic
    /// Whether complex and action events go there, of which what the broker has is not read.
    let isOwn: Bool
    let sensor: Sensor?
    /// The numbers of the filters of patterns' `state` that the topic passes.
    let stateFilters: [Int]
    /// In the order of output.
    private let interests: ContiguousArray<Interest>
    private let candidates: Candidates

    init(topic: Topic, isOwn: Bool, sensor: Sensor?, stateFilters: [Int], interests: [Interest]) {
        self.topic = topic
        self.isOwn = isOwn
        self.sensor = sensor
        self.stateFilters = stateFilters
        self.interests = ContiguousArray(interests)
        // What a pattern passes by is to be explained, too.
        candidates = Candidates(
            interests.map { $0.matcher.witness == nil ? $0.matcher.compiled.guardian : nil },
            acquit: { number in interests[number].matcher.compiled.predicates.forEach { $0.acquit() } })
    }

    /// Whether nobody cares for the topic.
    var isEmpty: Bool { interests.isEmpty && stateFilters.isEmpty }

    /// Whether no pattern cares about an event of that content.
    @inline(__always)
    func isIdle(_ content: EventContent) -> Bool { stateFilters.isEmpty && candidates.areNone(of: content) }

    /// Between which a field of all messages must lie for no pattern to care, where that is all there is to it.
    var idleBounds: Guard.Bounds? {
        sensor == nil && !isOwn && stateFilters.isEmpty ? candidates.idleBounds : nil
    }

    /// Calls `body` with those patterns that may care about the event, in the order of output.
    @inline(__always)
    func forEachInterest(in event: Event, _ body: (Interest) -> Void) {
        candidates.forEach(in: event.content) { body(interests[$0]) }
    }
}
