import ArgumentParser
import BoboEngine
import BoboGateway
import BoboPatterns
import BoboYAML
import CEL

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Validates pattern and configuration files, and says of each fault where it stands.",
        discussion: """
            Every error comes with file:line:column, hints after them; hints do not change the exit status, which is 0
            where all is well and 1 where something is wrong.

            With --config, or a bobo.yaml in the working directory, patterns are checked as that gateway would read them:
            one that names no topic needs its `sensors`, and where it has `peers` or `partitions`, hints say which
            patterns' runs take events of different partitions. Files that need not be on this machine, such as certificates,
            are not looked for.

            With --events, recorded events go through the patterns, and hints name the fields that patterns read and none
            of these events has, and the blocks that no run reaches.

              bobo check patterns
              bobo check patterns/fire.yaml bobo.yaml
              bobo check patterns/fire.yaml --events patterns/recordings/fire.fires.jsonl
              bobo check --config /etc/bobo/bobo.yaml patterns
            """)

    @Argument(
        help: ArgumentHelp("Pattern and configuration files, or folders of them.", valueName: "path"),
        completion: .patterns)
    var paths: [String]

    @Option(
        help: ArgumentHelp(
            "The configuration file; else bobo.yaml in the working directory where there is one.", valueName: "file"),
        completion: .configuration)
    var config: String?

    @Option(
        help: ArgumentHelp("Recorded events to try the patterns with; - for standard input.", valueName: "file"),
        completion: .events)
    var events: String?

    func run() throws {
        let problems = ProblemCollector()
        let configuration = load(.process(file: config), problems)
        let files = PatternFiles(
            paths: PathTable(), problems: problems, prefix: configuration?.prefix ?? EngineOptions().prefix,
            needsTopics: configuration?.file != nil && configuration?.sensors.isEmpty == true,
            secrets: configuration?.knownSecrets(problems) ?? .any)
        var configurations = Set([configuration?.file].compactMap(\.self))
        var patterns: [String] = []
        var loaded: [Configuration] = []
        let phenomena = files.load(
            roots: paths.flatMap(files.files).lazy.map { path -> YAMLNode? in
                guard !configurations.contains(path),
                    let root = YAMLDocument.load(path: path, problems: problems)
                else { return nil }
                guard Configuration.isLike(root) else {
                    patterns.append(path)
                    return root
                }
                configurations.insert(path)
                if let one = load(ConfigurationSources(file: path), problems) { loaded.append(one) }
                return nil
            })
        // The gateway's whose patterns these are: the one named, else the only one among the paths.
        let isNamed = configuration?.file != nil || configuration?.partitioningWay != .whole
        if let gateway = isNamed ? configuration : loaded.count == 1 ? loaded.first : nil {
            PartitionHints(gateway, phenomena).report(problems)
        }
        try tell(problems)
        guard !problems.hasErrors else { throw ExitCode.foundWrong }
        if let events { try tryOut(patterns, with: events) }
        summarise(phenomena, configurations: configurations.count)
    }

    private func load(_ sources: ConfigurationSources, _ problems: ProblemCollector) -> Configuration? {
        let outcome = Configuration.load(sources, checksFiles: false)
        for problem in outcome.problems { problems.report(problem) }
        return outcome.configuration
    }

    /// Tells the hints that take events to find.
    private func tryOut(_ patterns: [String], with events: String) throws {
        let preparation = try PatternInput.prepare(
            ConfigurationOptions.forRecordedEvents(file: config), patterns, unnamed: .seeAll)
        let output = try LineWriter()
        for hint in try PatternTryOut(preparation).hints(events: events) { try output.write(line: hint) }
        try output.flush()
    }

    private func tell(_ problems: ProblemCollector) throws {
        let output = try LineWriter()
        for problem in problems.problems { try output.write(line: problem.description) }
        if problems.dropped > 0 { try output.write(line: "and \(problems.dropped) more") }
        try output.flush()
    }

    private func summarise(_ phenomena: [Phenomenon], configurations: Int) {
        let patterns = phenomena.reduce(0) { $0 + $1.patterns.count }
        var parts: [String] = []
        if patterns > 0 || configurations == 0 {
            parts.append(
                "\(count(phenomena.count, "phenomenon", "phenomena")) of \(count(patterns, "pattern", "patterns"))")
        }
        if configurations > 0 { parts.append(count(configurations, "configuration", "configurations")) }
        say(parts.joined(separator: ", ") + ": all well")
    }
}

func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }
