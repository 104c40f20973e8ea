import BoboTopics
import CEL

@testable import BoboEngine

/// The real engine with the patterns of a random case.
struct ModelEngine {
    let engine: Engine
    private(set) var ledger = RunLedger()
    private(set) var completed: [String] = []

    /// - Parameter hidesEqualities: writes each condition so that no equality can be taken from it, and all events are
    ///   offered to all patterns.
    ///   - identifies: takes `seq` for what the sensor calls the message.
    init(
        _ patterns: [ReferencePattern], maximumLateness: Int64, dropsLate: Bool, hidesEqualities: Bool = false,
        identifies: Bool = false, configure: (inout EngineOptions) -> Void = { _ in }
    ) throws {
        let paths = PathTable()
        let names = Set(patterns.map(\.phenomenon)).sorted()
        let phenomena = try names.map { name in
            Phenomenon(
                name: name,
                patterns: try patterns.filter { $0.phenomenon == name }.map {
                    try PatternMaker($0, paths, hidesEqualities: hidesEqualities).pattern()
                })
        }
        var options = EngineOptions()
        options.defaultInput = [try TopicFilter("#")]
        options.recordsChanges = true
        options.maximumLateness = maximumLateness
        options.late = dropsLate ? .drop : .process
        if identifies {
            let seq = try ExpressionEnvironment(paths: paths, groups: []).compile("payload.seq")
            options.sensors = [Sensor(filter: try TopicFilter("#"), eventIdentifier: seq)]
        }
        configure(&options)
        engine = Engine(phenomena, paths: paths, options: options)
    }

    mutating func take(_ event: ReferenceEvent) {
        Array(event.payload.utf8).withUnsafeBytes { bytes in
            engine.take(
                Message(
                    topic: event.topic, payload: bytes, arrival: event.timestamp, isRetained: false,
                    number: UInt64(event.seq)))
        }
        collect()
    }

    mutating func flush() {
        engine.flush()
        collect()
    }

    mutating func advance(to time: Int64) {
        engine.advance(to: time)
        collect()
    }

    private mutating func collect() {
        ledger.take(engine.takeChanges())
        for case .complexEvent(let event) in engine.takeOutputs() {
            let key = event.key == "null" ? "-" : event.key.replacing("\"", with: "")
            completed.append(
                "\(event.phenomenon)/\(event.pattern) \(key) at \(event.timestamp): \(event.data)")
        }
    }
}

private struct PatternMaker {
    private let source: ReferencePattern
    private let environment: ExpressionEnvironment
    private let emitting: ExpressionEnvironment
    private let hidesEqualities: Bool

    init(_ source: ReferencePattern, _ paths: PathTable, hidesEqualities: Bool) {
        self.source = source
        self.hidesEqualities = hidesEqualities
        let groups = Pattern.groups(of: source.blocks.flatMap { $0.ownGroups.compactMap(\.self) + [$0.group] })
        let others = ["a", "b", "c"].filter { !groups.contains($0) }
        environment = ExpressionEnvironment(paths: paths, groups: groups, otherGroups: others)
        emitting = environment
    }

    func pattern() throws -> Pattern {
        let data = "{\"all\": \(seqs("history")), \"a\": \(seqs("a")), \"b\": \(seqs("b")), \"c\": \(seqs("c"))}"
        return Pattern(
            name: source.name, input: try source.input?.flatMap(inputs),
            key: source.hasKey ? try environment.compile("payload.k") : nil, within: source.within,
            isSingleton: source.isSingleton, blocks: try source.blocks.map(block),
            preconditions: try source.preconditions.map { try predicate($0) },
            haltconditions: try source.haltconditions.map { try predicate($0) }, maximumRuns: source.maximumRuns,
            maximumHistory: source.maximumHistory, afterMatch: source.skips ? .skipPastLastEvent : .noSkip,
            rest: try source.rest.map {
                Pattern.Rest(milliseconds: $0.wait, until: try $0.until.map { try predicate($0) })
            }, state: try source.state.flatMap(inputs), emit: Emit(data: try emitting.compile(data)))
    }

    private func seqs(_ list: String) -> String { "\(list).map(e, has(e.payload.seq) ? e.payload.seq : 0)" }

    private func expression(_ predicate: ReferencePredicate) throws -> Program {
        try environment.compile(hidesEqualities ? "(\(predicate.cel)) || false" : predicate.cel)
    }

    private func inputs(_ predicate: ReferencePredicate) throws -> [Pattern.Input] {
        let program = try expression(predicate)
        return try predicate.on.map { Pattern.Input(on: try TopicFilter($0), expression: program) }
    }

    private func predicate(_ predicate: ReferencePredicate, group: String? = nil) throws -> Predicate {
        Predicate(
            on: try predicate.on.map { try TopicFilter($0) }, expression: try expression(predicate), group: group)
    }

    private func block(_ block: ReferencePattern.Block) throws -> Block {
        let role: Block.Role =
            switch block.role {
            case .plain(let strict): .plain(strict ? .strict : .relaxed)
            case .negated(let strict): .negated(strict ? .strict : .relaxed)
            case .loop(let strict): .loop(strict ? .strict : .relaxed)
            case .optional: .optional
            case .absent(let wait): .absent(milliseconds: wait)
            case .allOf: .allOf
            }
        return Block(
            role: role, predicates: try zip(block.predicates, block.ownGroups).map { try predicate($0, group: $1) },
            group: block.group, unless: try block.unless.map { try predicate($0) },
            until: try block.until.map { try predicate($0) }, restarts: block.restarts,
            onlyIf: try block.onlyIf.map { try predicate($0) })
    }
}
