import BoboEngine
import BoboTopics
import BoboYAML
import CEL
import Foundation
import Testing

@testable import BoboPatterns

/// What sound files come to, and which files are read.
@Suite struct LoadingTests {
    @Test func aPatternFile() throws {
        let loaded = Loaded(
            """
            phenomenon: kitchen-fire
            description: Heat, then smoke, in one room
            patterns:
              - name: heat-then-smoke
                input: [home/+/temperature, {on: [home/+/smoke, home/+/gas], where: payload.density > 0}]
                key: levels[1]
                within: 1h30m
                singleton: true
                preconditions: [payload.ok]
                haltconditions: [{on: home/+/smoke}]
                max_runs: 5
                max_history: 6
                blocks:
                  - {followed_by: {on: home/+/temperature, where: payload.celsius > 55}, group: heat, times: 2}
                  - {next: payload.a, loop: true}
                  - {followed_by: payload.a, optional: true, unless: [payload.b, {on: home/+/smoke}]}
                  - {not_followed_by_any: [payload.a, payload.b]}
                  - {absent: payload.a, for: 250ms, group: silence}
                  - {followed_by_any: [payload.a, {where: payload.b, group: own}], group: smoke}
            emit: {data: size(heat), topic: 'x/${key}', qos: 0, retain: true}
            actions:
              - publish: {topic: home/siren/set, payload: {state: "ON"}, qos: 1}
              - log: {message: fire, level: warning}
            """
            .replacing("[{on: home/+/reset}]", with: "[{on: home/+/smoke}]"))
        #expect(loaded.errors.isEmpty)
        let phenomenon = try #require(loaded.phenomena.first)
        let pattern = try #require(phenomenon.patterns.first)
        #expect(phenomenon.name == "kitchen-fire" && phenomenon.description == "Heat, then smoke, in one room")
        #expect(pattern.name == "heat-then-smoke" && pattern.within == 5_400_000 && pattern.isSingleton)
        #expect(pattern.input?.map(\.on.text) == ["home/+/temperature", "home/+/smoke", "home/+/gas"])
        #expect(pattern.input?.map { $0.expression == nil } == [true, false, false])
        #expect(pattern.maximumRuns == 5 && pattern.maximumHistory == 6)
        #expect(pattern.groups == ["heat", "silence", "own", "smoke"])
        #expect(
            pattern.blocks.map { "\($0.role)" } == [
                "plain(BoboEngine.Block.Contiguity.relaxed)", "plain(BoboEngine.Block.Contiguity.relaxed)",
                "loop(BoboEngine.Block.Contiguity.strict)", "optional", "negated(BoboEngine.Block.Contiguity.relaxed)",
                "absent(milliseconds: 250)", "plain(BoboEngine.Block.Contiguity.relaxed)",
            ])
        #expect(pattern.blocks.map(\.group) == ["heat", "heat", "", "", "", "silence", "smoke"])
        #expect(pattern.blocks[3].unless.count == 2 && pattern.blocks[6].predicates.map(\.group) == [nil, "own"])
        #expect(pattern.emit.qos == 0 && pattern.emit.isRetained && pattern.actions.count == 2)
        #expect(pattern.blocks[0].predicates[0].place == "a.yaml:14:55")
    }

    @Test func theDefaults() throws {
        let pattern = try #require(Loaded(blocks: ["{next: true}"]).patterns.first)
        #expect(pattern.input == nil && pattern.key == nil && pattern.within == nil && !pattern.isSingleton)
        #expect(pattern.maximumRuns == 100_000 && pattern.maximumHistory == 100_000 && pattern.actions.isEmpty)
        #expect(
            pattern.emit.data == nil && pattern.emit.topic == nil && pattern.emit.qos == 1 && !pattern.emit.isRetained)
    }

    @Test func onOffYesAndNoAreTexts() {
        let loaded = Loaded(
            "phenomenon: on\npatterns: [{name: off, input: yes, blocks: [{next: {on: yes, where: payload == 'no'}}]}]\n"
                + "actions: [{publish: {topic: no, payload: {state: ON, off: yes}}}]")
        #expect(loaded.errors.isEmpty && loaded.phenomena.first?.name == "on")
    }

    @Test func jsonIsReadToo() {
        let loaded = Loaded(
            """
            {"phenomenon": "p", "patterns": [{"name": "q", "input": ["a/+"],
              "blocks": [{"followed_by": {"on": "a/b", "where": "payload.x == \\"\\u00e9\\""}, "group": "g"}]}],
             "emit": {"data": "{\\"n\\": size(g)}"}}
            """)
        #expect(loaded.errors.isEmpty && loaded.patterns.first?.groups == ["g"])
        #expect(
            Loaded("{\"phenomenon\": \"p\", \"patterns\": [{\"name\": \"q\", \"blocks\": [{\"next\": \"a \\\"b\"}]}]}")
                .errors.count == 1)
    }

    @Test func aliasesStandForWholeValues() {
        let loaded = Loaded(
            """
            phenomenon: p
            patterns:
              - name: one
                input: &topics [a, b]
                blocks: &blocks
                  - {followed_by: &big payload.x > 1, group: g}
                  - {followed_by: *big}
              - {name: two, input: *topics, blocks: *blocks, emit: {data: size(g)}}
            """)
        #expect(loaded.errors.isEmpty && loaded.patterns.map(\.blocks.count) == [2, 2])
        #expect(loaded.patterns.map { $0.input?.count } == [2, 2])
    }

    // MARK: folders

    private func withFolder(_ files: [String: String], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bobo-patterns-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appending(path: "below"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        try body(folder.path)
    }

    private func load(_ paths: String...) -> (names: [String], errors: [String]) {
        let problems = ProblemCollector()
        let phenomena = PatternFiles(paths: PathTable(), problems: problems).load(paths: paths)
        return (phenomena.map(\.name), problems.errors.map(\.description))
    }

    private static func file(_ name: String) -> String {
        "{\"phenomenon\": \"\(name)\", \"patterns\": [{\"name\": \"q\", \"blocks\": [{\"next\": \"true\"}]}]}"
    }

    @Test func ofAFolderItsYAMLAndJSONFilesAreRead() throws {
        let names = [
            "b.yaml", "a.yml", "c.json", "d.test.yaml", "e.test.yml", "f.txt", "README.md", ".g.yaml", "h.yaml~",
            "below/i.yaml",
            "j.YAML", "k.test.json", "test.yaml",
        ]
        let files = Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, LoadingTests.file(String($0.filter(\.isLetter).prefix(1) + "-" + $0.filter(\.isLetter))))
            })
        try withFolder(files) { folder in
            #expect(load(folder).names == ["a-ayml", "b-byaml", "c-cjson", "k-ktestjson", "t-testyaml"])
            #expect(load(folder).errors.isEmpty)
            #expect(load(folder + "/below").names == ["b-belowiyaml"])
            #expect(load(folder + "/d.test.yaml").names == ["d-dtestyaml"], "a file that is named is read")
        }
    }

    @Test func whatIsNotThereOrCannotBeReadIsAnError() throws {
        try withFolder(["a.txt": "x"]) { folder in
            #expect(load(folder).errors == ["\(folder): found no pattern file (*.yaml, *.yml, *.json) in the folder"])
            #expect(load(folder + "/none.yaml").errors == ["\(folder)/none.yaml: there is no such file or folder"])
        }
    }

    @Test func errorsOfSeveralFilesComeTogether() throws {
        let bad = "phenomenon: p\npatterns: [{name: q, blocks: [{next: foo}]}]"
        try withFolder(["a.yaml": bad, "b.yaml": "x: [", "c.yaml": bad]) { folder in
            let errors = load(folder).errors.map { $0.replacing(folder + "/", with: "") }
            #expect(errors.count == 4)
            #expect(errors[0] == "a.yaml:2:38: undeclared name foo" && errors[1].hasPrefix("b.yaml:"))
            #expect(errors[2].hasPrefix("c.yaml:1:13: found the phenomenon \"p\" a second time"))
            #expect(errors[3] == "c.yaml:2:38: undeclared name foo")
        }
    }

    @Test func aFileIsAtMostFourMebibytes() throws {
        let padding = String(repeating: "# 345678901234567890123456789012\n", count: (4 << 20) / 33 + 1)
        try withFolder(["a.yaml": LoadingTests.file("p") + "\n" + padding]) { folder in
            let (names, errors) = load(folder)
            #expect(names.isEmpty && errors.count == 1 && errors.first?.contains("4MiB") == true, "\(errors)")
        }
    }
}
