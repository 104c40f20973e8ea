import BoboEngine
import BoboPatterns
import BoboYAML
import CEL

@testable import BoboGraph

/// Pattern files as diagrams.
func diagrams(_ yaml: String) throws -> [PhenomenonDiagram] {
    struct Refused: Error { let problems: [String] }
    let problems = ProblemCollector()
    let phenomena = PatternFiles(paths: PathTable(), problems: problems).load(texts: [("file.yaml", yaml)])
    guard !problems.hasErrors else { throw Refused(problems: problems.errors.map(\.description)) }
    return phenomena.map(PhenomenonDiagram.init)
}

/// Blocks of one pattern.
func pattern(_ blocks: [String], keys: String = "") throws -> PatternDiagram {
    let list = blocks.map { "      - \($0)\n" }.joined()
    let text = "phenomenon: p\npatterns:\n  - name: q\n    input: [home/#]\n\(keys)    blocks:\n\(list)"
    struct Missing: Error {}
    guard let pattern = try diagrams(text).first?.patterns.first else { throw Missing() }
    return pattern
}
