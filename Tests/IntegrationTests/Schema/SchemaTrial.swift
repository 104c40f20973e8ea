import BoboYAML
import Foundation

/// Files that both the loader and the schema judge.
struct SchemaTrial {
    struct File {
        /// `pattern` or `configuration`.
        let kind: String
        let name: String
        let text: String
    }

    enum Failure: Error { case notYAML(String), validator(String) }

    /// What the schemas say of each file: nothing where it is well.
    static func schema(_ files: [File]) throws -> [[String]] {
        let schemas = try ["pattern", "configuration"].map { kind in
            "\"\(kind)\":\(try String(contentsOfFile: Document.project + "/docs/schema/\(kind).json", encoding: .utf8))"
        }
        let documents = try files.map { file in
            let problems = ProblemCollector()
            guard
                let json = YAMLDocument.load(text: file.text, file: file.name, problems: problems)?.value(problems)?
                    .json
            else { throw Failure.notYAML("\(file.name): \(problems.errors)") }
            return "{\"schema\":\"\(file.kind)\",\"document\":\(json)}"
        }
        let input =
            "{\"schemas\":{\(schemas.joined(separator: ","))},\"documents\":[\(documents.joined(separator: ","))]}"
        let folder = try TestFolder()
        let file = try folder.write(input, to: "asked.json")
        let process = try BoboProcess(
            ["-c", "exec \"$0\" <\"$1\"", Document.project + "/Tests/Schema/run", file], in: folder,
            program: "/bin/bash")
        // The first time on a machine it may have to be installed.
        let status = try process.waitForExit(timeout: .seconds(120))
        let lines = process.output.lines
        guard status == 0, lines.count == files.count else { throw Failure.validator(process.errors.text) }
        return try lines.map { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String] ?? []
        }
    }

    /// What `bobo check` says of each file, all of them at once.
    static func loader(_ files: [File]) throws -> [[String]] {
        let folder = try TestFolder()
        var paths: [String] = []
        for (index, file) in files.enumerated() {
            // By its name a configuration is known for one whatever it says.
            let path = file.kind == "pattern" ? "f\(index)/pattern.yaml" : "f\(index)/bobo.yaml"
            try folder.write(file.text, to: path)
            paths.append(path)
        }
        let result = try BoboProcess.run(["check"] + paths, in: folder)
        // All of them are one phenomenon's.
        let lines = result.output.split(separator: "\n").map(String.init)
            .filter { !$0.contains("found the phenomenon \"p\" a second time") }
        return paths.map { path in lines.filter { $0.hasPrefix(path + ":") && !$0.contains(": hint: ") } }
    }
}
