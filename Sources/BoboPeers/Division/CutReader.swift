/// The hand-over of one partition that one gateway reads: from one reader to the next at a cut, a message in the stream
/// itself, so that each message is acted on once whoever reads it.
///
/// The cut's topic is subscribed together with the partition's filters, on the same connection: the broker has one order
/// for both.
package struct CutReader: Sendable {
    package enum Step: Hashable, Sendable {
        /// The partition and its cut's topic.
        case subscribe
        /// This gateway's id, on the cut's topic.
        case publishCut
        case unsubscribe
        /// The cut that named another may be acknowledged to the broker now.
        case acknowledgeCut
    }

    private enum State {
        case idle
        case subscribing
        /// The own cut is published and not read yet.
        case cutting
        case reading
        case unsubscribing
    }

    /// Whether messages may come that are this gateway's to act on: now, or from its own cut on, which is under way.
    package var isReader: Bool { if case .cutting = state { true } else { acts } }

    private let gateway: String
    private var state = State.idle
    private var wasCutByOther = false
    private var isWanted = false
    /// The own cut was read after another's: this gateway is to read again, once it is unsubscribed.
    private var returns = false
    /// How often `want` was said while the own cut has not come back.
    private var waits = 0
    private static let patience = 10
    /// Whether what is read now is acted on.
    package private(set) var acts: Bool
    /// Whether the own cut was read, and no other's since: that this gateway reads is known to all who read too.
    package private(set) var isConfirmed = false

    /// - Parameter hasSession: whether the broker held a session of a former life: what that holds is acted on until a cut
    ///   names another.
    package init(gateway: String, hasSession: Bool) {
        self.gateway = gateway
        acts = hasSession
        if hasSession { state = .reading }
    }

    /// Whether this gateway is to read the partition by the division. One that is to read it no more goes on until the
    /// next reader's cut. To be asked again from time to time, should it have lost a cut to one that left again.
    package mutating func want(_ isWanted: Bool) -> [Step] {
        let before = self.isWanted
        self.isWanted = isWanted
        guard isWanted else { return [] }
        switch state {
        case .idle: break
        case .cutting:
            // It was lost, against all promises.
            waits += 1
            guard waits > CutReader.patience else { return [] }
            waits = 0
            return [.publishCut]
        // Of a session; that it reads is to be known to whoever reads too.
        case .reading where !before && acts: break
        default: return []
        }
        state = .subscribing
        return [.subscribe]
    }

    package mutating func subscribed() -> [Step] {
        guard case .subscribing = state else { return [] }
        state = .cutting
        waits = 0
        return [.publishCut]
    }

    /// A cut has been read.
    package mutating func cut(naming reader: String) -> [Step] {
        acts = reader == gateway
        if acts {
            if case .cutting = state {
                state = .reading
                isConfirmed = true
            }
            // It came twice, or late: all others take this gateway for the reader.
            if case .unsubscribing = state { returns = true }
            return []
        }
        isConfirmed = false
        returns = false
        switch state {
        // Cuts may cross: the own one is still to come, and the last one counts.
        case .subscribing, .cutting: return [.acknowledgeCut]
        case .idle, .unsubscribing: return [.acknowledgeCut]
        case .reading:
            state = .unsubscribing
            wasCutByOther = true
            return [.unsubscribe]
        }
    }

    /// The session of the former life has not subscribed the partition: another's cut would have come before the mark.
    package mutating func abandon() {
        guard case .reading = state, !isConfirmed else { return }
        state = .idle
        acts = false
    }

    package mutating func unsubscribed() -> [Step] {
        guard case .unsubscribing = state else { return [] }
        defer { (wasCutByOther, returns) = (false, false) }
        state = returns ? .subscribing : .idle
        return (wasCutByOther ? [.acknowledgeCut] : []) + (returns ? [.subscribe] : [])
    }

    /// The connection was lost and came back with its session: what was under way is asked for again, but not the cut, which
    /// whoever publishes keeps until the broker has it. A second one would count, too.
    package func reconnected() -> [Step] {
        switch state {
        case .idle, .reading, .cutting: []
        case .subscribing: [.subscribe]
        case .unsubscribing: [.unsubscribe]
        }
    }

    /// The connection was lost and came back without a session: what was subscribed is not.
    package mutating func sessionLost() -> [Step] {
        state = .idle
        acts = false
        isConfirmed = false
        wasCutByOther = false
        returns = false
        return want(isWanted)
    }
}
