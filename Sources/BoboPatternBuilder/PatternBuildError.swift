/// What is wrong with a pattern that was written in Swift: all of it, not only the first.
public struct PatternBuildError: Error, CustomStringConvertible, Sendable {
    public let problems: [String]

    public var description: String { problems.joined(separator: "\n") }
}
