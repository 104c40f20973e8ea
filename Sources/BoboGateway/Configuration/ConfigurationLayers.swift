internal import BoboYAML
private import Foundation

/// The layers of a configuration, asked path by path. All layers' values are checked, also those that a later one covers.
final class ConfigurationLayers {
    /// A value of one layer.
    struct Given {
        let node: YAMLNode
        let origin: Configuration.Origin
        /// What a relative path in it is relative to.
        let folder: String
    }

    private let sources: ConfigurationSources
    private let problems: ProblemCollector
    /// The file that was read, as it is to be named.
    let file: String?
    let fileFolder: String
    private let root: MappingReader?
    private var sections: [String: MappingReader] = [:]
    private var knownPaths: Set<String> = []
    private(set) var origins: [String: Configuration.Origin] = [:]

    /// The mappings that hold values, each after the one that holds it.
    private static let sectionPaths = [
        "broker", "queue", "peers", "peers.remember", "partitions", "home_assistant", "http",
    ]

    init(sources: ConfigurationSources, problems: ProblemCollector) {
        self.sources = sources
        self.problems = problems
        let path = sources.file ?? joinedPath(sources.workingDirectory, "bobo.yaml")
        guard sources.file != nil || FileManager.default.fileExists(atPath: path) else {
            (file, root, fileFolder) = (nil, nil, sources.workingDirectory)
            return
        }
        file = path
        fileFolder = parentFolder(path)
        let node = YAMLDocument.load(path: path, problems: problems)
        // A file of comments alone says nothing, which is allowed.
        root = node.flatMap { $0.isNull ? nil : $0.mapping(problems) }
        for section in Self.sectionPaths {
            let (parent, key) = Self.parts(of: section)
            let holder = parent.map { sections[$0] } ?? root
            sections[section] = holder?.optional(key)?.mapping(problems)
        }
    }

    /// The value of the last layer that has one which `read` accepts.
    ///
    /// - Parameter isText: whether `12345` in an environment variable or a flag is a text.
    /// - Parameter isList: whether what an environment variable or a flag says is a list of texts, separated by commas.
    func value<Value>(
        _ path: String, isText: Bool = false, isList: Bool = false, read: (Given) -> Value?
    ) -> Value? {
        var value: Value?
        for given in given(path, isText: isText, isList: isList) {
            guard let read = read(given) else { continue }
            value = read
            origins[path] = given.origin
        }
        return value
    }

    /// Where two keys say the same in two ways, the later layer's counts: whether that is the first of them.
    func prefers(_ one: String, to other: String) -> Bool {
        rank(origins[one]) > rank(origins[other])
    }

    /// Also of values that were refused.
    func placesGiven(of path: String) -> [SourcePlace] { given(path, isText: true).map(\.node.place) }

    /// A value that another key's takes the place of has no say in where the outcome comes from.
    func forget(_ path: String) { origins[path] = nil }

    /// A value that only the file can give.
    func fileOnly(_ path: String) -> YAMLNode? {
        let node = root?.optional(path)
        if let node { origins[path] = .file(node.place) }
        if environment[Self.variable(path)] != nil {
            problems.error(.whole(Self.variable(path)), "\(path) can be given in the configuration file only")
        }
        knownPaths.insert(path)
        return node
    }

    /// Reports what no one has asked for: keys, environment variables, flags.
    func finish() {
        root?.finish()
        for section in Self.sectionPaths { sections[section]?.finish() }
        let known = Set(knownPaths.map(Self.variable))
        for variable in environment.keys.sorted() where !known.contains(variable) {
            problems.error(.whole(variable), unknownVariable(variable, known: known))
        }
        for path in sources.flags.keys.sorted() where !knownPaths.contains(path) {
            problems.error(.whole(Self.flag(path)), "sets \(path), which is no key of the configuration")
        }
    }

    private func given(_ path: String, isText: Bool, isList: Bool = false) -> [Given] {
        knownPaths.insert(path)
        var given: [Given] = []
        if let node = fileNode(path) {
            given.append(Given(node: node, origin: .file(node.place), folder: fileFolder))
        }
        let variable = Self.variable(path)
        if let text = environment[variable] {
            let node = Self.node(text, place: .whole(variable), isText: isText, isList: isList)
            given.append(
                Given(node: node, origin: .environment(variable: variable), folder: sources.workingDirectory))
        }
        if let text = sources.flags[path] {
            let flag = Self.flag(path)
            let node = Self.node(text, place: .whole(flag), isText: isText, isList: isList)
            given.append(Given(node: node, origin: .flag(flag), folder: sources.workingDirectory))
        }
        return given
    }

    private static func node(_ text: String, place: SourcePlace, isText: Bool, isList: Bool) -> YAMLNode {
        guard isList else { return YAMLNode(text: text, place: place, isText: isText) }
        let items = text.split(separator: ",", omittingEmptySubsequences: false).map {
            String($0).trimmingCharacters(in: .whitespaces)
        }
        return YAMLNode(texts: items == [""] ? [] : items, place: place)
    }

    private func fileNode(_ path: String) -> YAMLNode? {
        let (section, key) = Self.parts(of: path)
        return section.map { sections[$0] }.map { $0?.optional(key) } ?? root?.optional(key)
    }

    /// `peers.remember.age`: `peers.remember` and `age`.
    private static func parts(of path: String) -> (section: String?, key: String) {
        guard let dot = path.lastIndex(of: ".") else { return (nil, path) }
        return (String(path[..<dot]), String(path[path.index(after: dot)...]))
    }

    private var environment: [String: String] { sources.environment.filter { $0.key.hasPrefix("BOBO_") } }

    private func unknownVariable(_ variable: String, known: Set<String>) -> String {
        let nearest = nearestName(to: variable, among: known.sorted()).map { "; did you mean \($0)?" }
        return "unknown environment variable; those that begin with BOBO_ are keys of the configuration"
            + (nearest ?? "")
    }

    private func rank(_ origin: Configuration.Origin?) -> Int {
        switch origin {
        case nil, .default: 0
        case .file: 1
        case .environment: 2
        case .flag: 3
        }
    }

    private static func variable(_ path: String) -> String {
        "BOBO_" + path.replacing(".", with: "_").uppercased()
    }

    private static func flag(_ path: String) -> String {
        if path == "broker.url" { return "--broker" }
        if path == "peers.ids" { return "--peer" }
        let name = path.hasPrefix("broker.") ? path.dropFirst("broker.".count) : Substring(path)
        return "--" + name.replacing("_", with: "-").replacing(".", with: "-")
    }
}
