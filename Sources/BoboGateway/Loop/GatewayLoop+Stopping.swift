import BoboActions
import BoboMQTT
import BoboSharing
import Logging

/// How far the gateway's end is.
struct Stopping {
    enum Phase {
        /// What was read is taken, and what came of it published.
        case finishing
        /// The acknowledgments of all that was taken are written, and after them a request that the broker answers.
        case acknowledging
        /// The broker's answer is waited for. What else comes is not taken.
        case parting
        /// Both connections say goodbye.
        case goodbye
    }

    var isAsked = false
    /// When it ends whatever has not been acknowledged.
    var deadline: Duration?
    /// When it ends the actions that still run; nil once it has.
    var actionsDue: Duration?
    /// Whether the session that reads ends with it.
    var endsSession = false
    var phase = Phase.finishing

    static let timeout = Duration.seconds(5)
    /// Of these, for actions: what is ended then still has time to go, and its event.
    static let timeoutOfActions = Duration.seconds(3)
}

extension GatewayLoop {
    /// Peers are to read in this gateway's place first.
    func beginStop(_ now: Duration) {
        stopping.isAsked = true
        logger.info("stopping", metadata: ["waiting": "\(publishing.waiting)"])
        shared.requestStop(at: moment)
        carryOut()
        publishing.send()
    }

    /// What is left goes out, and no more is read.
    func say(goodbye endsSession: Bool) {
        stopping.endsSession = endsSession
        stopping.deadline = clock.passed + Stopping.timeout
        stopping.actionsDue = clock.passed + Stopping.timeoutOfActions
    }

    /// In order: what was read is taken and published, the reading is acknowledged, both connections say goodbye.
    ///
    /// A socket that is closed while something lies in it unread takes back what was written last (RFC 1122, section
    /// 4.2.2.13): the acknowledgments and the goodbye. So before that the broker has to answer what was written after the
    /// acknowledgments.
    func isOver() -> Bool {
        guard let deadline = stopping.deadline else { return false }
        if clock.passed >= deadline {
            logger.warning(
                "stopping without the broker's acknowledgments", metadata: ["waiting": "\(publishing.waiting)"])
            return true
        }
        while true {
            let before = stopping.phase
            proceed()
            if stopping.phase == before { break }
        }
        guard stopping.phase == .goodbye else { return false }
        return reading.link.connection.descriptor == nil && publishing.link.connection.descriptor == nil
    }

    private func proceed() {
        let connection = reading.link.connection
        switch stopping.phase {
        case .finishing:
            guard haveActionsEnded() else { return }
            guard publishing.isIdle && queue.count == 0 || !publishing.link.isConnected else { return }
            stopping.actionsDue = nil
            for link in [reading.link, publishing.link] { link.stop() }
            // What was read and did not come to an end here stays the broker's.
            guard publishing.isIdle, reading.link.isConnected else { return part() }
            reading.end(unsubscribing: stopping.endsSession)
            stopping.phase = .acknowledging
        case .acknowledging:
            if connection.wantsWrite { connection.write() }
            if !connection.wantsWrite { stopping.phase = .parting }
        case .parting:
            guard reading.hasEnded || !connection.isConnected else { return }
            part()
        case .goodbye: break
        }
    }

    /// Those that run, and what the last events bring, have a while.
    private func haveActionsEnded() -> Bool {
        if let due = stopping.actionsDue, clock.passed >= due {
            stopping.actionsDue = nil
            closeActions()
        }
        return actions.isIdle
    }

    private func part() {
        stopping.phase = .goodbye
        if stopping.endsSession, publishing.isIdle {
            reading.link.connection.disconnect(sessionExpiry: 0)
            reading.link.connection.write()
        } else {
            // What has come since is not to be acknowledged.
            reading.link.connection.abandon()
        }
        publishing.link.connection.disconnect()
        publishing.link.connection.write()
    }

    /// Whether messages may be read while the gateway ends: then they are not taken.
    var readsWhileStopping: Bool {
        switch stopping.phase {
        case .finishing, .acknowledging: !reading.link.isConnected
        case .parting, .goodbye: true
        }
    }

    /// Whether what is queued for the reading connection may go while the gateway ends; nil: as at any time.
    var acknowledgesWhileStopping: Bool? {
        switch stopping.phase {
        case .finishing: nil
        case .acknowledging: true
        case .parting, .goodbye: stopping.endsSession
        }
    }
}
