import BoboEngine
import BoboPeers

/// How the engine's clock goes on while no message comes: at the pace of real time.
struct Pace {
    private var last: (engine: Int64, passed: Duration)?

    /// After messages.
    mutating func note(_ engine: Engine, _ moment: Moment) {
        if let now = engine.now { last = (now, moment.now) }
    }

    func advance(_ engine: Engine, _ moment: Moment) {
        guard let last else { return }
        let time = last.engine + (moment.now - last.passed).wholeMilliseconds
        guard time > engine.now ?? time else { return }
        engine.advance(to: time)
    }

    /// When the engine's next timer is due.
    func due(_ engine: Engine) -> Duration? {
        guard let last, let deadline = engine.nextDeadline else { return nil }
        return last.passed + .milliseconds(max(0, deadline - last.engine))
    }
}
