import BoboTopics
import CEL

/// The last messages of the topics that patterns name under `state`.
final class StateStore {
    /// An entry of some pattern's `state`; patterns with the same one share it.
    struct Filter {
        let on: TopicFilter
        /// Over the event alone; nil: all of the topic's messages count.
        let condition: Program?

        fileprivate var identity: Identity { Identity(on: on, condition: condition?.source) }
    }

    fileprivate struct Identity: Hashable {
        let on: TopicFilter
        let condition: String?
    }

    /// A message that is the last of its topic.
    private struct Kept {
        var filter: Int
        var event: Event
        /// The event's, and later by the steps of the machine's date since.
        var timestamp: Int64
        var order: UInt64
    }

    private(set) var filters: [Filter] = []
    private var numbers: [Identity: Int] = [:]
    private var topics: RecencyTable<ExactText, ContiguousArray<Kept>>
    /// By filter: the topics that have a message for it, in order.
    private var names: [[ExactText]] = []
    private var order: UInt64 = 0
    /// The filters that expressions have asked by, read once.
    private var asked: [String: TopicFilter] = [:]

    /// - Parameter limit: so many topics are kept; beyond, the one longest unchanged goes.
    init(limit: Int) { topics = RecencyTable(limit: limit) }

    var topicCount: Int { topics.count }

    var dropped: Int { topics.dropped }

    // MARK: Filters

    /// The number of a pattern's entry.
    func number(of input: Pattern.Input) -> Int {
        let filter = Filter(on: input.on, condition: input.expression)
        if let number = numbers[filter.identity] { return number }
        filters.append(filter)
        names.append([])
        numbers[filter.identity] = filters.count - 1
        return filters.count - 1
    }

    /// Takes what another store has kept, for the filters that both have.
    func take(over former: StateStore) {
        var places: [Int: Int] = [:]
        for (identity, number) in former.numbers { places[number] = numbers[identity] }
        var all: [Kept] = []
        former.topics.forEachValue { all += $0 }
        for kept in all.sorted(by: { $0.order < $1.order }) {
            if let filter = places[kept.filter] { set(kept.event, at: kept.timestamp, filter) }
        }
    }

    // MARK: Messages

    /// Takes a message that passes the topic filters of those numbers.
    func take(_ event: Event, _ numbers: [Int], _ scope: Scope) {
        for number in numbers {
            if let condition = filters[number].condition {
                scope.event = event
                scope.view = nil
                guard (try? condition.holds(scope)) == true else { continue }
            }
            set(event, at: event.timestamp, number)
        }
    }

    /// A message that is earlier than the one that is kept, a late one, is not the last.
    private func set(_ event: Event, at timestamp: Int64, _ filter: Int) {
        let topic = ExactText(event.topic.name.text)
        var all = topics[topic] ?? []
        order += 1
        let kept = Kept(filter: filter, event: event, timestamp: timestamp, order: order)
        if let place = all.firstIndex(where: { $0.filter == filter }) {
            guard timestamp >= all[place].timestamp else { return }
            all[place] = kept
        } else {
            all.append(kept)
            let place = place(of: topic, in: filter)
            names[filter].insert(topic, at: place)
        }
        guard let gone = topics.set(all, for: topic) else { return }
        for kept in gone.value {
            let place = place(of: gone.key, in: kept.filter)
            if names[kept.filter].indices.contains(place), names[kept.filter][place] == gone.key {
                names[kept.filter].remove(at: place)
            }
        }
    }

    private func place(of topic: ExactText, in filter: Int) -> Int {
        var (low, high) = (0, names[filter].count)
        while low < high {
            let middle = (low + high) / 2
            if names[filter][middle].isBefore(topic) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The machine's date has stepped.
    func shift(by milliseconds: Int64) {
        topics.forEachValue { all in
            for place in all.indices { all[place].timestamp = all[place].timestamp.addingClamped(milliseconds) }
        }
    }

    // MARK: Reading

    /// The last message of a topic that passes one of those filters.
    func latest(_ topic: ExactText, of filters: [Int]) -> Event? {
        guard let all = topics[topic] else { return nil }
        var last: Kept?
        for kept in all where filters.contains(kept.filter) {
            if let known = last, (kept.timestamp, kept.order) < (known.timestamp, known.order) { continue }
            last = kept
        }
        return last?.event
    }

    /// - Throws: `TopicError` where the text is no topic filter.
    func filter(_ text: String) throws(TopicError) -> TopicFilter {
        if let filter = asked[text] { return filter }
        let filter = try TopicFilter(text)
        if asked.count >= 1000 { asked = [:] }
        asked[text] = filter
        return filter
    }

    /// The last message of each topic that passes one of those filters and `wanted`, in order of topic.
    func latest(matching wanted: TopicFilter, of filters: [Int]) -> [Event] {
        var found: [ExactText] = []
        var sources = 0
        for filter in filters where self.filters[filter].on.overlaps(wanted) {
            sources += 1
            if self.filters[filter].on == wanted {
                found += names[filter]
            } else {
                found += names[filter].filter { name in
                    (try? TopicName(name.text)).map(wanted.matches) ?? false
                }
            }
        }
        if sources > 1 {
            found = Array(Set(found)).sorted { $0.isBefore($1) }
        }
        return found.compactMap { latest($0, of: filters) }
    }
}

extension ExactText {
    /// In the order of the bytes.
    fileprivate func isBefore(_ other: ExactText) -> Bool {
        text.utf8.lexicographicallyPrecedes(other.text.utf8)
    }
}
