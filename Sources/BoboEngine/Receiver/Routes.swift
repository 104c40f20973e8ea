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

    @exclusivity(unchecked) private var known = TopicTable()
    /// The same by the numbers of their topics.
    @exclusivity(unchecked) private var numbered: ContiguousArray<Route> = []
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

    /// Has what the topics of lines lead to brought into the processor's caches, that of many lines at once: of ten thousand
    /// topics hardly one is there.
    @inline(__always)
    func prefetch(_ lines: borrowing FixedArray<bobo_scanned_line>, _ count: Int) {
        if known.count >= Routes.manyTopics { known.prefetch(lines, count) }
    }

    /// What belongs to fewer is in the caches anyway.
    private static let manyTopics = 500

    @inline(never)
    private func insert(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<TopicTable.Slot>? {
        guard let topic = try? TopicName(String(decoding: bytes, as: UTF8.self)) else { return nil }
        if known.count >= Routes.maximumTopics {
            known = TopicTable()
            numbered = []
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
        let interests = FixedArray(count: bounds.count - 1) { place in
            let inputs = found[bounds[place]..<bounds[place + 1]].map(\.input)
            let matcher = found[bounds[place]].matcher
            return Route.Interest(
                matcher: matcher,
                matches: matcher.compiled.filters.map { $0.contains { $0.matches(levels: levels) } },
                conditions: inputs.contains { $0.expression == nil } ? nil : inputs.compactMap(\.expression),
                on: topic)
        }
        let sensor = own ? nil : sensors.first { $0.filter.matches(levels: levels) }
        let kept = states.matches(levels).filter { !own || $0.on.firstLiteral == prefix }
        return Route(
            topic: topic, isOwn: isOwn(name: name.text), sensor: sensor, stateFilters: kept.map(\.number).sorted(),
            interests: interests)
    }
}
