import ArgumentParser
import BoboEngine
import BoboPatterns
import BoboYAML
import CEL

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Validates pattern files, and says of each fault where it stands.",
        discussion: """
            Every error comes with file:line:column, hints after them; hints do not change the exit status, which is 0
            where all is well and 1 where something is wrong.

              bobo check patterns
              bobo check patterns/fire.yaml
            """)

    @Argument(help: ArgumentHelp("Pattern files, or folders of them.", valueName: "path"))
    var paths: [String]

    func run() throws {
        let problems = ProblemCollector()
        let phenomena = PatternFiles(paths: PathTable(), problems: problems).load(paths: paths)
        let output = try LineWriter()
        for problem in problems.problems { try output.write(line: problem.description) }
        if problems.dropped > 0 { try output.write(line: "and \(problems.dropped) more") }
        try output.flush()
        guard !problems.hasErrors else { throw ExitCode.foundWrong }
        let patterns = phenomena.reduce(0) { $0 + $1.patterns.count }
        say(
            "\(count(phenomena.count, "phenomenon", "phenomena")) of \(count(patterns, "pattern", "patterns")): all well"
        )
    }
}

func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }
