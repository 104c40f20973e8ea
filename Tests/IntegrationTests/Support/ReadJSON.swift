import Foundation

/// JSON that a process has written, to be looked into: `event["data"]["key"] == "kitchen"`. What is not there is null.
struct ReadJSON: Equatable, CustomStringConvertible {
    private let value: Any

    init(_ text: String) throws {
        value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }

    private init(value: Any) { self.value = value }

    subscript(name: String) -> ReadJSON { ReadJSON(value: (value as? [String: Any])?[name] ?? NSNull()) }

    subscript(index: Int) -> ReadJSON {
        let list = value as? [Any] ?? []
        return ReadJSON(value: list.indices.contains(index) ? list[index] : NSNull())
    }

    var count: Int { (value as? [Any])?.count ?? (value as? [String: Any])?.count ?? 0 }

    /// Of a list or an object.
    var values: [ReadJSON] {
        if let object = value as? [String: Any] { return object.values.map { ReadJSON(value: $0) } }
        return (value as? [Any] ?? []).map { ReadJSON(value: $0) }
    }

    var string: String? { value as? String }

    var number: Double? { (value as? NSNumber)?.doubleValue }

    /// Compact, with sorted keys.
    var description: String {
        let data = try? JSONSerialization.data(
            withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data ?? Data("\(value)".utf8), as: UTF8.self)
    }

    static func == (one: ReadJSON, other: ReadJSON) -> Bool { one.description == other.description }
}

extension ReadJSON: ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral
{
    init(stringLiteral text: String) { value = text }
    init(floatLiteral number: Double) { value = number }
    init(integerLiteral number: Int) { value = number }
    init(_ number: Int) { value = number }
    init(booleanLiteral bool: Bool) { value = bool }
    init(nilLiteral: ()) { value = NSNull() }
    init(arrayLiteral elements: ReadJSON...) { value = elements.map(\.value) }
}

extension ReadJSON {
    /// Equal but for the last digits of its numbers.
    func isNearly(_ other: ReadJSON) -> Bool {
        if let one = value as? [String: Any], let two = other.value as? [String: Any] {
            return one.keys == two.keys && one.keys.allSatisfy { self[$0].isNearly(other[$0]) }
        }
        if let one = value as? [Any], let two = other.value as? [Any] {
            return one.count == two.count && one.indices.allSatisfy { self[$0].isNearly(other[$0]) }
        }
        guard let one = number, let two = other.number else { return self == other }
        return abs(one - two) <= 1e-9 * max(1, abs(one), abs(two))
    }
}
