import BoboEngine
import BoboPeers

/// The clocks of one gateway's machine.
struct LocalClock {
    /// Of the monotonic clock, against true time.
    var rate = 1.0
    /// The monotonic clock's value at the machine's start, and when that was.
    var base = Duration.zero
    var start = Duration.zero
    /// Milliseconds by which the date differs.
    var dateOffset: Int64 = 0

    static let epoch: Int64 = 1_700_000_000_000

    func monotonic(_ time: Duration) -> Duration { rate == 1 ? base + (time - start) : base + (time - start) * rate }

    /// When the monotonic clock will show that.
    func time(of monotonic: Duration) -> Duration {
        rate == 1 ? start + (monotonic - base) : start + (monotonic - base) / rate + .microseconds(1)
    }

    static func date(_ time: Duration) -> Int64 { epoch + time.wholeMilliseconds }

    func moment(_ time: Duration) -> Moment {
        Moment(now: monotonic(time), wall: LocalClock.date(time) + dateOffset)
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
