@testable import BoboEngine

/// An engine among others, with the messages that it has for them and what came of all runs.
struct SharedEngine {
    let engine: Engine
    /// Each complex event of this engine, as text and by run.
    private(set) var completed: [String] = []
    private(set) var completedRuns: [RunIdentifier] = []
    private(set) var sent: [[PeerChange]] = []

    init(_ engine: Engine) { self.engine = engine }

    /// What it has done since the last call, as a message to its peers: runs as they are now, in the order in which they
    /// changed.
    mutating func message() -> [PeerChange] {
        collect()
        var message: [PeerChange] = engine.takeRestChanges().map { .rest($0) }
        for change in engine.takeChanges() where !change.isLocal { message += SharedEngine.said(of: change, engine) }
        if !message.isEmpty { sent.append(message) }
        return message
    }

    static func said(of change: Change, _ engine: Engine) -> [PeerChange] {
        switch change.kind {
        case .started, .advanced: change.runs.compactMap { engine.copy(of: $0.identifier).map(PeerChange.update) }
        case .completed: change.copies.map { .complete($0, timestamp: change.timestamp) }
        case .halted:
            change.runs.map {
                .halt(
                    $0.identifier, phenomenon: change.phenomenon, pattern: change.pattern, key: change.key,
                    timestamp: change.timestamp)
            }
        }
    }

    mutating func collect() {
        for case .complexEvent(let event) in engine.takeOutputs() {
            let key = event.key == "null" ? "-" : event.key.replacing("\"", with: "")
            completed.append("\(event.phenomenon)/\(event.pattern) \(key) at \(event.timestamp): \(event.data)")
            completedRuns.append(event.identifier)
        }
    }

    /// The whole of what it holds, to be sent to one that starts.
    var state: [PeerChange] { engine.activeRuns.compactMap { engine.copy(of: $0).map(PeerChange.update) } }

    /// The keys that rest, and the rests that ended, as texts.
    var rests: [String] {
        engine.rests.map { "\($0.phenomenon)/\($0.pattern) \($0.run) \($0.timestamp) \($0.ended ?? -1)" }.sorted()
    }

    /// What the last message said, as texts.
    var lastSaid: [String] {
        (sent.last ?? []).map { change in
            switch change {
            case .update(let copy): "update \(copy.pattern) \(copy.identifier) \(copy.block) \(copy.history.count)"
            case .complete(let copy, let time): "complete \(copy.pattern) \(copy.identifier) \(time)"
            case .halt(let run, _, let pattern, _, let time): "halt \(pattern) \(run) \(time)"
            case .completedEarlier(let run, _, _): "completed \(run)"
            case .rest(let rest): "rest \(rest.pattern) \(rest.run) \(rest.timestamp) \(rest.ended ?? 0)"
            }
        }
    }

    /// The active runs as texts.
    var active: [String] {
        engine.activeRuns.compactMap(engine.copy(of:)).map { copy in
            let history = copy.history.map { "\($0.group)\($0.event.identifier)" }.joined(separator: " ")
            return
                "\(copy.phenomenon)/\(copy.pattern) \(copy.identifier) at \(copy.block) \(copy.satisfied): \(history)"
        }.sorted()
    }

    /// The completed runs. A complex event that stems from too many others is none, so they may be more than those.
    var finished: Set<RunIdentifier> { Set(engine.remembered.all.filter { $0.value.status == .completed }.map(\.key)) }
}
