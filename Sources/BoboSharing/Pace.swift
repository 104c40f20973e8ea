import BoboEngine
import BoboPeers

/// How the engine's clock goes on while no message comes: at the pace of real time.
struct Pace {
    private var last: (engine: Int64, passed: Duration)?
    /// What the engine's clock was when it was last looked at.
    private var seen: Int64?

    /// After messages. Those that are all late do not stop the clock.
    mutating func note(_ engine: Engine, _ moment: Moment) {
        guard let now = engine.now, now != seen else { return }
        last = (now, moment.now)
        seen = now
    }

    mutating func advance(_ engine: Engine, _ moment: Moment) {
        guard let last else { return }
        let time = last.engine + (moment.now - last.passed).wholeMilliseconds
        guard time > engine.now ?? time else { return }
        engine.advance(to: time)
        seen = engine.now
    }

    /// When the engine's next timer is due.
    func due(_ engine: Engine) -> Duration? {
        guard let last, let deadline = engine.nextDeadline else { return nil }
        return last.passed + .milliseconds(max(0, deadline - last.engine))
    }
}
