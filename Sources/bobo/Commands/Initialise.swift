import ArgumentParser
import BoboEngine
import BoboGateway
import BoboMQTT
import BoboPatterns
import BoboTopics
import BoboYAML
import CEL
import Foundation

struct Initialise: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a configuration and a first pattern, from a real message where a topic is named.",
        discussion: """
            Writes bobo.yaml, with the broker where one is named, and a pattern in patterns/, both with comments that tell
            how to change them. What is there already is left alone.

            With a topic, or a filter in quotes, it waits for a message there (one that the broker has stored will do) and
            makes a pattern of its fields: a number above what it was, a text or a bool as it was.

              bobo init
              bobo topics --broker mqtt://127.0.0.1:1883
              bobo init --broker mqtt://127.0.0.1:1883 zigbee2mqtt/climate/kitchen 'zigbee2mqtt/door/+'
            """)

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long it waits for a message, such as 1m; else until Ctrl-C.", valueName: "duration"))
    var length: DurationOption?

    @OptionGroup var broker: BrokerOptions
    @OptionGroup var timeout: BrokerTimeout

    @Argument(
        help: ArgumentHelp("Whose messages to make patterns of.", valueName: "topic"),
        transform: { try TopicFilter($0) })
    var topics: [TopicFilter] = []

    func validate() throws {
        guard !topics.contains(where: { $0.firstLiteral == "$share" }) else {
            throw ValidationError("Listening takes no message away from others: give the topic without $share.")
        }
    }

    func run() throws {
        let configuration = try broker.configuration()
        let folder = try folder(of: configuration)
        // Before anything is written: a broker that is not there may be a slip of the pen.
        let (seen, isStopped) = topics.isEmpty ? ([:], false) : try listen(configuration)
        if let file = configuration.file {
            print("left alone: \(file), which is there already")
        } else {
            try write(StarterConfiguration.text(configuration.broker), to: "bobo.yaml")
        }
        var missing: [TopicFilter] = []
        if topics.isEmpty {
            try write(StarterPattern(), in: folder)
        }
        for filter in topics {
            guard let topic = seen[filter] else {
                missing.append(filter)
                continue
            }
            let taken = Initialise.phenomena(in: folder)
            let pattern = StarterPattern(filter, seen: topic) { name in
                taken.contains(name) && !FileManager.default.fileExists(atPath: "\(folder)/\(name).yaml")
            }
            try write(pattern, in: folder)
        }
        tellNext(configuration, folder)
        for filter in missing { say("no message came on \(filter); `bobo topics` shows what there is") }
        guard missing.isEmpty else { throw isStopped ? ExitCode.interrupted : ExitCode.foundWrong }
    }

    /// Where patterns go.
    private func folder(of configuration: Configuration) throws -> String {
        var isFolder: ObjCBool = true
        let isThere = FileManager.default.fileExists(atPath: configuration.patterns, isDirectory: &isFolder)
        guard !isThere || isFolder.boolValue else {
            say("the configuration's patterns is the file \(configuration.patterns), expected a folder to write to")
            throw ExitCode.badInput
        }
        return configuration.patterns
    }

    /// Of each filter the topic of a message that it matched.
    private func listen(_ configuration: Configuration) throws
        -> (seen: [TopicFilter: TopicSurvey.Topic], isStopped: Bool)
    {
        func seen(_ survey: TopicSurvey) -> [TopicFilter: TopicSurvey.Topic] {
            let known = survey.topics.compactMap { topic in (try? TopicName(topic.name)).map { (topic, $0) } }
            var seen: [TopicFilter: TopicSurvey.Topic] = [:]
            for filter in topics { seen[filter] = known.first { filter.matches($0.1) }?.0 }
            return seen
        }
        let options = try broker.visitor("init", configuration)
        StopSignal.install()
        var result: [TopicFilter: TopicSurvey.Topic] = [:]
        var isStopped = false
        try telling {
            var progress = Progress()
            var looked = 0
            let surveyor = try Surveyor(
                topics, prefix: configuration.prefix, duration: length?.duration,
                connection: try SteadyConnection(
                    options, patience: timeout.limit.duration, stop: StopSignal.descriptor),
                isEnough: { survey in
                    guard survey.messages > looked else { return false }
                    looked = survey.messages
                    return seen(survey).count == Set(topics).count
                },
                tell: { news in
                    progress.clear()
                    tell(news)
                },
                progress: { _ in progress.show("waiting for messages; Ctrl-C ends it") })
            isStopped = try surveyor.run()
            progress.clear()
            result = seen(surveyor.survey)
        }
        return (result, isStopped)
    }

    private func tell(_ news: SteadySubscription.News) {
        switch news {
        case .subscribed: say("waiting for a message of \(topics.map(\.text).joined(separator: ", "))")
        case .away(let failure): say("\(failure); trying again for \(timeout.limit)")
        case .back: say("connected")
        }
    }

    /// The names that pattern files bear already.
    private static func phenomena(in folder: String) -> Set<String> {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        let files = PatternFiles(paths: PathTable(), problems: ProblemCollector())
        return Set(files.load(path: folder).map(\.name))
    }

    private func write(_ pattern: StarterPattern, in folder: String) throws {
        let path = "\(folder)/\(pattern.name).yaml"
        let problems = ProblemCollector()
        _ = PatternFiles(paths: PathTable(), problems: problems).load(texts: [(path, pattern.text)])
        guard !problems.hasErrors else {
            for problem in problems.errors { say(problem.description) }
            say("this is a fault of bobo's own: no pattern was written")
            throw ExitCode.internalFault
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            say("\(folder) cannot be made: \(error.localizedDescription)")
            throw ExitCode.badInput
        }
        try write(pattern.text, to: path)
    }

    /// Nothing that is there is touched.
    private func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            if errno == EEXIST { return print("left alone: \(path), which is there already") }
            say("\(path) cannot be written: \(String(cString: strerror(errno)))")
            throw ExitCode.badInput
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data(text.utf8))
        } catch {
            say("\(path) cannot be written: \(error.localizedDescription)")
            throw ExitCode.badInput
        }
        print("written: \(path)")
    }

    private func tellNext(_ configuration: Configuration, _ folder: String) {
        var options = broker.config.map { " --config \(quoted($0))" } ?? ""
        // A configuration that was there before may name another broker, or none.
        if configuration.file != nil, let url = broker.broker { options += " --broker \(url)" }
        print("next:")
        if topics.isEmpty {
            let url = configuration.broker.url == nil ? " --broker mqtt://HOST" : options
            print("  bobo topics\(url)    # what is on the broker; bobo init TOPIC makes a pattern of it")
        }
        print("  bobo check \(quoted(folder))")
        print("  bobo run\(options)    # each complex event is shown, and published on bobo/events/…")
    }

    private func quoted(_ path: String) -> String {
        path.wholeMatch(of: #/[A-Za-z0-9_.\/-]+/#) == nil ? "'" + path.replacing("'", with: "'\\''") + "'" : path
    }
}
