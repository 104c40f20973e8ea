import BoboEngine
import BoboYAML

/// A value of a pattern test, as YAML and JSON both have it: an event's payload, or what a complex event is to carry.
package enum TestValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([TestValue])
    case map([(key: String, value: TestValue)])

    /// Nil where it holds what JSON does not have, which is reported.
    init?(_ node: YAMLNode, _ problems: ProblemCollector) {
        switch node.content {
        case .invalid: return nil
        case .list(let nodes):
            // Not lazily: all that is wrong is reported.
            let elements = nodes.map { TestValue($0, problems) }
            guard elements.allSatisfy({ $0 != nil }) else { return nil }
            self = .list(elements.compactMap(\.self))
        case .mapping(let entries):
            let values = entries.map { (key: $0.key, value: TestValue($0.value, problems)) }
            guard values.allSatisfy({ $0.value != nil }) else { return nil }
            self = .map(values.compactMap { entry in entry.value.map { (entry.key, $0) } })
        case .scalar(let scalar):
            switch scalar.value {
            case .null: self = .null
            case .boolean(let bool): self = .bool(bool)
            case .integer(let integer): self = .integer(integer)
            case .number(let number):
                guard number.isFinite else {
                    node.reportUnexpected("a number that JSON has", problems, quotes: false)
                    return nil
                }
                self = .number(number)
            case .text: self = .text(scalar.text)
            }
        }
    }

    package var json: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }

    private func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.raw("null")
        case .bool(let bool): writer.raw(bool ? "true" : "false")
        case .integer(let integer): writer.write(integer)
        case .number(let number): writer.write(number)
        case .text(let text): writer.write(text)
        case .list(let elements):
            writer.raw("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { writer.raw(", ") }
                element.write(to: &writer)
            }
            writer.raw("]")
        case .map(let entries):
            writer.raw("{")
            for (index, entry) in entries.enumerated() {
                if index > 0 { writer.raw(", ") }
                writer.write(entry.key)
                writer.raw(": ")
                entry.value.write(to: &writer)
            }
            writer.raw("}")
        }
    }
}

// MARK: - Reading JSON

extension TestValue: Decodable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package init(from decoder: any Decoder) throws {
        if let map = try? decoder.container(keyedBy: Name.self) {
            self = .map(
                try map.allKeys.sorted { $0.stringValue < $1.stringValue }.map { name in
                    (name.stringValue, try map.decode(TestValue.self, forKey: name))
                })
        } else if var list = try? decoder.unkeyedContainer() {
            var elements: [TestValue] = []
            while !list.isAtEnd { elements.append(try list.decode(TestValue.self)) }
            self = .list(elements)
        } else {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                self = .null
            } else if let bool = try? value.decode(Bool.self) {
                self = .bool(bool)
            } else if let integer = try? value.decode(Int64.self) {
                self = .integer(integer)
            } else if let number = try? value.decode(Double.self) {
                self = .number(number)
            } else {
                self = .text(try value.decode(String.self))
            }
        }
    }
}

// MARK: - Comparison

extension TestValue {
    /// In what a value is not as expected, by the names and places that lead there; none where it is. What an expected map
    /// leaves out may be anything.
    func differences(from found: TestValue, at path: String) -> [String] {
        switch (self, found) {
        case (.map(let expected), .map(let entries)):
            return expected.flatMap { name, value -> [String] in
                guard let other = entries.first(where: { $0.key.utf8.elementsEqual(name.utf8) })?.value else {
                    return ["\(path).\(name): expected \(value.shown), found none"]
                }
                return value.differences(from: other, at: "\(path).\(name)")
            }
        case (.list(let expected), .list(let elements)) where expected.count == elements.count:
            return zip(expected, elements).enumerated().flatMap { index, pair in
                pair.0.differences(from: pair.1, at: "\(path)[\(index)]")
            }
        default:
            return isSame(as: found) ? [] : ["\(path): expected \(shown), found \(found.shown)"]
        }
    }

    private func isSame(as other: TestValue) -> Bool {
        switch (self, other) {
        case (.null, .null): true
        case (.bool(let one), .bool(let two)): one == two
        case (.integer(let one), .integer(let two)): one == two
        case (.number(let one), .number(let two)): one == two
        case (.integer(let integer), .number(let number)), (.number(let number), .integer(let integer)):
            Int64(exactly: number) == integer
        case (.text(let one), .text(let two)): one.utf8.elementsEqual(two.utf8)
        default: false
        }
    }

    private var shown: String { shortenedForMessage(String(decoding: json, as: UTF8.self)) }
}
