import BoboEngine
import BoboTopics
import BoboYAML
import Foundation

/// Reads a file of pattern tests; all that is wrong with it is reported.
struct PatternTestReader {
    let path: String
    let problems: ProblemCollector
    /// The first level of the topics of complex and action events.
    let prefix: String

    /// Nil where nothing can be made of it.
    func file() -> PatternTestFile? {
        guard let root = YAMLDocument.load(path: path, problems: problems),
            let reader = root.mapping(problems, expected: "a mapping with tests")
        else { return nil }
        let patterns = reader.optional("patterns").map(patternPaths) ?? [parentFolder(path)]
        let nodes = reader.required("tests")?.list(problems, expected: "a list of tests")
        reader.finish()
        if let nodes, nodes.isEmpty { problems.error(root.place, "found no test, expected at least one") }
        let tests = (nodes ?? []).compactMap(test)
        reportRepeatedNames(tests)
        return PatternTestFile(path: path, patterns: patterns, tests: tests)
    }

    /// From the folder of the file.
    private func patternPaths(_ node: YAMLNode) -> [String] {
        guard let nodes = node.list(problems, expected: "a list of pattern files") else { return [] }
        if nodes.isEmpty { problems.error(node.place, "found an empty list, expected pattern files") }
        return nodes.compactMap { node in
            guard let name = node.text(problems, expected: "the path of a pattern file") else { return nil }
            let file = joinedPath(parentFolder(path), name)
            guard FileManager.default.fileExists(atPath: file) else {
                problems.error(node.place, "there is no file or folder \(shortenedForMessage(file))")
                return nil
            }
            return file
        }
    }

    private func reportRepeatedNames(_ tests: [PatternTest]) {
        var places: [String: SourcePlace] = [:]
        for test in tests {
            if let first = places[test.name] {
                problems.error(
                    test.place,
                    "found the test \"\(shortenedForMessage(test.name))\" a second time, after \(first); expected another"
                )
            } else {
                places[test.name] = test.place
            }
        }
    }

    private func test(_ node: YAMLNode) -> PatternTest? {
        guard let reader = node.mapping(problems, expected: "a test: a mapping with name, events and expect") else {
            return nil
        }
        let name = reader.required("name").flatMap(name)
        let events = reader.required("events")?.list(problems, expected: "a list of events")?.compactMap(event)
        let last = events?.map(\.at).max() ?? 0
        let until = reader.optional("until").flatMap { $0.duration(problems) }
        if let until, until < last, let place = reader.place(of: "until") {
            problems.error(
                place,
                "found \(DurationText.text(until)), expected no less than the last event's \(DurationText.text(last))"
            )
        }
        let expectations = reader.required("expect")?.list(problems, expected: "a list of complex events")?
            .compactMap(expectation)
        reader.finish()
        guard let name, let events, let expectations else { return nil }
        return PatternTest(name: name, place: node.place, events: events, until: until, expectations: expectations)
    }

    private func name(_ node: YAMLNode) -> String? {
        let expected = "a text that says what the test shows, in one line of at most 200 characters"
        guard let text = node.text(problems, expected: expected) else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            ![.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
        }
        guard isPlain, (1...200).contains(text.unicodeScalars.count) else {
            node.reportUnexpected(expected, problems)
            return nil
        }
        return text
    }

    private func event(_ node: YAMLNode) -> PatternTestEvent? {
        guard let reader = node.mapping(problems, expected: "an event such as {at: 0s, topic: …, payload: …}") else {
            return nil
        }
        let at = reader.required("at")?.duration(problems)
        let topic = reader.required("topic").flatMap(topic)
        reader.atMostOne(of: ["payload", "text", "base64"])
        let (payload, text) = (reader.optional("payload"), reader.optional("text"))
        let base64 = reader.optional("base64")
        let isRetained = reader.optional("retained").flatMap { $0.bool(problems) } ?? false
        reader.finish()
        var bytes: [UInt8]?
        if let payload {
            bytes = TestValue(payload, problems)?.json
        } else if let text {
            // Whatever it looks like: `text: 007`.
            bytes = text.scalar.map { Array($0.text.utf8) }
            if bytes == nil { text.reportUnexpected("a text", problems) }
        } else if let base64 {
            bytes = base64.text(problems, expected: "a text in base64").flatMap(Base64.decode)
            if bytes == nil, let scalar = base64.scalar, scalar.value == .text {
                problems.error(base64.place, "found \(base64.found), expected base64")
            }
        } else {
            problems.error(node.place, "the payload is missing, expected one of payload, text, base64")
        }
        guard let at, let topic, let bytes else { return nil }
        return PatternTestEvent(
            at: at, topic: topic, payload: bytes, isRetained: isRetained)
    }

    private func topic(_ node: YAMLNode) -> String? {
        guard let text = node.text(problems, expected: "a topic") else { return nil }
        do throws(TopicError) {
            let name = try TopicName(text)
            guard name.levels.first.map(String.init) != prefix else {
                problems.error(
                    node.place,
                    "found a topic under \(prefix), which are not read: complex events come of the patterns themselves")
                return nil
            }
            return name.text
        } catch {
            problems.error(node.place, "expected a topic: \(error)")
            return nil
        }
    }

    private func expectation(_ node: YAMLNode) -> Expectation? {
        guard
            let reader = node.mapping(
                problems, expected: "a complex event such as {at: 20s, phenomenon: …, key: …, data: {…}}")
        else { return nil }
        var expectation = Expectation(place: node.place)
        expectation.at = reader.optional("at").flatMap { $0.duration(problems) }
        expectation.phenomenon = reader.optional("phenomenon").flatMap { $0.name(problems) }
        expectation.pattern = reader.optional("pattern").flatMap { $0.name(problems) }
        expectation.key = reader.optional("key").flatMap { TestValue($0, problems) }
        expectation.data = reader.optional("data").flatMap { TestValue($0, problems) }
        reader.finish()
        return expectation
    }
}
