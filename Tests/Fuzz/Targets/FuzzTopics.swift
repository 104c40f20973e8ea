import BoboTopics

/// Filters, and last a topic, with bytes of 0xFF between them.
func fuzzTopics(_ input: [UInt8]) {
    let parts = input.parts.prefix(12).map(\.text)
    let filters = parts.dropLast().compactMap { try? TopicFilter($0) }
    for filter in filters { expect((try? TopicFilter(filter.text)) == filter, "a filter is what its text says") }
    for one in filters {
        expect(one.covers(one) && one.overlaps(one) && one.isCovered(by: [one]), "a filter covers itself")
        for two in filters {
            let both = one.intersection(two)
            expect(
                one.covers(both ?? one) && two.covers(both ?? two), "\(one) and \(two) in common: \(both?.text ?? "")")
            expect((both == nil) == (two.intersection(one) == nil), "\(one) and \(two) overlap either way or not")
            // Where one alone names topics with $, no filter covers both.
            let join = one.join(two)
            if both != nil { expect(join.covers(one) && join.covers(two), "\(one) and \(two) joined: \(join)") }
            if one.covers(two) { expect(two.isCovered(by: [one]), "\(one) covers \(two)") }
        }
    }
    guard let name = parts.last, let topic = try? TopicName(name) else { return }
    for filter in filters {
        expect(filter.matches(topic) == matches(filter.levels[...], topic.levels[...]), "\(filter) matches \(topic)")
        expect(filter.covers(TopicFilter(topic)) == filter.matches(topic), "\(filter) covers \(topic)")
    }
    let matching = filters.filter { $0.matches(topic) }
    for one in matching {
        for two in matching { expect(one.intersection(two)?.matches(topic) == true, "\(topic) is common to both") }
        if one.isCovered(by: filters.filter { $0 != one }) {
            expect(filters.contains { $0 != one && $0.matches(topic) }, "\(topic) is covered by another")
        }
    }
}

/// The rule of MQTT 5.0, section 4.7, written once more.
private func matches(_ filter: ArraySlice<TopicFilter.Level>, _ topic: ArraySlice<Substring>, isFirst: Bool = true)
    -> Bool
{
    guard let level = filter.first else { return topic.isEmpty }
    let isReserved = isFirst && topic.first?.utf8.first == UInt8(ascii: "$")
    switch level {
    case .rest: return !isReserved
    case .single: return !topic.isEmpty && !isReserved && matches(filter.dropFirst(), topic.dropFirst(), isFirst: false)
    case .literal(let text):
        return topic.first.map { $0 == text } == true && matches(filter.dropFirst(), topic.dropFirst(), isFirst: false)
    }
}
