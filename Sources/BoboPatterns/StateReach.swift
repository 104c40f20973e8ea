import BoboTopics

/// The topics whose last messages a pattern keeps.
enum StateReach {
    case none
    /// Said, but wrong, which has been reported.
    case unsound
    case kept([TopicFilter])

    /// Why a constant topic, or filter, can find nothing; nil where it can.
    static func refusal(of text: String, toFilter isFilter: Bool, _ filters: [TopicFilter]) -> String? {
        let listed = filters.map(\.text).joined(separator: ", ")
        if isFilter {
            do throws(TopicError) {
                let filter = try TopicFilter(text)
                return filters.contains { $0.overlaps(filter) }
                    ? nil : "found \(text), which no filter of this pattern's \"state\" (\(listed)) can meet"
            } catch {
                return "expected a topic filter: \(error)"
            }
        }
        do throws(TopicError) {
            let topic = try TopicName(text)
            return filters.contains { $0.matches(topic) }
                ? nil : "found \(text), which this pattern's \"state\" (\(listed)) does not keep"
        } catch {
            return "expected a topic: \(error)"
        }
    }
}
