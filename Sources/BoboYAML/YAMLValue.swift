/// A value of JSON as it stands in a YAML file: the payload of an action or of a test's event. Its texts keep their places,
/// since they may hold expressions.
package indirect enum YAMLValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    /// With the number as JSON writes it; as in the file where that is JSON.
    case number(Double, json: String)
    case text(SourceText)
    case list([YAMLValue])
    case object([Member])

    package struct Member: Hashable, Sendable {
        package let key: SourceText
        package let value: YAMLValue

        package init(key: SourceText, value: YAMLValue) {
            self.key = key
            self.value = value
        }
    }

    /// As JSON, on one line, keys in the order of the file.
    package var json: String {
        var result = ""
        append(to: &result)
        return result
    }

    private func append(to result: inout String) {
        switch self {
        case .null: result += "null"
        case .boolean(let value): result += value ? "true" : "false"
        case .integer(let value): result += String(value)
        case .number(_, let json): result += json
        case .text(let text): Self.append(text: text.text, to: &result)
        case .list(let list):
            result += "["
            for (place, value) in list.enumerated() {
                if place > 0 { result += "," }
                value.append(to: &result)
            }
            result += "]"
        case .object(let members):
            result += "{"
            for (place, member) in members.enumerated() {
                if place > 0 { result += "," }
                Self.append(text: member.key.text, to: &result)
                result += ":"
                member.value.append(to: &result)
            }
            result += "}"
        }
    }

    /// The text in quotes, with the escapes that RFC 8259 (section 7) asks for.
    package static func json(text: String) -> String {
        var result = ""
        append(text: text, to: &result)
        return result
    }

    private static func append(text: String, to result: inout String) {
        result += "\""
        defer { result += "\"" }
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            result += text
            return
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1F}":
                let code = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - code.count) + code
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}

extension YAMLNode {
    /// The value as JSON knows it; nil, and reported, where it holds what JSON has not (`.nan`, `.inf`).
    package func value(_ problems: ProblemCollector) -> YAMLValue? {
        switch content {
        case .invalid: return nil
        case .scalar(let scalar):
            switch scalar.value {
            case .null: return .null
            case .boolean(let value): return .boolean(value)
            case .integer(let value): return .integer(value)
            case .text: return .text(SourceText(scalar, of: self))
            case .number(let value):
                guard value.isFinite else {
                    reportUnexpected("a number that JSON can write and a double can hold", problems, quotes: false)
                    return nil
                }
                return .number(value, json: isJSONNumber(scalar.text) ? scalar.text : "\(value)")
            }
        case .list(let list):
            let values = list.map { $0.value(problems) }
            let present = values.compactMap(\.self)
            return present.count == values.count ? .list(present) : nil
        case .mapping(let entries):
            var members: [YAMLValue.Member] = []
            for entry in entries {
                guard let value = entry.value.value(problems) else { continue }
                members.append(.init(key: SourceText(text: entry.key, place: entry.keyPlace), value: value))
            }
            return members.count == entries.count ? .object(members) : nil
        }
    }
}

/// RFC 8259, section 6: no plus, no leading zeros, digits on both sides of the point.
private func isJSONNumber(_ text: String) -> Bool {
    var digits = Substring(text)
    if digits.first == "-" { digits = digits.dropFirst() }
    let whole = digits.prefix { $0 != "." && $0 != "e" && $0 != "E" }
    guard !whole.isEmpty, whole.allSatisfy(\.isNumber), whole == "0" || whole.first != "0" else { return false }
    let rest = digits.dropFirst(whole.count)
    guard rest.first == "." else { return true }
    return rest.dropFirst().first?.isNumber ?? false
}
