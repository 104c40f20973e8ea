import Testing

@testable import BoboYAML

@Suite struct ReadingTests {
    @Test func unknownKeysNameTheNearestKnownOne() {
        let loaded = Loaded("whre: 1\nxyz: 2\n<<: 3")
        let reader = loaded.node?.mapping(loaded.collector)
        _ = reader?.optional("where")
        _ = reader?.optional("on")
        reader?.finish()
        #expect(
            loaded.messages == [
                "a.yaml:1:1: unknown key \"whre\", expected one of where, on; did you mean \"where\"?",
                "a.yaml:2:1: unknown key \"xyz\", expected one of where, on",
                "a.yaml:3:1: found <<, which YAML 1.2 does not have; an alias stands for a whole value only",
            ])
    }

    @Test func allWrongValuesAreToldAtOnceInOrderOfPlace() {
        let loaded = Loaded("a: on\nb: 1\nc: 70\nd: 5\ne: [x]\nf: {}\ng: x y\nh: fals\ni:\nl: true")
        let problems = loaded.collector
        _ = loaded["f"]?.list(problems)
        _ = loaded["a"]?.bool(problems)
        _ = loaded["b"]?.text(problems)
        _ = loaded["c"]?.integer(in: 1...60, problems)
        _ = loaded["d"]?.duration(problems)
        _ = loaded["e"]?.mapping(problems)
        _ = loaded["g"]?.name(problems)
        _ = loaded["h"]?.oneOf(["false", "drop"], problems)
        _ = loaded["i"]?.expression(problems)
        _ = loaded["l"]?.byteSize(problems)
        #expect(
            loaded.messages == [
                "a.yaml:1:4: found the text \"on\", expected true or false",
                "a.yaml:2:4: found the number 1, expected a text; as a text it stands in quotes",
                "a.yaml:3:4: found the number 70, expected a whole number from 1 to 60",
                "a.yaml:4:4: found the number 5, expected a duration such as 250ms, 30s, 5m, 2h, 1d, 1h30m",
                "a.yaml:5:4: found a list, expected a mapping; an expression or a text that begins with [ stands in quotes",
                "a.yaml:6:4: found a mapping, expected a list; an expression or a text that begins with { stands in quotes",
                "a.yaml:7:4: found \"x y\", expected a name of 1 to 200 letters A-Z a-z, digits, _ and -",
                "a.yaml:8:4: found the text \"fals\", expected one of false, drop; did you mean \"false\"?",
                "a.yaml:9:3: found nothing, expected an expression",
                "a.yaml:10:4: found true, expected a size such as 4096, 256KiB, 1MiB, 2GiB",
            ])
    }

    @Test func missingAndDoubleKeys() {
        let loaded = Loaded("a: 1\nb: 2")
        let reader = loaded.node?.mapping(loaded.collector)
        _ = reader?.required("name")
        reader?.atMostOne(of: ["a", "b"])
        _ = reader?.optional("a")
        _ = reader?.optional("b")
        reader?.finish()
        #expect(
            loaded.messages == [
                "a.yaml:1:1: the key \"name\" is missing",
                "a.yaml:2:1: found \"b\" beside \"a\", expected only one of them",
            ])
    }

    @Test func aNodeReportedAlreadyIsNotReportedAgain() {
        let loaded = Loaded("a: !x 1")
        _ = loaded["a"]?.text(loaded.collector)
        #expect(loaded.messages.count == 1)
    }

    @Test func hintsComeAfterErrors() {
        let collector = ProblemCollector()
        collector.hint(SourcePlace(file: "a", line: 1, column: 1), "h")
        collector.error(SourcePlace(file: "b", line: 2, column: 1), "f")
        collector.error(SourcePlace(file: "a", line: 9, column: 1), "e")
        #expect(collector.problems.map(\.description) == ["a:9:1: e", "b:2:1: f", "a:1:1: hint: h"])
        #expect(collector.hasErrors)
    }

    @Test func problemsBeyondTheLimitAreCounted() {
        let collector = ProblemCollector()
        for line in 1...(ProblemCollector.limit + 5) {
            collector.error(SourcePlace(file: "a", line: line, column: 1), "x")
        }
        #expect(collector.problems.count == ProblemCollector.limit)
        #expect(collector.dropped == 5)
    }

    @Test func hintsWithoutEndHideNoError() {
        let collector = ProblemCollector()
        for line in 1...(ProblemCollector.limit + 5) {
            collector.hint(SourcePlace(file: "a", line: line, column: 1), "x")
        }
        #expect(!collector.hasErrors && collector.dropped == 5)
        collector.error(SourcePlace(file: "b", line: 1, column: 1), "y")
        #expect(collector.hasErrors && !collector.isFull)
        #expect(collector.errors.map(\.description) == ["b:1:1: y"])
        #expect(collector.problems.count == ProblemCollector.limit + 1)
    }

    @Test func messagesHoldNoControlCharacters() {
        let loaded = Loaded(#"a: "\e[31m\n""#)
        _ = loaded["a"]?.bool(loaded.collector)
        #expect(loaded.messages == ["a.yaml:1:4: found the text \"\u{FFFD}[31m\\n\", expected true or false"])
    }
}

