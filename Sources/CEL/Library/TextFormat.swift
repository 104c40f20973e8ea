internal import Foundation

/// `format` of the strings extension: `%s`, `%d`, `%f`, `%e`, `%b`, `%o`, `%x`, `%X`, with `.n` for the digits of `%f`
/// and `%e`.
enum TextFormat {
    /// More digits are refused.
    private static let precisionLimit: Int32 = 100

    static func format(_ template: String, _ arguments: [Value]) throws(EvaluationFailure) -> String {
        var result = String.UnicodeScalarView()
        var rest = Substring(template).unicodeScalars
        var used = 0
        while let scalar = rest.popFirst() {
            guard scalar == "%" else {
                result.append(scalar)
                continue
            }
            var precision: Int32?
            if rest.first == "." {
                rest.removeFirst()
                let digits = rest.prefix { $0.isDigit }
                guard let number = Int32(String(Substring(digits))), number <= precisionLimit else {
                    throw EvaluationFailure(
                        .invalidArgument("format: no number of digits after %., or over \(precisionLimit)"))
                }
                rest = rest.dropFirst(digits.count)
                precision = number
            }
            guard let verb = rest.popFirst() else {
                throw EvaluationFailure(.invalidArgument("format: nothing after % at the end"))
            }
            if verb == "%" {
                result.append("%")
                continue
            }
            guard used < arguments.count else {
                throw EvaluationFailure(.invalidArgument("format: more % than the \(arguments.count) values given"))
            }
            result.append(contentsOf: try text(of: arguments[used], verb: verb, precision: precision).unicodeScalars)
            used += 1
        }
        return String(result)
    }

    private static func text(
        of value: Value, verb: Unicode.Scalar, precision: Int32?
    ) throws(EvaluationFailure) -> String {
        let text: String? =
            switch verb {
            case "s": value.plainText
            case "d": value.decimal
            case "f": value.asDouble.map { fixed($0, precision ?? 6, "f") }
            case "e": value.asDouble.map { fixed($0, precision ?? 6, "e") }
            case "b": value.binary
            case "o": value.digits(radix: 8)
            case "x": value.hexadecimal(uppercase: false)
            case "X": value.hexadecimal(uppercase: true)
            default: throw EvaluationFailure(.invalidArgument("format: %\(String(verb)) is unknown"))
            }
        guard let text else {
            throw EvaluationFailure(.invalidArgument("format: %\(String(verb)) does not take \(value.typeName)"))
        }
        return text
    }

    private static func fixed(_ number: Double, _ precision: Int32, _ verb: String) -> String {
        guard number.isFinite else { return number.text }
        return String(format: "%.\(precision)\(verb)", number)
    }
}

extension Value {
    /// What `%s` writes: texts without quotes, maps in the order of their keys.
    fileprivate var plainText: String? {
        switch self {
        case .string(let text): return text
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .uint(let number): return String(number)
        case .timestamp(let timestamp): return timestamp.rfc3339
        case .duration(let duration): return duration.text
        case .list(let list):
            let parts = list.elements.compactMap(\.plainText)
            return parts.count == list.count ? "[\(parts.joined(separator: ", "))]" : nil
        case .map(let map):
            var entries: [(key: String, value: String)] = []
            for (key, value) in map {
                guard let key = key.plainText, let value = value.plainText else { return nil }
                entries.append((key, value))
            }
            entries.sort { $0.key.precedes($1.key) }
            return "{\(entries.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}"
        case .object: return nil
        default: return description
        }
    }

    fileprivate var decimal: String? {
        switch self {
        case .int, .double: description
        case .uint(let number): String(number)
        default: nil
        }
    }

    fileprivate func digits(radix: Int, uppercase: Bool = false) -> String? {
        switch self {
        case .int(let number): return String(number, radix: radix, uppercase: uppercase)
        case .uint(let number): return String(number, radix: radix, uppercase: uppercase)
        case .double(let number):
            return Int64(exactly: number).map { String($0, radix: radix, uppercase: uppercase) }
        default: return nil
        }
    }

    fileprivate var binary: String? {
        if case .bool(let value) = self { value ? "1" : "0" } else { digits(radix: 2) }
    }

    fileprivate func hexadecimal(uppercase: Bool) -> String? {
        let bytes: [UInt8]
        switch self {
        case .string(let text): bytes = Array(text.utf8)
        case .bytes(let value): bytes = value
        default: return digits(radix: 16, uppercase: uppercase)
        }
        return bytes.map { byte in
            let digits = String(byte, radix: 16, uppercase: uppercase)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
