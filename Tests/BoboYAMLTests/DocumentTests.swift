import Foundation
import Testing

@testable import BoboYAML

@Suite struct DocumentTests {
    @Test func aKeyGivenTwiceIsAnErrorWithBothPlaces() {
        #expect(Loaded("a: 1\nb:\n  c: 1\na: 2").messages == ["a.yaml:4:1: the key \"a\" is given twice, first at 1:1"])
        #expect(
            Loaded("- x: 1\n  \"y\": 2\n  \"y\": 3").messages == [
                "a.yaml:3:3: the key \"y\" is given twice, first at 2:3"
            ])
        #expect(Loaded("{a: 1, a: 2}").messages == ["a.yaml:1:2: the key \"a\" is given twice"])
        #expect(Loaded("1: a\n\"1\": b").messages.count == 1)
    }

    @Test func aSecondDocumentIsAnError() {
        #expect(Loaded("a: 1\n---\nb: 2").messages == ["a.yaml:2:1: found a second document, expected one a file"])
    }

    @Test(arguments: ["", "# nothing\n", "---\n", "\u{FEFF}"]) func anEmptyFileIsNull(_ text: String) {
        let loaded = Loaded(text)
        #expect(loaded.node?.isNull == true)
        #expect(loaded.messages == [])
    }

    @Test func aByteOrderMarkIsPassedOver() {
        #expect(Loaded("\u{FEFF}a: 1")["a"]?.scalar?.value == .integer(1))
    }

    @Test func onlyTheFirstFaultOfBrokenYAMLIsTold() {
        let loaded = Loaded("a: [1\nb: @x\n")
        #expect(loaded.messages.count == 1)
        #expect(loaded.node == nil)
    }

    @Test func whatIsNotUTF8IsAnErrorWithItsPlace() {
        let collector = ProblemCollector()
        #expect(YAMLDocument.load(bytes: Array("a: 1\nb: x".utf8) + [0xFF], file: "a.yaml", problems: collector) == nil)
        #expect(collector.problems.map(\.description) == ["a.yaml:2:5: not UTF-8 from here on"])
    }

    @Test func controlCharactersAreAnErrorWithTheirPlace() {
        let message = Loaded("a: 1\nb: x\u{1}y").messages
        #expect(message == ["a.yaml:2:5: found the character U+0001, which YAML allows only as an escape in quotes"])
    }

    @Test func aFileBeyondTheLimitIsRefused() {
        let text = "a: " + String(repeating: "x", count: YAMLDocument.sizeLimit)
        #expect(Loaded(text).messages == ["a.yaml: the file is larger than 4MiB"])
    }

    @Test func filesAreReadWithinTheirBound() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bobo-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "a").path
        try Data(repeating: 65, count: 10).write(to: URL(fileURLWithPath: path))
        #expect(try FileText.read(path: path, limit: 10).count == 10)
        #expect(throws: FileText.ReadError.tooLarge(limit: 9)) { try FileText.read(path: path, limit: 9) }
        #expect(throws: FileText.ReadError.isFolder) { try FileText.read(path: folder.path, limit: 9) }
        #expect(throws: FileText.ReadError.absent) { try FileText.read(path: path + "b", limit: 9) }
        #expect(throws: FileText.ReadError.tooLarge(limit: 99)) { try FileText.read(path: "/dev/zero", limit: 99) }
    }

    @Test func aliasesStandForWhatTheyName() {
        let loaded = Loaded("a: &x {on: t, where: p}\nb: *x\nc: [*x, *x]")
        #expect(loaded["b"]?.value(of: "on")?.scalar?.text == "t")
        #expect(loaded.messages == [])
    }

    @Test func whatAliasesExpandToIsBounded() {
        var text = "l0: &l0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let aliases = Array(repeating: "*l\(level - 1)", count: 9).joined(separator: ", ")
            text += "l\(level): &l\(level) [\(aliases)]\n"
        }
        let messages = Loaded(text).messages
        #expect(messages.count == 1)
        #expect(messages.first?.contains("with its aliases expanded") == true)
    }

    @Test(arguments: ["? *l29\n: 1", "*l29 : 1", "{[*l29]: 1}", "- {? *l29 : 1}"])
    func aliasesInKeysAreBounded(_ key: String) {
        var text = "- &l0 [x, x]\n"
        for level in 1...29 { text += "- &l\(level) [*l\(level - 1), *l\(level - 1)]\n" }
        #expect(Loaded(text + "- a\n- \n  " + key.replacing("\n", with: "\n  ")).messages.count == 1)
    }

    @Test func manyAliasesWithTextsAsKeysAreFine() {
        let loaded = Loaded("a: &x 1\nb: [" + Array(repeating: "*x", count: 100).joined(separator: ", ") + "]")
        #expect(loaded.messages == [])
    }

    @Test(arguments: ["[", "{a: ", "- "]) func depthIsBounded(_ opener: String) {
        let shallow = Loaded(String(repeating: opener, count: 101))
        #expect(shallow.messages.count >= 1)
        #expect(Loaded(String(repeating: opener, count: 1_000_000)).messages.count == 1)
    }

    @Test func depthWithinTheLimitIsFine() {
        let levels = YAMLDocument.depthLimit
        let loaded = Loaded(String(repeating: "[", count: levels) + String(repeating: "]", count: levels))
        #expect(loaded.messages == [])
        let deeper = Loaded(String(repeating: "[", count: levels + 5) + String(repeating: "]", count: levels + 5))
        #expect(deeper.messages == ["a.yaml:1:102: nested deeper than 100 levels"])
    }

    @Test(arguments: [
        "a: b: c", "a:\n\tb: 1", "a: *b", "a: \"x", "%YAML 3.0\n---\na", "[a", "a: |x", "\"\\q\"", "]", "- a\nb: c",
    ])
    func brokenYAMLIsAnErrorWithAPlace(_ text: String) {
        let loaded = Loaded(text)
        #expect(loaded.node == nil)
        #expect(loaded.messages.count == 1)
        #expect(loaded.messages.first?.firstMatch(of: #/^a\.yaml:\d+:\d+: /#) != nil)
    }

    @Test func listsAndMappingsAreNoKeys() {
        #expect(
            Loaded("{a: 1}: 2").messages == [
                "a.yaml:1:1: expected a text as key; a text that begins with { stands in quotes"
            ])
    }
}

@Suite struct SourceTests {
    @Test(arguments: [
        "", "a", "a\nb", "é\r\nx\n\nß", "\u{2028}a\u{85}b\rc", String(repeating: "xé\n", count: 1000),
        String(repeating: "xé", count: 128), String(repeating: "é", count: 1000) + "\nb",
    ])
    func eachPlaceIsFoundAgain(_ text: String) {
        let source = YAMLSource(file: "a", text: text)
        var (line, column) = (1, 1)
        let scalars = text.unicodeScalars
        for index in Array(scalars.indices) + [scalars.endIndex] {
            #expect(source.place(of: index) == SourcePlace(file: "a", line: line, column: column))
            #expect(source.index(line: line, column: column) == index)
            guard index < scalars.endIndex else { break }
            let next = scalars.index(after: index)
            let isHalfABreak = scalars[index] == "\r" && next < scalars.endIndex && scalars[next] == "\n"
            if scalars[index].isLineBreak, !isHalfABreak { (line, column) = (line + 1, 1) } else { column += 1 }
        }
        #expect(source.index(line: line, column: column + 1) == nil)
        #expect(source.index(line: line + 1, column: 1) == nil)
    }

    /// A place that is searched for from the start of its line makes this take minutes.
    @Test func aLineOfMegabytesIsRead() throws {
        let loaded = Loaded("[" + String(repeating: "\"é\", ", count: 100_000) + "!x y]")
        #expect(loaded.messages.first?.hasPrefix("a.yaml:1:500002: found the tag !x") == true)
    }

    @Test func ofALineWithAPasswordNothingIsShown() {
        for yaml in ["password: !geheim", "password: @geheim", "password: \"a\" geheim"] {
            #expect(Loaded(yaml).messages.count == 1)
            #expect(Loaded(yaml).messages.first?.contains("geheim") == false)
        }
    }
}
