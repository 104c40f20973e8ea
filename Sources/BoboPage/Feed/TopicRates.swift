import BoboGateway

/// How often messages come on topics.
struct TopicRates {
    /// A topic, and its messages a second; nil where that is not known yet.
    struct Rate {
        /// Its place among the topics.
        let place: Int
        let perSecond: Double?
    }

    static let maximumCount = 60

    private var counts: [Int] = []
    private var date: Int64 = 0

    /// Those on which most messages come, then those that came last.
    mutating func busiest(_ topics: TopicActivity, date now: Int64) -> [Rate] {
        let seconds = Double(now - date) / 1000
        let isKnown = date > 0 && seconds > 0
        let lines = topics.lines
        let differences = lines.indices.map { $0 < counts.count ? lines[$0].count - counts[$0] : lines[$0].count }
        counts = lines.map(\.count)
        date = now
        let order = lines.indices.sorted {
            (differences[$0], lines[$0].last) > (differences[$1], lines[$1].last)
        }
        return order.prefix(TopicRates.maximumCount).map {
            Rate(place: $0, perSecond: isKnown ? Double(differences[$0]) / seconds : nil)
        }
    }
}
