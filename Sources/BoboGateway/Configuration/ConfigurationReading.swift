internal import BoboYAML
private import Foundation

/// Reads a configuration key by key.
struct ConfigurationReading {
    let sources: ConfigurationSources
    let checksFiles: Bool
    let problems: ProblemCollector
    let layers: ConfigurationLayers
    let files: NamedFiles

    init(sources: ConfigurationSources, checksFiles: Bool, problems: ProblemCollector) {
        self.sources = sources
        self.checksFiles = checksFiles
        self.problems = problems
        layers = ConfigurationLayers(sources: sources, problems: problems)
        files = NamedFiles(problems: problems)
    }

    func configuration() -> Configuration {
        let instance = name("instance", "a name of this gateway") ?? Self.instance(host: sources.hostName)
        var result = Configuration(
            instance: instance, timezone: timezone() ?? sources.timezone, broker: broker(instance: instance))
        result.file = layers.file
        set(&result.prefix, name("prefix", "one level of a topic"))
        result.patterns = path("patterns") ?? joinedPath(layers.fileFolder, result.patterns)
        result.secretsFile = namedFile("secrets_file", isSecret: true)
        result.sensors = sensors(prefix: result.prefix)
        set(&result.maxLateness, layers.value("max_lateness") { $0.node.duration(problems) })
        set(&result.late, choice("late"))
        set(&result.maxAhead, layers.value("max_ahead") { $0.node.duration(problems) })
        // MQTT's own limit is 256 MiB less one byte, for all of the packet after its length.
        set(&result.maxPayload, layers.value("max_payload") { $0.node.byteSize(in: 1...(255 << 20), problems) })
        set(&result.maxState, layers.value("max_state") { $0.node.integer(in: 1...100_000_000, problems) })
        set(&result.queue.size, layers.value("queue.size") { $0.node.integer(in: 1...100_000_000, problems) })
        set(&result.queue.whenFull, choice("queue.when_full"))
        result.peers = peers(instance: instance)
        result.partitions = partitions(prefix: result.prefix, hasPeers: !result.peers.ids.isEmpty)
        cutSession(&result)
        set(&result.statsInterval, layers.value("stats_interval") { $0.node.duration(in: 100...86_400_000, problems) })
        result.homeAssistant = homeAssistant()
        result.http = http()
        set(&result.logLevel, choice("log_level"))
        set(&result.logFormat, choice("log_format"))
        layers.finish()
        result.origins = layers.origins
        return result
    }

    func set<Value>(_ target: inout Value, _ value: Value?) {
        if let value { target = value }
    }

    private func choice<Choice: RawRepresentable<String> & CaseIterable>(_ path: String) -> Choice? {
        layers.value(path) { $0.node.oneOf(Choice.self, problems) }
    }

    private func name(_ path: String, _ expected: String) -> String? {
        layers.value(path, isText: true) { $0.node.name(problems, expected: expected) }
    }

    func text(_ path: String, expected: String = "a text") -> String? {
        layers.value(path, isText: true) { given in
            guard let text = given.node.text(problems, expected: expected) else { return nil }
            guard (1...65535).contains(text.utf8.count), !text.unicodeScalars.contains(where: { $0.value < 0x20 })
            else {
                problems.error(given.node.place, "expected \(expected) of 1 to 65535 bytes without control characters")
                return nil
            }
            return text
        }
    }

    private func path(_ path: String) -> String? {
        layers.value(path, isText: true) { given in
            guard let text = given.node.text(problems, expected: "a path") else { return nil }
            guard !text.isEmpty, !text.unicodeScalars.contains("\0") else {
                problems.error(given.node.place, "expected a path")
                return nil
            }
            return joinedPath(given.folder, text)
        }
    }

    /// A path to a file that has to be there. One that a later layer covers need not.
    func namedFile(_ path: String, isSecret: Bool = false) -> String? {
        guard let file = self.path(path) else { return nil }
        if checksFiles {
            if isSecret { files.checkSecret(file, at: place(path)) } else { files.check(file, at: place(path)) }
        }
        return file
    }

    /// For a problem that is told of a value after it was read.
    func place(_ path: String) -> SourcePlace {
        (layers.origins[path] ?? .default).place(of: path)
    }

    private func timezone() -> String? {
        layers.value("timezone", isText: true) { given in
            guard let text = given.node.text(problems, expected: "the name of a time zone") else { return nil }
            // Foundation also takes abbreviations (`PST`), whose meaning hangs on the season and the country.
            let known = TimeZone.knownTimeZoneIdentifiers
            guard known.contains(text) || text == "UTC" || (text.contains("/") && TimeZone(identifier: text) != nil)
            else {
                let nearest = nearestName(to: text, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
                problems.error(
                    given.node.place,
                    "unknown time zone \"\(shortenedForMessage(text))\", expected a name such as Europe/Berlin or UTC\(nearest)"
                )
                return nil
            }
            return text
        }
    }

    /// The host's name as a name of an instance: its first label, other characters as `-`.
    static func instance(host: String) -> String {
        let label = host.prefix { $0 != "." }.prefix(200)
        let name = String(label.map { isName(String($0)) ? $0 : "-" })
        return isName(name) ? name : "bobo"
    }
}
