/// Finds the declared name that an undeclared one was probably meant to be.
enum Suggestion {
    /// `; is payload meant?`, or nothing where no name is near.
    static func text(for name: String, among known: [String]) -> String {
        if let form = elsewhere[name.lowercased()] { return "; \(form) is meant, perhaps" }
        let limit = max(1, name.count / 3)
        let nearest = known.map { (distance: distance(name, $0), name: $0) }.min {
            ($0.distance, $0.name) < ($1.distance, $1.name)
        }
        guard let nearest, nearest.distance <= limit else { return "" }
        return "; is \(nearest.name) meant?"
    }

    /// What other languages call it, and what it is here.
    private static let elsewhere = [
        "average": "avg(list)", "mean": "avg(list)", "len": "size(…)", "length": "size(…)", "count": "size(…)",
        "min": "math.least(…)", "max": "math.greatest(…)", "abs": "math.abs(…)", "floor": "math.floor(…)",
        "ceil": "math.ceil(…)", "round": "math.round(…)", "sqrt": "math.sqrt(…)", "lower": "text.lowerAscii()",
        "upper": "text.upperAscii()", "tolower": "text.lowerAscii()", "toupper": "text.upperAscii()",
        "float": "double(…)", "str": "string(…)", "any": "list.exists(e, …)", "some": "list.exists(e, …)",
        "every": "list.all(e, …)", "none": "!list.exists(e, …)",
        "value": "payload", "message": "payload", "msg": "payload", "time": "ts", "timestamp_ms": "ts", "nil": "null",
        "undefined": "null", "trigger": "event",
    ]

    /// How many letters must be put in, taken out, replaced, or swapped with the next (optimal string alignment).
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.lowercased()), Array(right.lowercased()))
        guard abs(left.count - right.count) <= 4, left.count <= 64 else { return .max }
        var rows = [Array(0...right.count)]
        for row in 0..<left.count {
            var next = [row + 1]
            for column in 0..<right.count {
                let replaced = rows[row][column] + (left[row] == right[column] ? 0 : 1)
                var best = min(replaced, rows[row][column + 1] + 1, next[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, rows[row - 1][column - 1] + 1)
                }
                next.append(best)
            }
            rows.append(next)
        }
        return rows[left.count][right.count]
    }
}
