import BoboMQTT
import BoboSharing
import Logging

/// How far the gateway's end is.
struct Stopping {
    var isAsked = false
    /// When it ends whatever has not been acknowledged.
    var deadline: Duration?
    /// Whether the session that reads ends with it.
    var endsSession = false
    var isAwaitingGoodbye = false

    static let timeout = Duration.seconds(5)
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
    }

    /// In order: what was read is taken and published, the reading is acknowledged, both connections say goodbye.
    func isOver() -> Bool {
        guard let deadline = stopping.deadline else { return false }
        if clock.passed >= deadline {
            logger.warning(
                "stopping without the broker's acknowledgments", metadata: ["waiting": "\(publishing.waiting)"])
            return true
        }
        if stopping.isAwaitingGoodbye {
            return reading.link.connection.descriptor == nil && publishing.link.connection.descriptor == nil
        }
        guard publishing.isIdle && queue.count == 0 || !publishing.link.isConnected else { return false }
        stopping.isAwaitingGoodbye = true
        for link in [reading.link, publishing.link] {
            link.stop()
            if link.connection.wantsWrite { link.connection.write() }
            link.connection.disconnect(sessionExpiry: link === reading.link && stopping.endsSession ? 0 : nil)
            link.connection.write()
        }
        return reading.link.connection.descriptor == nil && publishing.link.connection.descriptor == nil
    }
}
