import ArgumentParser
import BoboEngine
import BoboGateway
import BoboYAML

/// Patterns for commands that need sound ones.
enum PatternInput {
    /// - Throws: exit status 65 after all errors were told on standard error.
    static func prepare(
        _ configuration: Configuration, _ paths: [String], unnamed: EnginePreparation.Unnamed
    ) throws -> EnginePreparation {
        let problems = ProblemCollector()
        let preparation = EnginePreparation(configuration, patterns: paths, unnamed: unnamed, problems: problems)
        guard !problems.hasErrors else {
            for problem in problems.errors { say(problem.description) }
            if problems.dropped > 0 { say("and \(problems.dropped) more") }
            throw ExitCode.badInput
        }
        return preparation
    }
}
