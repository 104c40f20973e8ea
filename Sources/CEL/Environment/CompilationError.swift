/// All that is wrong with an expression.
public struct CompilationError: Error, Hashable, Sendable, CustomStringConvertible {
    public let source: String
    /// In the order of their places; never empty.
    public let problems: [Problem]

    public init(source: String, problems: [Problem]) {
        self.source = source
        self.problems = problems
    }

    /// Each problem with its line of the source and a caret under the place.
    public var rendered: String { problems.map { $0.render(in: source) }.joined(separator: "\n") }

    public var description: String {
        problems.map { "\($0.line):\($0.column): \($0.message)" }.joined(separator: "\n")
    }
}

/// Something to say about a place of an expression.
public struct Problem: Hashable, Sendable {
    /// In Unicode scalars from the start of the source.
    public let offset: Int
    /// From 1.
    public let line: Int
    /// In Unicode scalars, from 1.
    public let column: Int
    /// What was found and what was expected.
    public let message: String

    public init(offset: Int, in source: String, message: String) {
        var line = 1
        var column = 1
        for scalar in source.unicodeScalars.prefix(offset) {
            if scalar == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        self.offset = offset
        self.line = line
        self.column = column
        self.message = message
    }

    /// The message, the line of the source, and a caret under the place. Of a long line only the part around the place.
    public func render(in source: String) -> String {
        let lines = source.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return message }
        let margin = 60
        let start = max(0, column - 1 - margin)
        let shown = lines[line - 1].dropFirst(start).prefix(2 * margin)
        let text = String(String.UnicodeScalarView(shown)).replacing("\t", with: " ")
        return "\(message)\n  \(text)\n  \(String(repeating: " ", count: column - 1 - start))^"
    }
}
