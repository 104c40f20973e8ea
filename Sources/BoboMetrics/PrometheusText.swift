/// Names, labels and numbers as Prometheus' text format has them.
enum PrometheusText {
    /// Whatever a name may not hold as `_`.
    static func name(_ label: String) -> String {
        let name = String(
            label.unicodeScalars.map { scalar -> Character in
                isAllowed(scalar) || scalar == ":" ? Character(scalar) : "_"
            })
        return name.first.map { $0.isNumber } ?? true ? "_" + name : name
    }

    /// `a="b",c="d"`, in the order in which they are given.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.map { "\(labelName($0.0))=\"\(escaped($0.1, quotes: true))\"" }.joined(separator: ",")
    }

    static func braces(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }

    /// - Parameter quotes: whether it stands between some.
    static func escaped(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || $0 == 0x22 }) else { return text }
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return String(whole) }
        return value.description
    }

    private static func labelName(_ label: String) -> String { name(label).replacing(":", with: "_") }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_")
    }
}
