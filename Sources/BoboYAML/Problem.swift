/// What is wrong with a file, or (as a hint) allowed and seldom meant, and where.
package struct Problem: Hashable, Sendable, CustomStringConvertible {
    package enum Severity: Hashable, Sendable { case error, hint }

    package let severity: Severity
    package let place: SourcePlace
    package let message: String

    package init(severity: Severity = .error, place: SourcePlace, message: String) {
        self.severity = severity
        self.place = place
        self.message = message
    }

    /// `patterns/fire.yaml:12:9: unknown key "whre"…`
    package var description: String { "\(place): \(severity == .hint ? "hint: " : "")\(message)" }
}

/// Gathers the problems of one or more files while they are read, so that all are told at once. At most `limit` errors are kept,
/// and as many hints, so that hints without end hide no error; the rest are counted.
package final class ProblemCollector {
    package static let limit = 1000

    private var kept: [Problem] = []
    private var seen: Set<Problem> = []
    private var counts: [Problem.Severity: Int] = [:]
    /// How many problems came after the limits.
    package private(set) var dropped = 0

    package var hasErrors: Bool { counts[.error] != nil }

    /// Whether further errors are only counted.
    package var isFull: Bool { isFull(of: .error) }

    private func isFull(of severity: Problem.Severity) -> Bool { counts[severity, default: 0] >= Self.limit }

    package init() {}

    /// A problem told twice, as where two aliases lead to one faulty text, is kept once.
    package func report(_ problem: Problem) {
        guard !isFull(of: problem.severity) else {
            dropped += 1
            return
        }
        guard seen.insert(problem).inserted else { return }
        counts[problem.severity, default: 0] += 1
        kept.append(problem)
    }

    package func error(_ place: SourcePlace, _ message: String) {
        report(Problem(severity: .error, place: place, message: message))
    }

    package func hint(_ place: SourcePlace, _ message: String) {
        report(Problem(severity: .hint, place: place, message: message))
    }

    /// Errors first, hints after them, each in the order of files as they were met, then of place.
    package var problems: [Problem] {
        var fileOrder: [String: Int] = [:]
        for problem in kept where fileOrder[problem.place.file] == nil {
            fileOrder[problem.place.file] = fileOrder.count
        }
        func rank(_ problem: Problem) -> (Int, Int, Int, Int) {
            let place = problem.place
            return (problem.severity == .error ? 0 : 1, fileOrder[place.file] ?? 0, place.line, place.column)
        }
        return kept.sorted { rank($0) < rank($1) }
    }

    package var errors: [Problem] { problems.filter { $0.severity == .error } }
    package var hints: [Problem] { problems.filter { $0.severity == .hint } }
}
