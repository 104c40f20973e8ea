@testable import BoboYAML

/// A text that was loaded as `a.yaml`, with what was reported.
struct Loaded {
    let node: YAMLNode?
    let collector = ProblemCollector()

    init(_ text: String) {
        node = YAMLDocument.load(text: text, file: "a.yaml", problems: collector)
    }

    var messages: [String] { collector.problems.map(\.description) }

    subscript(_ key: String) -> YAMLNode? { node?.value(of: key) }
}
