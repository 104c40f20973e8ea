import ArgumentParser
import BoboGateway
import BoboYAML

/// `bobo test`; named so because `Test` is a name of Swift Testing.
struct TestPatterns: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Runs the tests that stand beside the patterns: events in, expected complex events out.",
        discussion: """
            A file NAME.test.yaml holds tests. Each gives events with their time from the start of the test, and the
            complex events that are to come of them, these and no others, in this order; what an expectation leaves out
            may be anything. The start is a Monday at midnight, so that `at: 22h` is ten in the evening.

              bobo test patterns
              bobo test --coverage --junit report.xml patterns

            The exit status is 0 where all tests pass, 1 where one fails, 65 where tests or patterns cannot be read.
            """)

    @Argument(
        help: ArgumentHelp("Files of tests (*.test.yaml), or folders of them.", valueName: "path"),
        completion: .patterns)
    var paths: [String]

    @Option(
        help: ArgumentHelp("Writes the outcomes as JUnit's XML, for CI.", valueName: "file"), completion: .file())
    var junit: String?

    @Flag(help: "Says which blocks no test reached.")
    var coverage = false

    @OptionGroup var configurationOptions: ConfigurationOptions

    func run() throws {
        let problems = ProblemCollector()
        let tests = PatternTests(
            try configurationOptions.forRecordedEvents(), paths: paths, coversFolders: coverage, problems: problems)
        guard !problems.hasErrors else {
            for problem in problems.errors { say(problem.description) }
            if problems.dropped > 0 { say("and \(problems.dropped) more") }
            throw ExitCode.badInput
        }
        let failed = try telling {
            let report = try junit.map { try LineWriter(path: $0) }
            let output = try LineWriter()
            let failed = try run(tests, output, report)
            try output.flush()
            return failed
        }
        if failed > 0 { throw ExitCode.foundWrong }
    }

    /// - Returns: how many tests have failed.
    private func run(_ tests: PatternTests, _ output: LineWriter, _ report: LineWriter?) throws -> Int {
        let coverage = coverage ? tests.coverage() : nil
        var junit = JUnitReport()
        var (passed, failed) = (0, 0)
        for suite in tests.suites {
            junit.begin(file: suite.file.path)
            try output.write(line: suite.file.path)
            for test in suite.file.tests {
                let outcome = suite.run(test, coverage: coverage)
                junit.add(test, outcome)
                if outcome.hasPassed {
                    passed += 1
                    try output.write(line: "  ok    \(test.name)")
                } else {
                    failed += 1
                    try output.write(line: "  FAIL  \(test.name)  (\(test.place))")
                    try output.write(line: "        expected (-) and found (+):")
                    for line in outcome.difference { try output.write(line: "        \(line)") }
                }
            }
        }
        for line in coverage?.lines ?? [] { try output.write(line: line) }
        let outcome = failed == 0 ? "all passed" : "\(passed) passed, \(failed) failed"
        try output.write(line: "\(count(passed + failed, "test", "tests")): \(outcome)")
        try report?.write(line: junit.xml)
        try report?.flush()
        return failed
    }

    private func telling(_ body: () throws -> Int) throws -> Int {
        do {
            return try body()
        } catch let failure as LineWriter.Failure where failure.isBrokenPipe {
            return 0
        } catch let failure as LineWriter.Failure {
            say("\(failure)")
            throw ExitCode.badInput
        }
    }
}
