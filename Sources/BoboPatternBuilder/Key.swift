public import BoboEngine
import BoboTopics
public import CEL

/// What tells the runs of a pattern apart: runs of different keys never meet.
public struct Key: Sendable {
    let name: String
    let value: @Sendable (Event) throws -> Value

    /// A level of the topic, counted from 0: `.level(1)` of `home/kitchen/smoke` is `kitchen`. An event whose topic has
    /// fewer levels is not seen by the pattern.
    public static func level(_ index: Int) -> Key {
        Key(name: "level \(index)") { event in
            let levels = event.topic.name.levels
            guard levels.indices.contains(index) else { throw EvaluationFailure(.indexOutOfRange(Int64(index))) }
            return .string(String(levels[index]))
        }
    }

    /// The whole topic.
    public static var topic: Key { Key(name: "topic") { .string($0.topic.name.text) } }

    /// A value of the event. One for which the closure throws, or gives nil, is not seen by the pattern.
    public static func of<Value: KeyRepresentable>(_ value: @escaping @Sendable (Event) throws -> Value?) -> Key {
        Key(name: "key in Swift") { try value($0)?.keyValue ?? .null }
    }

    /// A value of the payload. An event whose payload is none of this type is not seen by the pattern.
    public static func of<Payload: Decodable & Sendable, Value: KeyRepresentable>(
        _ type: Payload.Type, _ value: @escaping @Sendable (Reading<Payload>) throws -> Value?
    ) -> Key {
        let cache = PayloadCache<Payload>()
        return Key(name: "key in Swift") { try value(cache.reading($0))?.keyValue ?? .null }
    }
}

/// What can be a key: a bool, a number, a text, or a list of these.
public protocol KeyRepresentable: Sendable {
    var keyValue: Value { get }
    init?(keyValue: Value)
}

extension Bool: KeyRepresentable {
    public var keyValue: Value { .bool(self) }
    public init?(keyValue: Value) {
        guard case .bool(let value) = keyValue else { return nil }
        self = value
    }
}

extension Int: KeyRepresentable {
    public var keyValue: Value { .int(Int64(self)) }
    public init?(keyValue: Value) {
        switch keyValue {
        case .int(let value): self.init(exactly: value)
        case .double(let value): self.init(exactly: value)
        default: return nil
        }
    }
}

extension Double: KeyRepresentable {
    public var keyValue: Value { .double(self) }
    public init?(keyValue: Value) {
        switch keyValue {
        case .int(let value): self.init(value)
        case .double(let value): self = value
        default: return nil
        }
    }
}

extension String: KeyRepresentable {
    public var keyValue: Value { .string(self) }
    public init?(keyValue: Value) {
        guard case .string(let value) = keyValue else { return nil }
        self = value
    }
}

extension Array: KeyRepresentable where Element: KeyRepresentable {
    public var keyValue: Value { .list(List(map(\.keyValue))) }
    public init?(keyValue: Value) {
        guard case .list(let list) = keyValue else { return nil }
        var result: [Element] = []
        for value in list.elements {
            guard let element = Element(keyValue: value) else { return nil }
            result.append(element)
        }
        self = result
    }
}
