/// What the gateway has warned of, each once, with how often and when last.
package struct ObservedWarnings: Sendable {
    package struct Line: Sendable {
        package let text: String
        /// Milliseconds since 1970.
        package fileprivate(set) var last: Int64
        package fileprivate(set) var count = 1
    }

    static let maximumCount = 50
    private static let maximumLength = 600

    /// The newest first.
    package private(set) var lines: [Line] = []

    mutating func append(_ text: String, date: Int64) {
        let text =
            text.count > ObservedWarnings.maximumLength ? text.prefix(ObservedWarnings.maximumLength) + "…" : text
        var line = Line(text: text, last: date)
        if let place = lines.firstIndex(where: { $0.text == text }) { line.count += lines.remove(at: place).count }
        lines.insert(line, at: 0)
        if lines.count > ObservedWarnings.maximumCount { lines.removeLast() }
    }
}
