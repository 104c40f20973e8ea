import Foundation

/// A page of the documentation, and what in it can be put to the test (docs/contributing.md tells how).
struct Document: CustomStringConvertible {
    /// From the project's folder.
    let name: String
    private let lines: [String]

    /// What stands between two fences.
    struct Block {
        /// The first line's number.
        let line: Int
        let language: String
        let lines: [String]
        /// Whether it is a pattern's test: of the pattern that stands before it.
        var isTest = false
        /// Whether it is run on a machine of its own, by `scripts/package-test`.
        var isForMachine = false
        /// What the page calls the file that it is, without the folder.
        var file: String?

        var text: String { lines.joined(separator: "\n") + "\n" }
    }

    init(_ name: String) throws {
        self.name = name
        let text = try String(contentsOfFile: Document.project + "/" + name, encoding: .utf8)
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    var description: String { name }

    static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path(percentEncoded: false)

    /// The pages of the project's folder and of those that are written for its users and builders.
    static let names: [String] = ["", "docs", "broker-config", "patterns", "Benchmarks"].flatMap { folder in
        let names = (try? FileManager.default.contentsOfDirectory(atPath: project + "/" + folder)) ?? []
        return names.filter { $0.hasSuffix(".md") }.map { folder.isEmpty ? $0 : folder + "/" + $0 }.sorted()
    }

    /// The fenced blocks, less those marked as unchecked.
    var blocks: [Block] {
        var blocks: [Block] = []
        var open: (line: Int, words: [Substring], lines: [String])?
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("```") {
                if let block = open {
                    if !block.words.contains("unchecked") {
                        let language = block.words.first.map(String.init) ?? ""
                        let file = block.words.first { $0.hasPrefix("file=") }
                        blocks.append(
                            Block(
                                line: block.line, language: language, lines: block.lines,
                                isTest: block.words.contains("test"), isForMachine: block.words.contains("machine"),
                                file: file.flatMap { $0.split(separator: "/").last }.map(String.init)))
                    }
                    open = nil
                } else {
                    open = (index + 2, line.dropFirst(3).split(separator: " "), [])
                }
            } else {
                open?.lines.append(line)
            }
        }
        return blocks
    }

    /// `bobo …` between single backquotes.
    var spans: [String] {
        lines.flatMap { line in line.matches(of: #/`(bobo [^`]+)`/#).map { String($0.output.1) } }
    }

    /// What links lead to within the project.
    var links: [String] {
        lines.flatMap { line in line.matches(of: #/\]\(([^)#]+)(?:#[^)]*)?\)/#).map { String($0.output.1) } }
            .filter { !$0.contains("://") && !$0.hasPrefix("mailto:") }
    }
}

extension Document.Block {
    struct Command {
        let text: String
        /// What the page shows of its output.
        var shown: [String] = []
    }

    /// The command lines of a block of a shell: in `sh` each line, in `console` those behind `$`. A backslash at the end
    /// of a line joins the next to it.
    var commands: [Command] {
        var commands: [Command] = []
        var continued = ""
        for line in lines {
            let isPrompted = line.hasPrefix("$ ")
            guard language == "sh" || isPrompted || !continued.isEmpty else {
                if !commands.isEmpty { commands[commands.count - 1].shown.append(line) }
                continue
            }
            let part = isPrompted ? String(line.dropFirst(2)) : line
            if part.hasSuffix("\\") {
                continued += part.dropLast()
            } else {
                let text = (continued + part).trimmingCharacters(in: .whitespaces)
                continued = ""
                if !text.isEmpty, !text.hasPrefix("#") { commands.append(Command(text: text)) }
            }
        }
        return commands
    }
}
