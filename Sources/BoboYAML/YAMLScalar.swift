/// A scalar with its value by the core schema of YAML 1.2.2 (section 10.3.2), with one difference: of booleans only `true`
/// and `false` are known, not `True` or `TRUE`.
package struct YAMLScalar: Sendable {
    package enum Style: Hashable, Sendable { case plain, singleQuoted, doubleQuoted, literal, folded }

    package enum Value: Hashable, Sendable {
        case null
        case boolean(Bool)
        case integer(Int64)
        /// Also whole numbers that 64 bits don't hold; infinite where a double doesn't hold it either.
        case number(Double)
        case text
    }

    /// As written, quotes and escapes resolved.
    package let text: String
    package let style: Style
    package let value: Value
}

/// The core schema's rules for plain scalars.
enum CoreSchema {
    static func value(of text: String) -> YAMLScalar.Value {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default: return number(text) ?? .text
        }
    }

    static func number(_ text: String) -> YAMLScalar.Value? {
        // Nearly all texts are no numbers; the first character tells most of them.
        guard let first = text.utf8.first, first < 0x3A, text.utf8.count <= 1000 else { return nil }
        if text.hasPrefix("0o") { return radix(text.dropFirst(2), 8) }
        if text.hasPrefix("0x") { return radix(text.dropFirst(2), 16) }
        switch text {
        case ".nan", ".NaN", ".NAN": return .number(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .number(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .number(-.infinity)
        default: return decimal(text)
        }
    }

    private static func radix(_ digits: Substring, _ radix: Int) -> YAMLScalar.Value? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ UInt8(ascii: "0") <= $0 }) else { return nil }
        if let value = Int64(digits, radix: radix) { return .integer(value) }
        guard digits.allSatisfy({ $0.isASCII && $0.hexDigitValue ?? 16 < radix }) else { return nil }
        return .number(digits.reduce(0) { $0 * Double(radix) + Double($1.hexDigitValue ?? 0) })
    }

    /// `[-+]?[0-9]+` and `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
    private static func decimal(_ text: String) -> YAMLScalar.Value? {
        var rest = Substring(text).utf8
        func digits() -> Int {
            let count = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count
            rest = rest.dropFirst(count)
            return count
        }
        func take(_ characters: UInt8...) -> Bool {
            guard let first = rest.first, characters.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = take(UInt8(ascii: "-"), UInt8(ascii: "+"))
        let whole = digits()
        if rest.isEmpty, whole > 0, let value = Int64(text) { return .integer(value) }
        let fraction = take(UInt8(ascii: ".")) ? digits() : 0
        guard whole + fraction > 0 else { return nil }
        if take(UInt8(ascii: "e"), UInt8(ascii: "E")) {
            _ = take(UInt8(ascii: "-"), UInt8(ascii: "+"))
            guard digits() > 0 else { return nil }
        }
        guard rest.isEmpty else { return nil }
        return Double(text).map { .number($0) }
    }
}