@Suite struct DurationTests {
    @Test(
        arguments: [
            ("250ms", 250), ("30s", 30_000), ("5m", 300_000), ("2h", 7_200_000), ("1d", 86_400_000),
            ("1h30m", 5_400_000),
            ("0s", 0), ("1d2h3m4s5ms", 93_784_005), ("90s", 90_000), ("36500d", DurationText.limit),
        ] as [(String, Int64)])
    func whatIsADuration(_ text: String, _ milliseconds: Int64) throws {
        #expect(try DurationText.milliseconds(text) == milliseconds)
        #expect(try DurationText.milliseconds(DurationText.text(milliseconds)) == milliseconds)
    }

    @Test(arguments: ["", "5", "s", "1x", "1.5h", "-1s", "1m1h", "1s1s", " 1s", "1 s", "1S", "1h 30m", "٣s", "1sec"])
    func whatIsNone(_ text: String) {
        #expect(throws: DurationText.Fault.form) { try DurationText.milliseconds(text) }
    }

    @Test(arguments: ["36501d", "99999999999999999999s", "9223372036854775807d", "36500d1ms"])
    func whatIsTooLong(_ text: String) {
        #expect(throws: DurationText.Fault.tooLong) { try DurationText.milliseconds(text) }
    }

    @Test func theRangeIsTold() {
        let loaded = Loaded("a: 10m\nb: 36501d")
        _ = loaded["a"]?.duration(in: 1000...60_000, loaded.collector)
        _ = loaded["b"]?.duration(loaded.collector)
        let form = "expected a duration such as 250ms, 30s, 5m, 2h, 1d, 1h30m"
        #expect(
            loaded.messages == [
                "a.yaml:1:4: found the text \"10m\", \(form) of at least 1s and at most 1m",
                "a.yaml:2:4: found the text \"36501d\", \(form) of at most 36500d",
            ])
    }
}

@Suite struct ByteSizeTests {
    @Test(
        arguments: [("0", 0), ("4096", 4096), ("256KiB", 262_144), ("1MiB", 1_048_576), ("2GiB", 2_147_483_648)]
            as [(String, Int64)])
    func whatIsASize(_ text: String, _ bytes: Int64) {
        #expect(ByteSize.bytes(text) == bytes)
        #expect(ByteSize.bytes(ByteSize.text(bytes)) == bytes)
    }

    @Test(arguments: ["", "KiB", "1KB", "1 KiB", "-1", "1.5MiB", "9999999999GiB", "99999999999999999999"])
    func whatIsNone(_ text: String) { #expect(ByteSize.bytes(text) == nil) }
}

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("whre", "where"), ("wheer", "where"), ("Where", "where"), ("wihtin", "within"), ("inptu", "input"),
        ("k", "on"),
    ])
    func theNearestOfTheKnown(_ written: String, _ expected: String) {
        #expect(
            nearestName(to: written, among: ["where", "within", "input", "on"]) == (written == "k" ? nil : expected))
    }

    @Test func nothingIsNearWhatIsQuiteDifferent() {
        #expect(nearestName(to: "temperature", among: ["where", "within"]) == nil)
        #expect(nearestName(to: String(repeating: "x", count: 100_000), among: ["where"]) == nil)
    }
}
