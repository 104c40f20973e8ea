import BoboPatterns
import BoboTopics
import BoboYAML
import CEL
import Foundation

@testable import BoboEngine

/// Patterns and events written short, and the completed runs as text.
///
/// In patterns a capital letter by itself stands for a condition: `A` for `payload.type == 'A'`. Events are words: `A` has
/// the type A; `A5` besides the `v` 5; `A.x` the `k` x; `A/home` the topic `home`; `A@7.5` comes at 7.5 seconds, others one
/// second after the event before; `?` has no `type`, so that all conditions fail; `|9` moves the clock to 9 seconds.
struct Trial {
    struct Refused: Error, CustomStringConvertible {
        let problems: [String]
        var description: String { problems.joined(separator: "\n") }
    }

    static let start: Int64 = 1_764_000_000_000

    let engine: Engine
    let paths: PathTable
    let defaultInput: [TopicFilter]
    private var number: UInt64 = 0
    private var time = Trial.start
    private(set) var complexEvents: [ComplexEvent] = []
    private(set) var requests: [ActionRequest] = []

    init(_ files: String..., options: (inout EngineOptions) throws -> Void = { _ in }) throws {
        try self.init(files: files, options: options)
    }

    /// - Parameter paths: where `options` holds expressions, the table that they were compiled with.
    init(
        files: [String], paths: PathTable = PathTable(),
        options configure: (inout EngineOptions) throws -> Void = { _ in }
    ) throws {
        self.paths = paths
        let phenomena = try Trial.phenomena(files, paths)
        var options = EngineOptions()
        options.defaultInput = [try TopicFilter("#")]
        try configure(&options)
        defaultInput = options.defaultInput
        engine = Engine(phenomena, paths: paths, options: options)
    }

    static func phenomena(_ files: [String], _ paths: PathTable) throws -> [Phenomenon] {
        let problems = ProblemCollector()
        let texts = files.enumerated().map { (file: "\($0).yaml", text: Trial.written(out: $1)) }
        let phenomena = PatternFiles(paths: paths, problems: problems).load(texts: texts)
        guard !problems.hasErrors else { throw Refused(problems: problems.errors.map(\.description)) }
        return phenomena
    }

    /// One pattern `q` of a phenomenon `p`.
    /// - Parameters:
    ///   - blocks: each as it stands behind the dash.
    ///   - keys: other keys of the pattern, one a line.
    ///   - rest: keys of the file besides.
    init(
        blocks: [String], _ keys: String = "", rest: String = "",
        options: (inout EngineOptions) throws -> Void = { _ in }
    ) throws {
        let lines = keys.split(separator: "\n").map { "    \($0)\n" }.joined()
        let list = blocks.map { "      - \($0)\n" }.joined()
        try self.init(
            "phenomenon: p\n\(rest)\npatterns:\n  - name: q\n\(lines)    blocks:\n\(list)", options: options)
    }

    static func written(out text: String) -> String {
        text.replacing(#/\b[A-H]\b/#) { "payload.type == '\($0.output)'" }
    }

    // MARK: Events

    mutating func take(_ words: String) {
        for word in words.split(separator: " ") { take(word: String(word)) }
    }

    private mutating func take(word: String) {
        if word.first == "|", let seconds = Double(word.dropFirst()) {
            time = Trial.start + Int64(seconds * 1000)
            engine.advance(to: time)
            return collect()
        }
        guard let match = word.wholeMatch(of: #/([A-Z?])(\d*)(\.\w+)?(/[\w\/]+)?(@[\d.]+)?/#) else {
            preconditionFailure("no event: \(word)")
        }
        let (_, type, value, key, topic, at) = match.output
        var fields: [String] = []
        if type != "?" { fields.append("\"type\":\"\(type)\"") }
        if !value.isEmpty { fields.append("\"v\":\(value)") }
        if let key { fields.append("\"k\":\"\(key.dropFirst())\"") }
        time = at.flatMap { Double($0.dropFirst()) }.map { Trial.start + Int64($0 * 1000) } ?? time + 1000
        take(topic.map { String($0.dropFirst()) } ?? "t", "{\(fields.joined(separator: ","))}", at: time)
    }

    mutating func take(_ topic: String, _ payload: String, at time: Int64? = nil, isRetained: Bool = false) {
        take(topic, Array(payload.utf8), at: time, isRetained: isRetained)
    }

    mutating func take(_ topic: String, _ payload: [UInt8], at time: Int64? = nil, isRetained: Bool = false) {
        self.time = time ?? self.time + 1000
        number += 1
        payload.withUnsafeBytes { bytes in
            engine.take(
                Message(topic: topic, payload: bytes, arrival: self.time, isRetained: isRetained, number: number))
        }
        collect()
    }

    mutating func collect() {
        for output in engine.takeOutputs() {
            switch output {
            case .complexEvent(let event): complexEvents.append(event)
            case .action(let request): requests.append(request)
            }
        }
    }

    // MARK: Runs

    /// Each run as its events in the order of acceptance, with their groups: `a1 b3`, of one with a key `x: a1 b3`, of one
    /// that a timer completed `a1 at 7.5`.
    var runs: [String] { complexEvents.map { run($0) } }

    /// The same with phenomenon and pattern: `p/q a1 b3`.
    var namedRuns: [String] { complexEvents.map { "\($0.phenomenon)/\($0.pattern) \(run($0))" } }

    private func run(_ event: ComplexEvent) -> String {
        let groups = groups(of: event)
        var text = event.key == "null" ? "" : "\(event.key.replacing("\"", with: "")): "
        text += event.history.map { accepted in
            let id = accepted.identifier.description
            return (groups[id] ?? "!") + name(of: accepted)
        }.joined(separator: " ")
        if event.timestamp != event.history.last?.timestamp {
            text += " at \(Double(event.timestamp - Trial.start) / 1000)"
        }
        return text
    }

    /// A sensor's message by its number, a complex event by its pattern, an action event by its action.
    private func name(of event: Event) -> String {
        if case .counted(_, let number) = event.identifier { return String(number) }
        let json = (try? JSONSerialization.jsonObject(with: Data(event.body.bytes))) as? [String: Any]
        let data = json?["data"] as? [String: Any]
        return "<\(data?["action"] ?? json?["subject"] ?? "")>"
    }

    private func groups(of event: ComplexEvent) -> [String: String] {
        var result: [String: String] = [:]
        for (group, events) in event.document.history {
            for event in events { result[event["id"] as? String ?? ""] = group }
        }
        return result
    }
}

extension ComplexEvent {
    /// Its JSON, read by another reader than the engine's.
    var document: (root: [String: Any], data: [String: Any], history: [String: [[String: Any]]]) {
        let root = (try? JSONSerialization.jsonObject(with: Data(json))) as? [String: Any] ?? [:]
        let data = root["data"] as? [String: Any] ?? [:]
        return (root, data, data["history"] as? [String: [[String: Any]]] ?? [:])
    }

    var text: String { String(decoding: json, as: UTF8.self) }
}

/// The completed runs of one pattern.
func runs(
    _ blocks: [String], _ words: String, _ keys: String = "", rest: String = "",
    options: (inout EngineOptions) throws -> Void = { _ in }
) throws -> [String] {
    var trial = try Trial(blocks: blocks, keys, rest: rest, options: options)
    trial.take(words)
    return trial.runs
}
