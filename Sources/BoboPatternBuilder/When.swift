import BoboEngine
import BoboTopics

/// A condition on an event: its topic, and what a closure says of its payload and of the run.
///
/// A closure that throws, and a payload that is none of the type, are a failed condition, as in pattern files: no match,
/// and no proof of the contrary.
///
/// One that takes the event alone is asked once an event, however many runs there are; one that takes the run as well is
/// asked of each. Both may be called on any thread, and are to depend on nothing but what they are given: with several
/// gateways, each of them asks its own copy.
public struct When: Sendable {
    let topics: [String]
    let reach: NativeProgram.Reach
    /// nil: any event of these topics.
    let holds: (@Sendable (Event, Run) throws -> Bool)?
    let group: String
    /// Where it stands in the source.
    let place: String
}

/// What is made of one condition: `When` itself, and the blocks that wait for one.
public protocol ConditionTaking {
    init(_ condition: When)
}

extension When: ConditionTaking {
    public init(_ condition: When) { self = condition }
}

extension ConditionTaking {
    /// Any event.
    /// - Parameter topics: filters such as `home/+/smoke`; none: every event that the pattern sees.
    public init(on topics: String..., fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column) {
        self.init(
            When(topics: topics, reach: .event, holds: nil, group: "", place: "\(fileID):\(line):\(column)"))
    }

    /// Any event whose payload is of the group's type; it is accepted into the group.
    public init<Payload>(
        _ group: Group<Payload>, on topics: String..., fileID: StaticString = #fileID, line: UInt = #line,
        column: UInt = #column
    ) {
        self.init(
            When(
                topics: topics, reach: .event,
                holds: { event, _ in
                    _ = try group.cache.reading(event)
                    return true
                },
                group: group.name, place: "\(fileID):\(line):\(column)"))
    }

    /// An event of which a closure says so; it is accepted into the group.
    public init<Payload>(
        _ group: Group<Payload>, on topics: String..., fileID: StaticString = #fileID, line: UInt = #line,
        column: UInt = #column, where holds: @escaping @Sendable (Reading<Payload>) throws -> Bool
    ) {
        self.init(
            When(
                topics: topics, reach: .event, holds: { event, _ in try holds(group.cache.reading(event)) },
                group: group.name, place: "\(fileID):\(line):\(column)"))
    }

    /// An event of which a closure that reads the run says so; it is accepted into the group.
    public init<Payload>(
        _ group: Group<Payload>, on topics: String..., fileID: StaticString = #fileID, line: UInt = #line,
        column: UInt = #column, where holds: @escaping @Sendable (Reading<Payload>, Run) throws -> Bool
    ) {
        self.init(
            When(
                topics: topics, reach: .run, holds: { event, run in try holds(group.cache.reading(event), run) },
                group: group.name, place: "\(fileID):\(line):\(column)"))
    }

    /// An event of which a closure says so.
    public init<Payload: Decodable & Sendable>(
        on topics: String..., as type: Payload.Type, fileID: StaticString = #fileID, line: UInt = #line,
        column: UInt = #column, where holds: @escaping @Sendable (Reading<Payload>) throws -> Bool
    ) {
        let cache = PayloadCache<Payload>()
        self.init(
            When(
                topics: topics, reach: .event, holds: { event, _ in try holds(cache.reading(event)) }, group: "",
                place: "\(fileID):\(line):\(column)"))
    }

    /// An event of which a closure that reads the run says so.
    public init<Payload: Decodable & Sendable>(
        on topics: String..., as type: Payload.Type, fileID: StaticString = #fileID, line: UInt = #line,
        column: UInt = #column, where holds: @escaping @Sendable (Reading<Payload>, Run) throws -> Bool
    ) {
        let cache = PayloadCache<Payload>()
        self.init(
            When(
                topics: topics, reach: .run, holds: { event, run in try holds(cache.reading(event), run) }, group: "",
                place: "\(fileID):\(line):\(column)"))
    }
}
