import BoboTopics
import CEL
import CSimdjson

/// The way from a topic to the patterns that care about it. What a topic leads to is found once, then kept; so that topics
/// without end (a random part in each) cost no memory without end, all is forgotten at a bound.
final class Routes {
    private struct Filtered {
        let matcher: Matcher
        let input: Pattern.Input
    }

    static let maximumTopics = 200_000

    @exclusivity(unchecked) private(set) var known = TopicTable()
    let passedOver = PassedOver()
    /// How often all has been forgotten.
    @exclusivity(unchecked) private(set) var generation = 0
    /// The same by the numbers of their topics.
    @exclusivity(unchecked) private var numbered: ContiguousArray<Route> = []
    /// By the patterns' places in the order of output.
    private var candidates: [[Int]: Candidates] = [:]
    private let filters: FilterTree<Filtered>
    private let states: FilterTree<(number: Int, on: TopicFilter)>
    private let sensors: [Sensor]
    private let prefix: String

    init(
        matchers: [Matcher], state: [TopicFilter] = [], sensors: [Sensor], defaultInput: [TopicFilter],
        prefix: String
    ) {
        self.sensors = sensors
        self.prefix = prefix
        var filters = FilterTree<Filtered>()
        for matcher in matchers {
            for input in matcher.compiled.inputs(default: defaultInput) {
                filters.insert(Filtered(matcher: matcher, input: input), at: input.on)
            }
        }
        self.filters = filters
        var states = FilterTree<(number: Int, on: TopicFilter)>()
        for (number, filter) in state.enumerated() { states.insert((number, filter), at: filter) }
        self.states = states
        // Topics that patterns name are found before their first event comes.
        for matcher in matchers.prefix(Routes.maximumTopics / 2) {
            for input in matcher.compiled.inputs(default: defaultInput) where !input.on.hasWildcards {
                add(input.on.text)
            }
        }
    }

    /// nil where the text is no topic.
    func route(_ name: String) -> Route? {
        var name = name
        // Read only within the closure.
        return name.withUTF8 { slot(UnsafeRawBufferPointer($0))?.pointee.route }
    }

    /// For an event's topic. Those of other routes than these are found by their names.
    @inline(__always)
    func route(of topic: Topic) -> Route? {
        if topic.number < numbered.count, numbered[topic.number].topic === topic { return numbered[topic.number] }
        return route(topic.name.text)
    }

    /// The same for a text that is at hand as bytes of UTF-8, with what lies beside the route; good until another topic is
    /// asked for.
    @inline(__always)
    func slot(_ name: UnsafeRawBufferPointer) -> UnsafeMutablePointer<TopicTable.Slot>? {
        known[name] ?? insert(name)
    }

    /// Whether what topics lead to is more than the processor's caches hold.
    @inline(__always)
    var areMany: Bool { known.count >= Routes.manyTopics }

    private static let manyTopics = 500

    private func add(_ name: String) {
        var name = name
        // Read only within the closure.
        name.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            if known.count < Routes.maximumTopics / 2, known[bytes] == nil { _ = insert(bytes) }
        }
    }

    @inline(never)
    private func insert(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<TopicTable.Slot>? {
        guard let topic = try? TopicName(String(decoding: bytes, as: UTF8.self)) else { return nil }
        if known.count >= Routes.maximumTopics {
            passedOver.tell()
            known = TopicTable()
            numbered = []
            candidates = [:]
            generation += 1
        }
        let route = find(topic)
        numbered.append(route)
        return known.insert(route, for: bytes)
    }

    /// Complex and action events come back within; what the broker has of them is not read.
    private func isOwn(name: String) -> Bool {
        name.utf8.starts(with: prefix.utf8)
            && name.utf8.dropFirst(prefix.utf8.count).first.map { $0 == UInt8(ascii: "/") } ?? true
    }

    private func find(_ name: TopicName) -> Route {
        let levels = name.levels
        let own = levels[0] == prefix
        // Complex and action events are seen through filters that name the prefix.
        var found = filters.matches(levels).filter { !own || $0.input.on.firstLiteral == prefix }
        found.sort { $0.matcher.compiled.order < $1.matcher.compiled.order }
        let topic = Topic(name, number: numbered.count)
        let bounds = found.indices.filter { $0 == 0 || found[$0 - 1].matcher !== found[$0].matcher } + [found.count]
        let matchers = bounds.dropLast().map { found[$0].matcher }
        let terms = (0..<bounds.count - 1).map { place in
            let inputs = found[bounds[place]..<bounds[place + 1]].map(\.input)
            let matcher = matchers[place]
            return Route.Terms(
                matcher,
                matches: matcher.compiled.filters.map { $0.contains { $0.matches(levels: levels) } },
                conditions: inputs.contains { $0.expression == nil } ? nil : inputs.compactMap(\.expression),
                on: topic)
        }
        let sensor = own ? nil : sensors.first { $0.filter.matches(levels: levels) }
        let kept = states.matches(levels).filter { !own || $0.on.firstLiteral == prefix }
        return Route(
            topic: topic, isOwn: isOwn(name: name.text), sensor: sensor, stateFilters: kept.map(\.number).sorted(),
            matchers: matchers, terms: terms, candidates: candidates(of: matchers))
    }

    private func candidates(of matchers: [Matcher]) -> Candidates {
        let orders = matchers.map(\.compiled.order)
        if let known = candidates[orders] { return known }
        let new = Candidates(matchers)
        candidates[orders] = new
        return new
    }
}
