/// The topics that messages came on: how many, and the last of each. A bound on their number and on each payload holds the
/// memory that it takes.
package struct TopicActivity: Sendable {
    package struct Line: Sendable {
        package let topic: String
        package fileprivate(set) var count = 0
        /// The `ts` of arrival of the last message, milliseconds since 1970.
        package fileprivate(set) var last: Int64 = 0
        /// Of the last message, cut at `maximumPayload`.
        package fileprivate(set) var payload: [UInt8] = []
        package fileprivate(set) var isCut = false
    }

    /// More topics are counted together.
    package static let maximumTopics = 2000
    package static let maximumPayload = 512

    private var places: [String: Int] = [:]
    package private(set) var lines: [Line] = []
    /// Messages of topics beyond the bound.
    package private(set) var others = 0

    package init() {}

    package mutating func note(_ topic: String, _ payload: [UInt8], arrival: Int64) {
        guard let place = places[topic] ?? add(topic) else {
            others += 1
            return
        }
        lines[place].count += 1
        lines[place].last = arrival
        // Of a short one the array itself is shared, not copied.
        lines[place].isCut = payload.count > TopicActivity.maximumPayload
        lines[place].payload = lines[place].isCut ? Array(payload.prefix(TopicActivity.maximumPayload)) : payload
    }

    private mutating func add(_ topic: String) -> Int? {
        guard lines.count < TopicActivity.maximumTopics else { return nil }
        lines.append(Line(topic: topic))
        places[topic] = lines.count - 1
        return lines.count - 1
    }
}
