import CEL

/// Where the events of one topic go: found by the topic's name once, then kept.
final class Route {
    /// A pattern that may care about the events of the topic.
    struct Interest {
        let matcher: Matcher
        /// By filter number of the pattern, whether the topic passes.
        let matches: [Bool]
        /// Any of these must hold of an event for the pattern to see it; nil: it sees all of the topic.
        let conditions: [Program]?
    }

    /// The patterns that care only where one field equals one of their constants.
    fileprivate struct Index {
        let path: Int
        var places: [KeyValue: [Int]] = [:]
        /// Of those that test this field, for a message that does not have it: their predicates are to fail.
        var all: [Int] = []
    }

    let topic: Topic
    let sensor: Sensor?
    /// The numbers of the filters of patterns' `state` that the topic passes.
    let stateFilters: [Int]
    /// In the order of output.
    private let interests: [Interest]
    private var unconditional: [Int] = []
    private var indices: [Index] = []

    init(topic: Topic, sensor: Sensor?, stateFilters: [Int], interests: [Interest]) {
        self.topic = topic
        self.sensor = sensor
        self.stateFilters = stateFilters
        self.interests = interests
        for (number, interest) in interests.enumerated() {
            // What a pattern passes by is to be explained, too.
            guard interest.matcher.witness == nil, let guardian = interest.matcher.compiled.guardian else {
                unconditional.append(number)
                continue
            }
            let place = indices.firstIndex { $0.path == guardian.path } ?? indices.endIndex
            if place == indices.endIndex { indices.append(Index(path: guardian.path)) }
            indices[place].all.append(number)
            for value in guardian.values { indices[place].places[value, default: []].append(number) }
        }
    }

    /// Whether nobody cares for the topic.
    var isEmpty: Bool { interests.isEmpty && stateFilters.isEmpty }

    /// Calls `body` with those patterns that may care about the event, in the order of output.
    func forEachInterest(in event: Event, _ body: (Interest) -> Void) {
        if indices.isEmpty {
            for number in unconditional { body(interests[number]) }
            return
        }
        if unconditional.isEmpty, indices.count == 1 {
            for number in indices[0].candidates(event) { body(interests[number]) }
            return
        }
        var candidates = unconditional
        for index in indices { candidates += index.candidates(event) }
        candidates.sort()
        for number in candidates { body(interests[number]) }
    }
}

extension Route.Index {
    func candidates(_ event: Event) -> [Int] {
        guard let value = try? event.value(atPath: path), let key = KeyValue(value) else { return all }
        return places[key] ?? []
    }
}
