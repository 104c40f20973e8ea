import BoboPatterns
import BoboTopics
import BoboYAML
import CEL
import Testing

@testable import BoboEngine

/// Several engines with the same patterns that share their runs; what one says reaches the others when the test says so.
///
/// Patterns and events are written as for `Trial`: a word `A5.x@3` is a message of the type A, the `v` 5 and the `k` x at 3
/// seconds. Messages are numbered as they are written, and a run is told by the numbers of its events: `a1 b3`.
struct Gateways {
    private(set) var all: [SharedEngine]
    private(set) var complexEvents: [[ComplexEvent]]
    private var number = 0
    private var time = Trial.start
    /// What each has said that the others have not heard.
    private var waiting: [[PeerChange]]

    /// - Parameter identified: whether messages bear an identifier of the sensor's, so that two readers know one as the same.
    init(
        _ count: Int, blocks: [String], _ keys: String = "", identified: Bool = false, catchUp: Int64 = 2000,
        options configure: (inout EngineOptions) -> Void = { _ in }
    ) throws {
        let lines = keys.split(separator: "\n").map { "    \($0)\n" }.joined()
        let list = blocks.map { "      - \($0)\n" }.joined()
        let file = "phenomenon: p\npatterns:\n  - name: q\n\(lines)    blocks:\n\(list)"
        try self.init(count, files: [file], identified: identified, catchUp: catchUp, options: configure)
    }

    init(
        _ count: Int, files: [String], identified: Bool = false, catchUp: Int64 = 2000,
        options configure: (inout EngineOptions) -> Void = { _ in }
    ) throws {
        all = try (0..<count).map { number in
            SharedEngine(
                try Gateways.engine(files, identified: identified) { options in
                    options.replicates = true
                    options.catchUp = catchUp
                    options.source = "g\(number)"
                    options.gateway = "g\(number)"
                    configure(&options)
                })
        }
        complexEvents = all.map { _ in [] }
        waiting = all.map { _ in [] }
    }

    static func engine(
        _ files: [String], identified: Bool, options configure: (inout EngineOptions) -> Void
    ) throws -> Engine {
        let paths = PathTable()
        let problems = ProblemCollector()
        let texts = files.enumerated().map { (file: "\($0).yaml", text: Trial.written(out: $1)) }
        let phenomena = PatternFiles(paths: paths, problems: problems).load(texts: texts)
        guard !problems.hasErrors else { throw Trial.Refused(problems: problems.errors.map(\.description)) }
        var options = EngineOptions()
        options.defaultInput = [try TopicFilter("#")]
        if identified {
            let program = try ExpressionEnvironment(paths: paths, groups: []).compile("payload.n")
            options.sensors = [Sensor(filter: try TopicFilter("#"), eventIdentifier: program)]
        }
        configure(&options)
        return Engine(phenomena, paths: paths, options: options)
    }

    subscript(gateway: Int) -> Engine { all[gateway].engine }

    // MARK: Events

    /// Messages that these gateways read, one after the other.
    mutating func take(_ words: String, by readers: Int...) {
        for word in words.split(separator: " ") { take(word: String(word), readers, as: nil) }
    }

    /// A message that has been read by others before.
    mutating func take(again word: String, number: Int, by readers: Int...) {
        take(word: word, readers, as: number)
    }

    private mutating func take(word: String, _ readers: [Int], as known: Int?) {
        guard let match = word.wholeMatch(of: #/([A-Z])(\d*)(\.\w+)?(@[\d.]+)?/#) else {
            Issue.record("no event: \(word)")
            return
        }
        let (_, type, value, key, at) = match.output
        number += known == nil ? 1 : 0
        let shown = known ?? number
        var fields = ["\"type\":\"\(type)\"", "\"n\":\(shown)"]
        if !value.isEmpty { fields.append("\"v\":\(value)") }
        if let key { fields.append("\"k\":\"\(key.dropFirst())\"") }
        time = at.flatMap { Double($0.dropFirst()) }.map { Trial.start + Int64(($0 * 1000).rounded()) } ?? time + 1000
        for reader in readers {
            Array("{\(fields.joined(separator: ","))}".utf8).withUnsafeBytes { bytes in
                self[reader].take(
                    Message(topic: "t", payload: bytes, arrival: time, isRetained: false, number: UInt64(shown)))
            }
        }
        collect()
    }

    mutating func advance(to seconds: Double, _ gateways: Int...) {
        time = Trial.start + Int64((seconds * 1000).rounded())
        for gateway in gateways.isEmpty ? Array(all.indices) : gateways { self[gateway].advance(to: time) }
        collect()
    }

    mutating func tick(to milliseconds: Int64) {
        for gateway in all.indices { self[gateway].tick(monotonic: milliseconds) }
        collect()
    }

    // MARK: Exchange

    private mutating func collect() {
        for gateway in all.indices {
            for case .complexEvent(let event) in self[gateway].takeOutputs() { complexEvents[gateway].append(event) }
            waiting[gateway] += all[gateway].message()
        }
    }

    /// What a gateway has said since the last call.
    mutating func said(by gateway: Int) -> [PeerChange] {
        collect()
        defer { waiting[gateway] = [] }
        return waiting[gateway]
    }

    @discardableResult
    mutating func tell(_ gateway: Int, _ changes: [PeerChange]) -> [AppliedChange] {
        let applied = self[gateway].apply(changes)
        collect()
        return applied
    }

    /// All hear what all have said, until there is nothing new.
    mutating func exchange() {
        collect()
        while waiting.contains(where: { !$0.isEmpty }) {
            for from in all.indices {
                let said = said(by: from)
                for to in all.indices where to != from { tell(to, said) }
            }
        }
    }

    @discardableResult
    mutating func decide(by gateway: Int) -> Int {
        let pending = self[gateway].pendingDecisions
        for decision in pending { self[gateway].decide(decision.run) }
        collect()
        return pending.count
    }

    // MARK: Runs

    /// The completed runs of a gateway.
    func completed(_ gateway: Int) -> [String] {
        complexEvents[gateway].map { event in
            var text = event.document.history.isEmpty ? "" : Gateways.text(event)
            if event.timestamp != event.history.last?.timestamp {
                text += " at \(Double(event.timestamp - Trial.start) / 1000)"
            }
            return text
        }
    }

    private static func text(_ event: ComplexEvent) -> String {
        event.history.map { "\(number(of: $0))" }.joined(separator: " ")
    }

    /// The active runs of a gateway, each as the place where it waits and its events.
    func active(_ gateway: Int) -> [String] {
        self[gateway].activeRuns.compactMap(self[gateway].copy(of:)).map { copy in
            "\(copy.block): "
                + copy.history.map { "\($0.group)\(Gateways.number(of: $0.event))" }.joined(separator: " ")
        }.sorted()
    }

    private static func number(of event: Event) -> String {
        guard event.kind == .simple, let value = event.body.text?.firstMatch(of: #/"n":(\d+)/#) else {
            return "<\(event.kind)>"
        }
        return String(value.output.1)
    }

    var agree: Bool {
        all.allSatisfy { $0.active == all[0].active && $0.engine.digest() == all[0].engine.digest() }
    }
}
