import Testing

/// `bobo check`, and `bobo run` with what it finds wrong.
@Suite(.waiting) struct CheckTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// Everything wrong that a file can hold, each with its place and a part of its message.
    private static let faults = [
        (
            "patterns/a.yaml",
            """
            phenomenon: a
            patterns:
              - name: one
                inptu: [home/#]
                within: soon
                key: payload.
                blocks:
                  - followed_by: {on: 'home/#/x', where: payload.celsius >}
                  - followed_by: nothere > 3
                    times: x
              - name: one
                input: [home/a]
                blocks: [{followed_by: '1 + 2'}, {followed_by: 'true'}]
            """,
            [
                "4:5: unknown key \"inptu\"", "5:13: found the text \"soon\"", "6:18: ",
                "8:28: expected a topic filter",
                "8:63: ", "9:22: undeclared name nothere", "10:16: found the text \"x\"",
                "11:11: found the name \"one\" a second time", "13:29: found an expression of type int",
            ]
        ),
        (
            "patterns/b.yaml", "phenomenon: a\npatterns: [{name: x, input: [home/a], blocks: [{followed_by: 'true'}]}]",
            ["1:13: found the phenomenon \"a\" a second time"]
        ),
        ("patterns/c.yaml", "phenomenon: c\npatterns:\n  - name: x\n   blocks: [\n", ["4:4: YAML syntax"]),
        ("patterns/d.yaml", "phenomenon: d\nphenomenon: e\npatterns: []\n", ["2:1: "]),
        ("patterns/e.yaml", "- 1\n", ["1:1: "]),
        ("patterns/f.json", #"{"phenomenon": "f", "patterns": 3}"#, ["1:33: "]),
    ]

    private func writeFaults() throws {
        for (name, text, _) in Self.faults { try folder.write(text, to: name) }
    }

    /// Each expected message is there, under its file.
    private func expectFaults(in output: String) {
        let lines = output.split(separator: "\n")
        for (name, _, messages) in Self.faults {
            for message in messages {
                #expect(lines.contains { $0.hasPrefix("\(name):\(message)") }, "\(name):\(message)")
            }
            #expect(lines.count { $0.hasPrefix(name) } == messages.count, "\(name)")
        }
        #expect(lines.allSatisfy { $0.contains(#/^[^:]+:[0-9]+:[0-9]+: /#) })
    }

    @Test("All that is wrong in all files is listed with file, line and column, and the exit status is 1")
    func everything() throws {
        try writeFaults()
        let result = try BoboProcess.run(["check", "patterns"], in: folder)
        #expect(result.status == 1)
        expectFaults(in: result.output)
    }

    @Test("run lists the same, ends with 65, and nothing starts")
    func run() throws {
        try writeFaults()
        let result = try BoboProcess.run(["run"], in: folder)
        #expect(result.status == 65)
        #expect(result.output == "")
        expectFaults(in: result.errors)
    }

    @Test("replay lists the same, and ends with 65")
    func replay() throws {
        try writeFaults()
        let result = try BoboProcess.run(["replay", "--patterns", "patterns"], in: folder)
        #expect(result.status == 65)
        #expect(result.output == "")
        expectFaults(in: result.errors)
    }

    @Test("A folder without pattern files, and a path that is not there, are errors")
    func nothing() throws {
        try folder.write("", to: "empty/readme.txt")
        let empty = try BoboProcess.run(["check", "empty"], in: folder)
        #expect(empty.status == 1)
        #expect(empty.output.hasPrefix("empty: "))
        let absent = try BoboProcess.run(["check", "absent.yaml"], in: folder)
        #expect(absent.status == 1)
        #expect(absent.output.hasPrefix("absent.yaml: there is no such file"))
        #expect(try BoboProcess.run(["run", "--patterns", "absent"], in: folder).status == 65)
    }

    private static let sound = """
        phenomenon: sound
        patterns: [{name: one, input: [home/#], blocks: [{followed_by: 'true'}]}]
        """
    private static let unnamed = """
        phenomenon: unnamed
        patterns:
          - name: one
            blocks: [{followed_by: payload > 3}]
        """

    @Test("Sound files are well: 0, no output")
    func sound() throws {
        try folder.write(Self.sound, to: "patterns/sound.yaml")
        let result = try BoboProcess.run(["check", "patterns"], in: folder)
        #expect(result.status == 0)
        #expect(result.output == "")
        #expect(result.errors.contains("1 phenomenon of 1 pattern: all well"))
    }

    @Test("Hints do not change the exit status")
    func hints() throws {
        try folder.write(
            """
            phenomenon: pair
            patterns: [{name: one, input: [home/#], blocks: [{followed_by: 'true'}, {followed_by: 'true'}]}]
            """, to: "pair.yaml")
        let result = try BoboProcess.run(["check", "pair.yaml"], in: folder)
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("pair.yaml:2:"))
        #expect(result.output.contains(": hint: without \"singleton\""))
    }

    @Test("A configuration file is checked as such, named or in a folder, by its name or by its keys")
    func configuration() throws {
        try folder.write(Self.sound, to: "all/sound.yaml")
        try folder.write("instance: gw-a\nbroker: {url: mqtt://localhost}\n", to: "all/bobo.yaml")
        let sound = try BoboProcess.run(["check", "all"], in: folder)
        #expect(sound.status == 0, "\(sound)")
        #expect(sound.errors.contains("1 phenomenon of 1 pattern, 1 configuration: all well"))

        let wrong = """
            instanc: gw-a
            broker: {url: http://localhost, version: 4}
            sensors: [{filter: home/#/x}, {filter: home/+, timestamp: payload., event_id: timestamp(payload)}]
            queue: {size: 0, when_full: explode}
            """
        try folder.write(wrong, to: "wrong.yaml")
        let result = try BoboProcess.run(["check", "wrong.yaml", "all/sound.yaml"], in: folder)
        #expect(result.status == 1)
        let lines = result.output.split(separator: "\n")
        for place in ["1:1", "2:15", "2:42", "3:20", "3:67", "3:79", "4:15", "4:29"] {
            #expect(lines.contains { $0.hasPrefix("wrong.yaml:\(place): ") }, "\(place) in \(result.output)")
        }
        #expect(lines.count == 8)
        #expect(try BoboProcess.run(["run", "--config", "wrong.yaml"], in: folder).status == 65)
    }

    @Test("With a configuration that has no sensors a pattern that names no topic is an error, without one it is not")
    func topics() throws {
        try folder.write(Self.unnamed, to: "patterns/unnamed.yaml")
        #expect(try BoboProcess.run(["check", "patterns"], in: folder).status == 0)
        try folder.write("instance: gw-a", to: "bare.yaml")
        let bare = try BoboProcess.run(["check", "--config", "bare.yaml", "patterns"], in: folder)
        #expect(bare.status == 1)
        #expect(bare.output.hasPrefix("patterns/unnamed.yaml:3:5: found a pattern that names no topic"))
        try folder.write("sensors: [{filter: home/#}]", to: "full.yaml")
        #expect(try BoboProcess.run(["check", "--config", "full.yaml", "patterns"], in: folder).status == 0)
        let run = try BoboProcess.run(["run", "--config", "bare.yaml"], in: folder)
        #expect(run.status == 65)
        #expect(run.errors == bare.output)
        // As run finds it.
        try folder.write("instance: gw-a", to: "bobo.yaml")
        #expect(try BoboProcess.run(["check", "patterns"], in: folder).output == bare.output)
    }

    @Test("Phenomena that can set off themselves are named, over several files, too")
    func cycles() throws {
        func write(_ name: String, reads filters: String, more: String = "") throws {
            try folder.write(
                "phenomenon: \(name)\npatterns: [{name: p, input: [\(filters)], blocks: [{followed_by: 'true'}]}]\n\(more)",
                to: "patterns/\(name).yaml")
        }
        try write("a", reads: "home/#, bobo/events/c")
        try write("b", reads: "bobo/events/a")
        try write("c", reads: "bobo/events/b")
        try write("d", reads: "bobo/events/c")
        try write("own", reads: "bobo/actions/+", more: "actions: [{log: {message: again}}]")
        try write("outside", reads: "'#'")
        let result = try BoboProcess.run(["check", "patterns"], in: folder)
        #expect(result.status == 0)
        let hints = result.output.split(separator: "\n")
        for (file, way) in [
            ("a", "a → b → c → a"), ("b", "b → c → a → b"), ("c", "c → a → b → c"), ("own", "own → own"),
        ] {
            let hint = hints.first { $0.hasPrefix("patterns/\(file).yaml:1:13: hint: ") }
            #expect(hint?.contains("(\(way))") == true)
        }
        #expect(hints.count == 4)
    }

    @Test(
        "With partitions, what crosses them and what no partition covers is hinted at; what they ask of sensors is an error"
    )
    func partitions() throws {
        try folder.write(
            """
            phenomenon: pair
            patterns: [{name: one, singleton: true, input: [home/+/a, home/+/b], blocks: [{next: 'true'}, {next: 'true'}]}]
            """, to: "pair.yaml")
        #expect(try BoboProcess.run(["check", "pair.yaml"], in: folder).output == "")
        try folder.write("peers: {ids: [gw-b]}\npartitions: {filters: [home/hall/#]}\n", to: "two.yaml")
        for arguments in [["check", "--config", "two.yaml", "pair.yaml"], ["check", "pair.yaml", "two.yaml"]] {
            let result = try BoboProcess.run(arguments, in: folder)
            #expect(result.status == 0)
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == 2, "\(result)")
            #expect(
                lines.contains { $0.hasPrefix("pair.yaml:2:86: hint: \"one\": the events of one run may come from") })
            #expect(
                lines.contains {
                    $0.hasPrefix("two.yaml:2:23: hint: no partition covers all topics of home/+/a, home/+/b")
                })
        }
        try folder.write("peers: {ids: [gw-b]}\npartitions: {copies: 2}\n", to: "copies.yaml")
        let refused = try BoboProcess.run(["check", "--config", "copies.yaml", "pair.yaml"], in: folder)
        #expect(refused.status == 1)
        #expect(
            refused.output.hasPrefix(
                "copies.yaml:2:22: partitions.copies: 2 needs an event_id for every topic; home/+/a"))
        let run = try BoboProcess.run(["run", "--config", "copies.yaml", "--patterns", "pair.yaml"], in: folder)
        #expect(run.status == 65)
        #expect(run.errors.hasPrefix("copies.yaml:2:22: partitions.copies: 2 needs an event_id"))
    }
}
