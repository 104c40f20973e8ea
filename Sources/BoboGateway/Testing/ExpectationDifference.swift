import BoboYAML
import Foundation

/// What was expected and what came, side by side: the longest common run of events that are as expected, the others as
/// missing (`-`) or too many (`+`).
struct ExpectationDifference {
    private enum Step {
        case same(FoundEvent)
        case missing(Expectation)
        case surplus(FoundEvent)
    }

    /// Beyond so many pairs, events are compared place by place.
    private static let pairLimit = 1_000_000
    private static let lineLimit = 100

    private let steps: [Step]
    let isEmpty: Bool

    init(_ expected: [Expectation], _ found: [FoundEvent]) {
        steps = ExpectationDifference.steps(expected, found)
        isEmpty = steps.allSatisfy { if case .same = $0 { true } else { false } }
    }

    var lines: [String] {
        var lines: [String] = []
        var index = 0
        while index < steps.count {
            if case .same(let event) = steps[index] {
                lines.append("  \(event.text)")
                index += 1
                continue
            }
            let gap = steps[index...].prefix { if case .same = $0 { false } else { true } }
            index += gap.count
            let missing = gap.compactMap { if case .missing(let expectation) = $0 { expectation } else { nil } }
            let surplus = gap.compactMap { if case .surplus(let event) = $0 { event } else { nil } }
            for place in 0..<max(missing.count, surplus.count) {
                let (expectation, event) = (missing.at(place), surplus.at(place))
                if let expectation { lines.append("- \(expectation.text)  (line \(expectation.place.line))") }
                if let event { lines.append("+ \(event.text)") }
                if let expectation, let event { lines += expectation.differences(from: event).map { "    \($0)" } }
            }
        }
        guard lines.count > ExpectationDifference.lineLimit else { return lines }
        let rest = lines.count - ExpectationDifference.lineLimit
        return lines.prefix(ExpectationDifference.lineLimit) + ["… and \(rest) more lines"]
    }

    private static func steps(_ expected: [Expectation], _ found: [FoundEvent]) -> [Step] {
        let start = zip(expected, found).prefix { $0.differences(from: $1).isEmpty }.count
        let (expected, rest) = (expected[start...], found[start...])
        let head = found[..<start].map { Step.same($0) }
        guard !expected.isEmpty || !rest.isEmpty else { return head }
        guard expected.count * rest.count <= pairLimit else {
            return head + expected.map { .missing($0) } + rest.map { .surplus($0) }
        }
        return head + aligned(Array(expected), Array(rest))
    }

    /// By the lengths of the longest common runs of all pairs of tails.
    private static func aligned(_ expected: [Expectation], _ found: [FoundEvent]) -> [Step] {
        let width = found.count + 1
        let matches = expected.map { expectation in found.map { expectation.differences(from: $0).isEmpty } }
        var lengths = [Int](repeating: 0, count: (expected.count + 1) * width)
        for row in expected.indices.reversed() {
            for column in found.indices.reversed() {
                let below = lengths[(row + 1) * width + column]
                let right = lengths[row * width + column + 1]
                let both = matches[row][column] ? lengths[(row + 1) * width + column + 1] + 1 : 0
                lengths[row * width + column] = max(below, right, both)
            }
        }
        var steps: [Step] = []
        var (row, column) = (0, 0)
        while row < expected.count, column < found.count {
            let length = lengths[row * width + column]
            if matches[row][column], length == lengths[(row + 1) * width + column + 1] + 1 {
                steps.append(.same(found[column]))
                (row, column) = (row + 1, column + 1)
            } else if length == lengths[(row + 1) * width + column] {
                steps.append(.missing(expected[row]))
                row += 1
            } else {
                steps.append(.surplus(found[column]))
                column += 1
            }
        }
        return steps + expected[row...].map { .missing($0) } + found[column...].map { .surplus($0) }
    }
}

extension Expectation {
    /// In what the event is not as expected, a line each.
    func differences(from event: FoundEvent) -> [String] {
        var lines: [String] = []
        if let at, at != event.at {
            lines.append("at: expected \(DurationText.text(at)), found \(DurationText.text(event.at))")
        }
        if let phenomenon, phenomenon != event.phenomenon {
            lines.append("phenomenon: expected \(phenomenon), found \(event.phenomenon)")
        }
        if let pattern, pattern != event.pattern {
            lines.append("pattern: expected \(pattern), found \(event.pattern)")
        }
        if let key { lines += key.differences(from: event.value(event.key), at: "key") }
        if let data { lines += data.differences(from: event.value(event.data), at: "data") }
        return lines
    }

    /// As in the file.
    fileprivate var text: String {
        let parts = [
            at.map { "at: \(DurationText.text($0))" }, phenomenon.map { "phenomenon: \($0)" },
            pattern.map { "pattern: \($0)" }, key.map { "key: \(String(decoding: $0.json, as: UTF8.self))" },
            data.map { "data: \(String(decoding: $0.json, as: UTF8.self))" },
        ]
        return "{\(parts.compactMap(\.self).joined(separator: ", "))}"
    }
}

extension FoundEvent {
    /// As an expectation that it meets.
    fileprivate var text: String {
        let end = data.unicodeScalars.count > 1000 ? "…" : ""
        let data = String(data.unicodeScalars.prefix(1000)) + end
        return
            "{at: \(DurationText.text(at)), phenomenon: \(phenomenon), pattern: \(pattern), key: \(key), data: \(data)}"
    }

    /// JSON that Bobo has written; deeper than Foundation reads it, it is as no expectation can be.
    fileprivate func value(_ json: String) -> TestValue {
        (try? JSONDecoder().decode(TestValue.self, from: Data(json.utf8))) ?? .text(json)
    }
}

extension Array {
    fileprivate func at(_ index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
