package import BoboEngine
private import CEL

/// What is on a broker: of each topic how often messages come and what their payloads hold. What is beyond the bounds is
/// counted, not kept.
package struct TopicSurvey {
    package struct Limits: Sendable {
        package var topics = 10_000
        /// Of one topic, and of all together.
        package var fields = 100
        package var allFields = 200_000
        /// How deep objects within objects are looked into; a deeper one counts as one field.
        package var depth = 8
        /// Bytes of a field's names together; a field of longer ones is only counted.
        package var names = 300
        /// Bytes of the last message.
        package var payload = 4096

        package init() {}
    }

    package struct Topic: Sendable {
        package let name: String
        /// All of them.
        package fileprivate(set) var messages = 0
        /// Of `messages`, those that the broker had stored.
        package fileprivate(set) var stored = 0
        /// In the order in which they first came.
        package fileprivate(set) var fields: [FieldSummary] = []
        /// The most fields beyond those that one message had.
        package fileprivate(set) var furtherFields = 0
        /// Its beginning only, where it is longer than `size`.
        package fileprivate(set) var last: [UInt8] = []
        package fileprivate(set) var format = Body.Format.text
        package fileprivate(set) var size = 0
        fileprivate var places: [PayloadPath: Int] = [:]
        fileprivate var arrivals: (first: Int64, last: Int64)?

        /// Milliseconds from one message that was not stored to the next, on the average.
        package var interval: Double? {
            guard let arrivals, messages - stored > 1 else { return nil }
            return Double(arrivals.last - arrivals.first) / Double(messages - stored - 1)
        }
    }

    package private(set) var messages = 0
    /// Messages of topics beyond the bound.
    package private(set) var furtherMessages = 0
    private var kept: [Topic] = []
    private var places: [String: Int] = [:]
    private var fieldCount = 0
    private let limits: Limits
    private let reader: PayloadReader

    package init(limits: Limits = Limits()) throws {
        self.limits = limits
        reader = try PayloadReader()
    }

    package var topicCount: Int { kept.count }

    /// In the order of their names.
    package var topics: [Topic] { kept.sorted { $0.name < $1.name } }

    /// - Parameter arrival: In milliseconds, of a clock that does not go back.
    package mutating func add(topic name: String, _ payload: UnsafeRawBufferPointer, isRetained: Bool, arrival: Int64) {
        messages += 1
        guard let place = place(of: name) else {
            furtherMessages += 1
            return
        }
        kept[place].messages += 1
        if isRetained {
            kept[place].stored += 1
        } else {
            kept[place].arrivals = (kept[place].arrivals?.first ?? arrival, arrival)
        }
        let (value, format) = reader.read(payload)
        kept[place].last = Array(payload.prefix(limits.payload))
        kept[place].format = format
        kept[place].size = payload.count
        var beyond = 0
        add(value, [], to: place, &beyond)
        kept[place].furtherFields = max(kept[place].furtherFields, beyond)
    }

    private mutating func place(of name: String) -> Int? {
        if let place = places[name] { return place }
        guard kept.count < limits.topics else { return nil }
        places[name] = kept.count
        kept.append(Topic(name: name))
        return kept.count - 1
    }

    private mutating func add(_ value: Value, _ names: [String], to topic: Int, _ beyond: inout Int) {
        if case .map(let map) = value, map.count > 0, names.count < limits.depth {
            for case (.string(let name), let value) in map { add(value, names + [name], to: topic, &beyond) }
            return
        }
        let path = PayloadPath(names)
        if let place = kept[topic].places[path] {
            kept[topic].fields[place].add(value)
            return
        }
        let length = names.reduce(0) { $0 + $1.utf8.count }
        guard kept[topic].fields.count < limits.fields, fieldCount < limits.allFields, length <= limits.names else {
            beyond += 1
            return
        }
        fieldCount += 1
        kept[topic].places[path] = kept[topic].fields.count
        var field = FieldSummary(path)
        field.add(value)
        kept[topic].fields.append(field)
    }
}
