package import BoboEngine

/// What the gateway is to do, in this order and before the next input.
package enum PeerAction: Sendable {
    /// To the inbox of a peer.
    case send(to: String, [UInt8])
    /// The engine takes these, in this order. What it does of its own because of them is a local change.
    case apply([PeerChange])
    /// The engine keeps these ends in mind, by `Engine.remember(_:)`: how long ago each was.
    case remember([(run: RunIdentifier, isCompleted: Bool, ago: Duration)])
    /// This gateway publishes the complex events of these runs, and runs their actions.
    case publish([RunIdentifier])
    /// Another gateway has published these: what is kept for publishing may go.
    case discard([RunIdentifier])
    /// Publishes the gateway's retained status.
    case status(isOnline: Bool)
    /// While true, no event is taken and no timer decided; what comes waits.
    case hold(Bool)
    /// The engine forgets all active runs: this gateway was away for longer than the others remember what ended.
    case dropRuns
    /// The partitions that this gateway is to read by the division.
    case read([String])
    /// What the sender of a planned stop still has is sent; the connection may go. Whether the reading session ends.
    case stopped(sessionMayGo: Bool)
    case log(PeerLog)
}

/// What is worth a line in the log.
package enum PeerLog: Sendable, Hashable {
    package enum Level: Sendable { case debug, info, warning, error }

    case joined(String, epoch: String)
    case live(String)
    case gone(String, why: String)
    case resyncing(String, why: String)
    case resynced(String, runs: Int, parts: Int)
    case received(String, active: Int, ended: Int)
    case ready(String)
    case stashOverflow(String, runs: Int)
    case versionMismatch(String, phenomenon: String, pattern: String)
    case configurationMismatch(String)
    case dropped(MessageFault)
    case away(why: String)
    case runsDropped(because: String)
    case runsKept(why: String)
    case takenOver(Int, from: String)
    case forgottenEarly(Int)
    case digestsDiffer(String)
    case clockDiffers(String, milliseconds: Int64)
    case reading(Int, of: Int, taken: [String], left: [String])
    case tooLarge(String, bytes: Int)
    case smallPackets(Int)

    package var level: Level {
        switch self {
        case .joined, .live, .resynced, .received, .ready, .resyncing, .reading, .runsKept: .info
        case .gone, .stashOverflow, .versionMismatch, .configurationMismatch, .dropped, .away, .runsDropped, .takenOver,
            .forgottenEarly, .clockDiffers, .tooLarge, .smallPackets:
            .warning
        case .digestsDiffer: .error
        }
    }
}

extension PeerLog: CustomStringConvertible {
    package var description: String {
        switch self {
        case .joined(let peer, let epoch): "\(peer) is there, epoch \(epoch.prefix(8))"
        case .live(let peer): "\(peer) is live and ready"
        case .gone(let peer, let why): "\(peer) is gone: \(why)"
        case .resyncing(let peer, let why): "sending \(peer) the full state: \(why)"
        case .resynced(let peer, let runs, let parts):
            "\(peer) has the full state: \(runs) active and ended runs, in \(parts) messages"
        case .received(let peer, let active, let ended):
            "the full state of \(peer) is here: \(active) active and \(ended) ended runs"
        case .ready(let why): "takes part from now on: \(why)"
        case .stashOverflow(let peer, let runs):
            "more than \(runs) changed runs wait for \(peer); it gets the full state"
        case .versionMismatch(let peer, let phenomenon, let pattern):
            "\(peer) runs another version of \(phenomenon)/\(pattern), or this gateway does not have it: its runs are refused"
        case .configurationMismatch(let peer): "\(peer) has other partitions or sensors: it divides among its own kind"
        case .dropped(let fault): "a message of a peer was dropped: \(fault)"
        case .away(let why): "this gateway was away: \(why)"
        case .runsDropped(let peer): "active runs dropped: \(peer) has gone on meanwhile"
        case .runsKept(let why): "active runs kept: \(why)"
        case .takenOver(let count, let publisher): "publishing \(count) complex events in place of \(publisher)"
        case .forgottenEarly(let count): "\(count) ended runs forgotten before their time: remember.runs is reached"
        case .digestsDiffer(let peer): "the active runs here and at \(peer) differ: a fault in one of the programs"
        case .clockDiffers(let peer, let milliseconds): "the clock of \(peer) differs by \(milliseconds) ms"
        case .tooLarge(let peer, let bytes):
            "an event of \(bytes) bytes is too large for a message to \(peer): its runs are not shared, but that they end"
        case .smallPackets(let bytes):
            "the broker takes packets of \(bytes) bytes at most, too few for gateways to share their runs"
        case .reading(let count, let total, let taken, let left):
            "reads \(count) of \(total) partitions" + PeerLog.list("; takes ", taken) + PeerLog.list("; leaves ", left)
        }
    }
}

extension PeerLog {
    /// A few of them.
    private static func list(_ word: String, _ names: [String]) -> String {
        guard !names.isEmpty else { return "" }
        let shown = names.prefix(8).joined(separator: ", ")
        return word + (names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown)
    }
}

/// Counted since the start.
package struct PeerCounters: Sendable, Equatable {
    package var received = 0
    package var applied = 0
    package var dropped = 0
    package var repeated = 0
    package var outOfOrder = 0
    package var ofOtherIncarnations = 0
    package var sent = 0
    package var sentAgain = 0
    package var resyncs = 0
    package var versionMismatches = 0
    package var refusedEntries = 0
    package var needs = 0
    package var takenOver = 0
    package var digestFaults = 0
    package var passedOn = 0
    /// Changes that were not sent to a peer, since an event is larger than a message can be.
    package var tooLarge = 0

    package init() {}
}
