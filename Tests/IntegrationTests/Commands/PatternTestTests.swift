import Foundation
import FoundationXML
import Testing

/// `bobo test`.
@Suite(.waiting) struct PatternTestTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try folder.write(
            """
            phenomenon: open
            patterns:
              - name: long
                key: levels[1]
                blocks:
                  - followed_by: {on: door/+, where: payload == "ON" && !topic.matches('^door/(a+)+$')}
                    group: opened
                    times: 2
                  - absent: {on: door/+, where: payload == "OFF"}
                    for: 1m
              - name: force
                blocks: [{followed_by: {on: glass, where: payload.level > 9007199254740992}}]
            emit:
              data: '{"count": size(history), "at": {"topic": first.topic, "hour": first.ts.getHours(timezone)}}'
            """, to: "patterns/open.yaml")
    }

    private func run(_ yaml: String, _ arguments: [String] = []) throws
        -> (status: Int32, output: String, errors: String)
    {
        try folder.write(yaml, to: "patterns/open.test.yaml")
        return try BoboProcess.run(["test"] + arguments + ["patterns"], in: folder)
    }

    @Test("The sample patterns' tests pass, reach each block, and take no time to speak of")
    func samples() throws {
        let start = ContinuousClock.now
        let result = try BoboProcess.run(["test", "--coverage", Document.project + "/patterns"], in: folder)
        #expect(ContinuousClock.now - start < .seconds(5), "a debug build on a busy machine")
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.contains("coverage: 23 of 23 blocks reached, 10 of 10 patterns completed"))
        #expect(result.output.hasSuffix("tests: all passed\n"))
        #expect(result.errors == "")
        let samples = try FileManager.default.contentsOfDirectory(atPath: Document.project + "/patterns")
            .filter { $0.hasSuffix(".yaml") }
        for sample in samples where !sample.hasSuffix(".test.yaml") {
            #expect(samples.contains(sample.replacing(".yaml", with: ".test.yaml")), "\(sample) has no tests")
        }
    }

    @Test("Events as YAML, text and base64 give what is expected, with what is left out free")
    func passing() throws {
        let result = try run(
            """
            tests:
              - name: all of it
                events:
                  - {at: 22h, topic: door/x, text: ON}
                  - {at: 22h1s, topic: door/x, base64: T04=}
                  - {at: 22h2s, topic: door/x, payload: ON, retained: true}
                  - {at: 22h30s, topic: glass, payload: {level: 9007199254740993}}
                until: 23h
                expect:
                  - {at: 22h30s, pattern: force, data: {count: 1.0, at: {hour: 22}}}
                  - at: 22h1m1s
                    phenomenon: open
                    pattern: long
                    key: x
                    data: {at: {topic: door/x}, count: 2}
              - name: the clock stops at the last event
                events: [{at: 0s, topic: door/x, text: ON}, {at: 1s, topic: door/x, text: ON}]
                expect: []
              - name: anything
                events: [{at: 0s, topic: glass, payload: {level: 9007199254740993}}]
                expect: [{}]
            """)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(
            result.output == """
                patterns/open.test.yaml
                  ok    all of it
                  ok    the clock stops at the last event
                  ok    anything
                3 tests: all passed

                """)
    }

    private static let failing = """
        tests:
          - name: wrong & <late>
            events:
              - {at: 0s, topic: door/x, text: ON}
              - {at: 1s, topic: door/x, text: ON}
              - {at: 2s, topic: dor/x, text: OFF}
            until: 10m
            expect:
              - {at: 1m2s, key: y, data: {count: 3, more: [1]}}
          - name: one too many, one too few
            events:
              - {at: 0s, topic: glass, payload: {level: 9007199254740993}}
              - {at: 1s, topic: glass, payload: {level: 9007199254740993}}
            expect:
              - {at: 1s, pattern: force}
              - {at: 2s, pattern: force}
          - name: well
            events: []
            expect: []
        """

    @Test("A test that fails shows what was expected and what came, and the exit status is 1")
    func failing() throws {
        let result = try run(Self.failing)
        #expect(result.status == 1)
        #expect(result.errors == "")
        let came =
            "{at: 1s, phenomenon: open, pattern: force, key: null, data: {\"count\":1,\"at\":{\"topic\":\"glass\",\"hour\":0}}}"
        #expect(
            result.output == """
                patterns/open.test.yaml
                  FAIL  wrong & <late>  (patterns/open.test.yaml:2:5)
                        expected (-) and found (+):
                        - {at: 1m2s, key: "y", data: {"count": 3, "more": [1]}}  (line 9)
                        + {at: 1m1s, phenomenon: open, pattern: long, key: "x", data: {"count":2,"at":{"topic":"door/x","hour":0}}}
                            at: expected 1m2s, found 1m1s
                            key: expected "y", found "x"
                            data.count: expected 3, found 2
                            data.more: expected [1], found none
                        no pattern sees dor/x
                  FAIL  one too many, one too few  (patterns/open.test.yaml:10:5)
                        expected (-) and found (+):
                        + \(came.replacing("at: 1s", with: "at: 0s"))
                          \(came)
                        - {at: 2s, pattern: force}  (line 16)
                  ok    well
                3 tests: 1 passed, 2 failed

                """)
    }

    @Test("--junit writes the outcomes as XML")
    func junit() throws {
        #expect(try run(Self.failing, ["--junit", "report.xml"]).status == 1)
        let recorder = XMLRecorder()
        let parser = XMLParser(data: Data(try folder.read("report.xml").utf8))
        parser.delegate = recorder
        #expect(parser.parse(), "\(parser.parserError.map(String.init(describing:)) ?? "")")
        #expect(
            recorder.elements.map { "\($0.name) \($0.attributes["name"] ?? "")" } == [
                "testsuites bobo test", "testsuite patterns/open.test.yaml", "testcase wrong & <late>", "failure ",
                "testcase one too many, one too few", "failure ", "testcase well",
            ])
        #expect(recorder.elements.first?.attributes["failures"] == "2")
        #expect(recorder.elements.first?.attributes["tests"] == "3")
        #expect(recorder.text.contains("data.count: expected 3, found 2"))
        let unwritable = try run(Self.failing, ["--junit", "nowhere/report.xml"])
        #expect(unwritable.status == 65)
        #expect(unwritable.errors.contains("nowhere/report.xml cannot be written"))
    }

    @Test("--coverage names the blocks that no test reaches, those of patterns without a test as well")
    func coverage() throws {
        try folder.write(
            "phenomenon: other\npatterns: [{name: p, blocks: [{followed_by: 'true'}]}]", to: "patterns/other.yaml")
        let result = try run(
            """
            patterns: [open.yaml]
            tests:
              - name: half
                events: [{at: 0s, topic: door/x, text: ON}]
                expect: []
            """, ["--coverage"])
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n").dropFirst(2)
        #expect(
            lines == [
                "patterns/open.yaml:9:37: open long: no test reaches block 2, absent",
                "patterns/open.yaml:12:47: open force: no test begins a run",
                "patterns/other.yaml:2:45: other p: no test begins a run",
                "coverage: 1 of 4 blocks reached, 0 of 3 patterns completed", "1 test: all passed",
            ])
    }

    @Test("All that is wrong with tests and patterns is told at once, with its place, and the exit status is 65")
    func badInput() throws {
        try folder.write("phenomenon: bad\npatterns: [{name: p, blocks: [{followed_by: 'x >'}]}]", to: "bad/bad.yaml")
        try folder.write(
            """
            patterns: [bad.yaml, gone.yaml]
            tests:
              - name: [x]
                events:
                  - {at: soon, topic: a/+, payload: 1, text: x}
                  - {topic: bobo/events/x, base64: '*'}
                  - {at: 0s, topic: a}
                  - {at: 5s, topic: a, payload: .nan, retaind: true}
                until: 1s
              - {name: a, events: [], expect: [{at: 1s, patern: x}]}
              - {name: a, events: [], expect: []}
            """, to: "bad/bad.test.yaml")
        try folder.write(
            "tests: [{name: a, events: [], expect: [{phenomenon: opn}, {pattern: lang}]}]",
            to: "patterns/open.test.yaml")
        let result = try BoboProcess.run(["test", "bad", "patterns", "patterns/open.yaml", "nothing"], in: folder)
        #expect(result.status == 65)
        #expect(result.output == "")
        for message in [
            "bad/bad.test.yaml:1:22: there is no file or folder bad/gone.yaml",
            "bad/bad.test.yaml:3:11: found a list, expected a text",
            "bad/bad.test.yaml:5:14: found the text \"soon\", expected a duration",
            "bad/bad.test.yaml:5:27: expected a topic: + and # stand in filters only",
            "bad/bad.test.yaml:5:44: found \"text\" beside \"payload\"",
            "bad/bad.test.yaml:6:9: the key \"at\" is missing",
            "bad/bad.test.yaml:6:17: found a topic under bobo",
            "bad/bad.test.yaml:6:40: found the text \"*\", expected base64",
            "bad/bad.test.yaml:7:9: the payload is missing",
            "bad/bad.test.yaml:8:37: found the number .nan",
            "bad/bad.test.yaml:8:43: unknown key \"retaind\"",
            "bad/bad.test.yaml:3:5: the key \"expect\" is missing",
            "bad/bad.test.yaml:10:45: unknown key \"patern\"",
            "bad/bad.yaml:2:", "patterns/open.test.yaml:1:40: there is no phenomenon \"opn\"",
            "patterns/open.test.yaml:1:59: there is no pattern \"lang\"", "patterns/open.yaml: is no file of tests",
            "nothing: there is no such file or folder",
        ] {
            #expect(result.errors.split(separator: "\n").contains { $0.hasPrefix(message) }, "\(message)")
        }
        #expect(result.errors.contains("did you mean \"open\"?"))
    }

    @Test("A folder without tests is bad input")
    func noTests() throws {
        let result = try BoboProcess.run(["test", "patterns"], in: folder)
        #expect(result.status == 65)
        #expect(result.errors == "patterns: found no file of tests (*.test.yaml) in the folder\n")
    }

    @Test("The time zone is the configuration's, where it names one")
    func timezone() throws {
        try folder.write("timezone: Asia/Tokyo", to: "bobo.yaml")
        let result = try run(
            """
            tests:
              - name: nine hours on
                events: [{at: 1h, topic: glass, payload: {level: 9007199254740993}}]
                expect: [{data: {at: {hour: 10}}}]
            """)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
}

/// The elements of a document, in order, and its texts.
private final class XMLRecorder: NSObject, XMLParserDelegate {
    private(set) var elements: [(name: String, attributes: [String: String])] = []
    private(set) var text = ""

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) { elements.append((name, attributes)) }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
