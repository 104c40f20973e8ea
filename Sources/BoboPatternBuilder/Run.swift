public import BoboEngine
import BoboTopics
import CEL
public import Foundation

/// A run as a condition sees it: what it has accepted so far, and what surrounds it. It is good while the condition is
/// asked.
public struct Run {
    let scope: NativeScope
    /// The places of the groups by their names.
    let groups: [String: Int]

    /// What the run has accepted into a group, oldest first; empty before the first.
    /// - Throws: `PayloadMismatch`, where a payload is none of the group's type.
    public subscript<Payload>(group: Group<Payload>) -> [Reading<Payload>] {
        get throws {
            guard let place = groups[group.name] else {
                throw PayloadMismatch(description: "the pattern has no group \(group.name)")
            }
            return try scope.history(group: place).map(group.cache.reading)
        }
    }

    /// All that the run has accepted, oldest first.
    public var history: [Event] { scope.history }

    /// The run's key as a value of this type; nil where it is none, as in a pattern without a key.
    public func key<Value: KeyRepresentable>(as type: Value.Type = Value.self) -> Value? { Value(keyValue: scope.key) }

    /// The clock: of the event under check, or of the timer.
    public var now: Date { Date(timeIntervalSince1970: Double(scope.now) / 1000) }

    /// The event before this one that the pattern saw with this key; nil where there is none.
    public var previous: Event? { scope.previous }

    /// The events of late that the pattern saw with this key, in that order, the one under check the last; empty where the
    /// pattern keeps none (`recent`).
    public var recent: [Event] { scope.recent }

    /// The last event on a topic of the pattern's `state`; nil where there is none.
    public func latest(_ topic: String) -> Event? { scope.latest(topic) }

    /// The last event of each topic of the pattern's `state` that matches, in the order of topics.
    /// - Throws: `TopicError` where the text is no topic filter.
    public func latest(matching filter: String) throws -> [Event] {
        scope.latest(matching: try TopicFilter(filter))
    }
}
