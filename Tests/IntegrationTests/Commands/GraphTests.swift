import Foundation
import Testing

/// `bobo graph`.
@Suite(.waiting) struct GraphTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func graph(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
        try BoboProcess.run(["graph"] + arguments, in: folder)
    }

    private static let patterns = Document.project + "/patterns"

    @Test("SVG by default, Mermaid and DOT where asked for")
    func formats() throws {
        let svg = try graph(Self.patterns + "/fire.yaml")
        #expect(svg.status == 0)
        #expect(svg.output.hasPrefix("<svg "))
        #expect(svg.output.contains(">heat-then-smoke</text>"))
        #expect(try graph("--format", "mermaid", Self.patterns + "/fire.yaml").output.hasPrefix("flowchart LR\n"))
        #expect(try graph("--format", "dot", Self.patterns + "/fire.yaml").output.hasPrefix("digraph bobo {\n"))
        #expect(try graph("--format", "png", Self.patterns + "/fire.yaml").status == 64)
        #expect(try graph("--width", "10", Self.patterns + "/fire.yaml").status == 64)
    }

    @Test("--output is a file, or a folder for a file each phenomenon")
    func output() throws {
        #expect(try graph("--output", "fire.svg", Self.patterns + "/fire.yaml").status == 0)
        #expect(try folder.read("fire.svg").hasPrefix("<svg "))
        #expect(try graph("--output", "pictures/", "--format", "mermaid", Self.patterns).status == 0)
        for name in ["fire", "fall", "intrusion"] {
            #expect(try folder.read("pictures/\(name).mmd").contains("\(name): "))
        }
        let refused = try graph("--output", "none/fire.svg", Self.patterns + "/fire.yaml")
        #expect(refused.status == 65)
        #expect(refused.errors.contains("none/fire.svg cannot be written"))
    }

    @Test("With --runs each block says how many runs have reached it, wait there, and were halted")
    func runs() throws {
        try folder.write(
            """
            phenomenon: p
            patterns:
              - name: q
                input: [home/#]
                key: levels[1]
                within: 10s
                blocks: [{followed_by: payload == 1}, {followed_by: payload == 2}, {followed_by: payload == 3}]
            """, to: "p.yaml")
        let events = [(0, "a", 1), (0, "b", 1), (1, "a", 2), (2, "a", 3), (3, "c", 1), (4, "c", 2), (12, "d", 1)]
        try folder.write(
            events.map { #"{"ts": \#($0.0 * 1000), "topic": "home/\#($0.1)", "payload": \#($0.2)}"# }
                .joined(separator: "\n") + "\n", to: "events.jsonl")
        let picture = try graph("--runs", "events.jsonl", "--format", "dot", "p.yaml").output
        for note in [
            "begun by 4 runs", "reached by 4 runs, 1 wait, 1 halted (within)", "reached by 2 runs, 1 wait",
            "1 complete",
        ] {
            #expect(picture.contains(note), "\(note) in \(picture)")
        }
        #expect(try graph("--runs", "missing.jsonl", "p.yaml").status == 65)
    }

    @Test("A pattern that is wrong is not drawn")
    func wrong() throws {
        try folder.write("phenomenon: p\npatterns: []\n", to: "p.yaml")
        let result = try graph("p.yaml")
        #expect(result.status == 65)
        #expect(result.output == "")
        #expect(result.errors.contains("p.yaml:"))
    }
}
