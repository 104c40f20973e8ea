package import BoboEngine
package import BoboYAML
package import CEL
import Foundation

/// Loads pattern files: one, or all of a folder.
package struct PatternFiles {
    package let paths: PathTable
    package let problems: ProblemCollector
    private let prefix: String
    private let needsTopics: Bool
    private let secrets: KnownSecrets

    /// - Parameters:
    ///   - prefix: the first level of the topics of complex and action events.
    ///   - needsTopics: whether a pattern that names no topic is an error, as where the configuration has no `sensors`.
    ///   - secrets: what `secret("name")` may name in actions.
    package init(
        paths: PathTable, problems: ProblemCollector, prefix: String = EngineOptions().prefix,
        needsTopics: Bool = false,
        secrets: KnownSecrets = .any
    ) {
        self.paths = paths
        self.problems = problems
        self.prefix = prefix
        self.needsTopics = needsTopics
        self.secrets = secrets
    }

    /// The phenomena of a file or of a folder's `*.yaml`, `*.yml` and `*.json`; those of its subfolders and `*.test.yaml`
    /// are not read.
    package func load(path: String) -> [Phenomenon] { load(paths: [path]) }

    package func load(paths: [String]) -> [Phenomenon] {
        phenomena(of: paths.flatMap(files).lazy.map { YAMLDocument.load(path: $0, problems: problems) })
    }

    /// The phenomena of texts that are to be taken for files of these names.
    package func load(texts: [(file: String, text: String)]) -> [Phenomenon] {
        phenomena(
            of: texts.lazy.map { YAMLDocument.load(bytes: Array($0.text.utf8), file: $0.file, problems: problems) })
    }

    /// The phenomena of documents that are read one by one, so that problems come in the order of the files.
    package func load(roots: some Sequence<YAMLNode?>) -> [Phenomenon] { phenomena(of: roots) }

    private func phenomena(of roots: some Sequence<YAMLNode?>) -> [Phenomenon] {
        var phenomena: [Phenomenon] = []
        var places: [String: SourcePlace] = [:]
        let compiled = CompiledExpressions(paths: paths)
        for root in roots {
            guard let root else { continue }
            let found = PhenomenonReader(
                problems: problems, compiled: compiled, needsTopics: needsTopics, secrets: secrets
            ).phenomenon(root)
            if let name = found.name {
                if let first = places[name.text] {
                    problems.error(
                        name.place,
                        "found the phenomenon \"\(name.text)\" a second time, after \(first); expected another name")
                    continue
                }
                places[name.text] = name.place
            }
            if let phenomenon = found.phenomenon { phenomena.append(phenomenon) }
        }
        FeedbackCycles(phenomena: phenomena, places: places, prefix: prefix).report(problems)
        return phenomena
    }

    /// The pattern file at a path, or those of the folder there, in order; what is not there is reported.
    package func files(_ path: String) -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            problems.error(.whole(path), "there is no such file or folder")
            return []
        }
        guard isFolder else { return [path] }
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: path).filter(PatternFiles.isPatternFile)
            if names.isEmpty {
                problems.error(.whole(path), "found no pattern file (*.yaml, *.yml, *.json) in the folder")
            }
            return names.sorted().map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
        } catch {
            problems.error(.whole(path), "the folder cannot be read: \(error.localizedDescription)")
            return []
        }
    }

    /// Whether a folder's file of this name is read.
    package static func isPatternFile(_ name: String) -> Bool {
        guard !name.hasPrefix("."), !name.hasSuffix(".test.yaml"), !name.hasSuffix(".test.yml") else { return false }
        return [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
    }
}
