/// Durations as configuration and pattern files write them: whole numbers with `d`, `h`, `m`, `s`, `ms`, greater units
/// first, each at most once, nothing between: `250ms`, `30s`, `1h30m`.
package enum DurationText {
    /// In milliseconds: 36,500 days.
    package static let limit: Int64 = 36_500 * 86_400_000

    package enum Fault: Error, Hashable, Sendable { case form, tooLong }

    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    package static func milliseconds(_ text: String) throws(Fault) -> Int64 {
        var rest = Substring(text)
        var total: Int64 = 0
        var nextUnit = 0
        guard !rest.isEmpty else { throw .form }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard !digits.isEmpty, let unit = units.firstIndex(where: { $0.name == name }), unit >= nextUnit else {
                throw .form
            }
            nextUnit = unit + 1
            guard let count = Int64(digits), count <= limit / units[unit].milliseconds else { throw .tooLong }
            total += count * units[unit].milliseconds
            guard total <= limit else { throw .tooLong }
        }
        return total
    }

    /// The shortest way to write it; of a negative duration with a minus before.
    package static func text(_ milliseconds: Int64) -> String {
        guard milliseconds != 0 else { return "0s" }
        var rest = milliseconds.magnitude
        var text = milliseconds < 0 ? "-" : ""
        for unit in units {
            let length = UInt64(unit.milliseconds)
            if rest >= length { text += "\(rest / length)\(unit.name)" }
            rest %= length
        }
        return text
    }
}
