package import BoboYAML

/// A file of tests beside pattern files: `NAME.test.yaml`.
package struct PatternTestFile: Sendable {
    package let path: String
    /// Pattern files and folders.
    package let patterns: [String]
    package let tests: [PatternTest]

    package static let suffixes = [".test.yaml", ".test.yml"]
}

/// Events, and the complex events that are to come of them.
package struct PatternTest: Sendable {
    package let name: String
    package let place: SourcePlace
    let events: [PatternTestEvent]
    /// How far the clock runs on, in milliseconds from the start; nil: the last event.
    let until: Int64?
    let expectations: [Expectation]

    /// The moment of `at: 0s`, in milliseconds since 1970: Monday, 1 January 2024, midnight in UTC. So `at: 22h` is ten in
    /// the evening of a Monday, where a pattern asks for the time of day.
    package static let start: Int64 = 1_704_067_200_000
}

struct PatternTestEvent: Sendable {
    /// Milliseconds from the start.
    let at: Int64
    let topic: String
    let payload: [UInt8]
    let isRetained: Bool
}

/// A complex event that is to come. What is left out may be anything.
struct Expectation: Sendable {
    let place: SourcePlace
    /// Milliseconds from the start.
    var at: Int64?
    var phenomenon: String?
    var pattern: String?
    var key: TestValue?
    var data: TestValue?
}
