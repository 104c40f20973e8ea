import BoboEngine
import BoboPatterns
import BoboYAML
import CEL

/// Texts that were loaded as `a.yaml`, `b.yaml` and so on, with what was reported.
struct Loaded {
    let phenomena: [Phenomenon]
    let errors: [String]
    let hints: [String]

    init(_ texts: String..., secrets: KnownSecrets = .any) {
        let problems = ProblemCollector()
        let files = zip("abcdefgh", texts).map { (file: "\($0).yaml", text: $1) }
        phenomena = PatternFiles(paths: PathTable(), problems: problems, secrets: secrets).load(texts: files)
        errors = problems.errors.map(\.description)
        hints = problems.hints.map(\.description)
    }

    /// One pattern, its keys beginning in the fourth line, at column 5: `phenomenon: p`, `patterns:`, `- name: q`.
    init(pattern: String) {
        let lines = pattern.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
        self.init("phenomenon: p\npatterns:\n  - name: q\n\(lines.joined(separator: "\n"))\n")
    }

    /// One pattern's blocks: the first stands in the fifth line, the text behind its dash at column 9.
    init(blocks: [String], _ keys: String = "") {
        self.init(pattern: (["blocks:"] + blocks.map { "  - \($0)" } + [keys]).joined(separator: "\n"))
    }

    var patterns: [Pattern] { phenomena.flatMap(\.patterns) }
}
