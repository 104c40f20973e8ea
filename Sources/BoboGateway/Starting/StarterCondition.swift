private import BoboEngine
private import Foundation

/// A condition on one field of a message that was seen, which the next like it meets: at least nearly what a number was, equal to
/// what a text or bool was. So a newcomer sees it fire, and then sets it to what is worth telling.
struct StarterCondition {
    let path: PayloadPath
    let expression: String
    /// What does not match.
    let opposite: String
    /// The number that was seen.
    let seen: String?
    /// For a pattern's name.
    let name: String
    /// The lower, the likelier it is what a person wants to watch.
    let rank: Int

    /// nil where nothing of the field can be compared.
    init?(_ field: FieldSummary) {
        path = field.path
        let path = field.path.expression
        let isMeta = StarterCondition.isMeta(field)
        if let numbers = field.numbers {
            let threshold = StarterCondition.text(StarterCondition.threshold(below: numbers.upperBound))
            (expression, opposite, name) = ("\(path) >= \(threshold)", "\(path) < \(threshold)", "high")
            seen = StarterCondition.text(numbers.upperBound)
            rank = isMeta ? 3 : 0
        } else if let bool = field.bools.first {
            (expression, opposite, name) = ("\(path) == \(bool)", "\(path) == \(!bool)", bool ? "on" : "off")
            seen = nil
            rank = isMeta ? 4 : 1
        } else if let text = field.texts.first(where: { !$0.hasSuffix("…") }) {
            let literal = PayloadPath.literal(text)
            (expression, opposite, name) = ("\(path) == \(literal)", "\(path) != \(literal)", "equal")
            seen = nil
            rank = isMeta ? 5 : 2
        } else {
            return nil
        }
    }

    /// A tenth below, to two digits.
    static func threshold(below number: Double) -> Double {
        let target = number - abs(number) / 10
        guard target != 0 else { return number }
        let step = pow(10, floor(log10(abs(target))) - 1)
        guard target.isFinite, step.isNormal else { return number }
        for rounded in [(target / step).rounded() * step, (target / step).rounded(.down) * step] where rounded < number
        {
            // Without the last digits, which the steps have brought in.
            return Double(String(format: "%.2g", rounded)) ?? rounded
        }
        return target
    }

    private static func text(_ number: Double) -> String {
        var json = JSONWriter()
        json.write(number)
        return json.text
    }

    /// Of the device itself, or a time: seldom what is watched first.
    private static func isMeta(_ field: FieldSummary) -> Bool {
        let name = (field.path.names.last ?? "").lowercased()
        let words = [
            "linkquality", "lqi", "rssi", "battery", "voltage", "uptime", "last_seen", "time", "timestamp", "ts", "id",
            "seq", "counter", "signal", "version", "heap", "mac",
        ]
        return words.contains(name) || name.hasPrefix("uptime") || name.hasSuffix("_id")
            || (field.numbers?.upperBound ?? 0) > 1_000_000_000
    }
}
