import ArgumentParser
import BoboEngine
import BoboPatterns
import BoboYAML
import CEL

/// Patterns for commands that need sound ones.
enum PatternInput {
    /// - Throws: exit status 65 after all errors were told on standard error.
    static func load(_ paths: [String], paths table: PathTable) throws -> [Phenomenon] {
        let problems = ProblemCollector()
        let phenomena = PatternFiles(paths: table, problems: problems).load(paths: paths)
        guard !problems.hasErrors else {
            for problem in problems.errors { say(problem.description) }
            throw ExitCode.badInput
        }
        return phenomena
    }
}
