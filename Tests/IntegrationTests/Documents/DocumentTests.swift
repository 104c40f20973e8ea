import Foundation
import Testing

/// What the documentation shows is true: its patterns and configurations are sound, its commands work.
@Suite(.waiting) struct DocumentTests {
    @Test("YAML is a sound pattern or configuration", arguments: Document.names)
    func yaml(name: String) throws {
        let folder = try TestFolder()
        for block in try Document(name).blocks where block.language == "yaml" && !block.isTest {
            let isPattern = block.lines.contains { $0.hasPrefix("phenomenon:") }
            let file = isPattern ? "\(block.line)/pattern.yaml" : "\(block.line)/bobo.yaml"
            try folder.write(block.text, to: file)
            let result = try BoboProcess.run(["check", file], in: folder)
            #expect(result.status == 0, "\(name):\(block.line): \(result.output)\(result.errors)")
        }
    }

    @Test("A pattern's test passes", arguments: Document.names)
    func patternTests(name: String) throws {
        let folder = try TestFolder()
        let blocks = try Document(name).blocks
        for (pattern, test) in zip(blocks, blocks.dropFirst()) where test.isTest {
            try folder.write(pattern.text, to: "\(pattern.line)/\(pattern.file ?? "pattern.yaml")")
            try folder.write(test.text, to: "\(pattern.line)/\(test.file ?? "pattern.test.yaml")")
            let result = try BoboProcess.run(["test", "\(pattern.line)"], in: folder)
            #expect(result.status == 0, "\(name):\(test.line): \(result.output)\(result.errors)")
        }
    }

    @Test("JSON is JSON", arguments: Document.names)
    func json(name: String) throws {
        for block in try Document(name).blocks where block.language == "json" {
            #expect(throws: Never.self, "\(name):\(block.line)") { try ReadJSON(block.text) }
        }
    }

    @Test("Links lead to what is there", arguments: Document.names)
    func links(name: String) throws {
        let folder = (Document.project + "/" + name as NSString).deletingLastPathComponent
        for link in try Document(name).links {
            #expect(FileManager.default.fileExists(atPath: folder + "/" + link), "\(name): \(link)")
        }
    }

    @Test("Commands and options that are named exist", arguments: Document.names)
    func spans(name: String) throws {
        let folder = try TestFolder()
        for span in try Document(name).spans {
            let words = span.split(separator: " ").map(String.init)
            guard let command = words.dropFirst().first, command.wholeMatch(of: #/-*[a-z]+/#) != nil else { continue }
            let help = try BoboProcess.run(command.hasPrefix("-") ? [command] : [command, "--help"], in: folder)
            #expect(help.status == 0, "\(name): \(span)")
            let isThere =
                ["help", "--help", "--version"].contains(command) || help.output.contains("USAGE: bobo \(command)")
            #expect(isThere, "\(name): \(span)")
            for option in words.dropFirst(2) where option.hasPrefix("--") {
                #expect(help.output.contains(option.prefix { $0 != "=" }), "\(name): \(span)")
            }
        }
    }

    @Test("Commands of a block, one after the other, do what they say", arguments: Document.names)
    func commands(name: String) throws {
        for block in try Document(name).blocks
        where ["sh", "console"].contains(block.language) && !block.isForMachine {
            var trial: CommandTrial?
            for command in block.commands {
                let program = command.text.prefix { $0 != " " }
                if program.hasPrefix("scripts/") {
                    let isThere = FileManager.default.isExecutableFile(atPath: "\(Document.project)/\(program)")
                    #expect(isThere, "\(name):\(block.line): \(command.text)")
                } else if program == "bobo" || program.hasSuffix("/bobo") || program.hasPrefix("mosquitto_") {
                    let running = try trial ?? CommandTrial()
                    trial = running
                    let result = try running.run(command.text)
                    #expect(result.status == 0, "\(name):\(block.line): \(command.text)\n\(result.errors)")
                    for line in command.shown where !line.isEmpty {
                        #expect(
                            result.output.contains { shows(line, $0) },
                            "\(name):\(block.line): \(command.text): \(line)")
                    }
                } else {
                    Issue.record("\(name):\(block.line): no test runs \(command.text)")
                }
            }
        }
    }

    /// Whether a page's line stands for one of the output; `…` stands for anything.
    private func shows(_ line: String, _ output: String) -> Bool {
        var rest = output[...]
        for (index, part) in line.components(separatedBy: "…").enumerated() {
            guard let range = part.isEmpty ? rest.startIndex..<rest.startIndex : rest.firstRange(of: part) else {
                return false
            }
            guard index > 0 || part.isEmpty || range.lowerBound == rest.startIndex else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.isEmpty || line.hasSuffix("…")
    }
}
