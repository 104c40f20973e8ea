import BoboGateway
import Testing

@Suite struct PlaybackClockTests {
    let now = ContinuousClock.now

    private func dues(_ timestamps: [Int64], _ speed: PlaybackClock.Speed) -> [Duration] {
        var clock = PlaybackClock(speed: speed)
        return timestamps.map { clock.due($0, now: now) - now }
    }

    @Test("Gaps are those of the file, divided by the speed, from the first line on")
    func gaps() {
        #expect(dues([5000, 5500, 7000], .factor(1)) == [.zero, .milliseconds(500), .seconds(2)])
        #expect(dues([5000, 5500, 7000], .factor(2)) == [.zero, .milliseconds(250), .seconds(1)])
    }

    @Test("A line that goes back is due before the one that came last")
    func late() {
        #expect(dues([5000, 7000, 6000, 1000, 8000], .factor(1)) == [0, 2, 1, 0, 3].map { .seconds($0) })
    }

    @Test("Unbounded, all are due at once")
    func unbounded() {
        #expect(dues([0, 1_000_000], .unbounded) == [.zero, .zero])
    }

    @Test("Timestamps as far apart as there are do not overflow")
    func extremes() {
        let dues = dues([.min, .max], .factor(1e-300))
        #expect(dues[1] > .seconds(3_000_000_000))
    }

    @Test("The next pass begins when this one has taken its time, and not sooner than after a second of its own")
    func passes() {
        var clock = PlaybackClock(speed: .factor(2))
        _ = clock.due(1000, now: now)
        _ = clock.due(9000, now: now)
        clock.beginPass()
        #expect(clock.due(1000, now: now) - now == .seconds(4))
        #expect(clock.due(2000, now: now) - now == .milliseconds(4500))
        clock.beginPass()
        #expect(clock.due(1000, now: now) - now == .milliseconds(4500))
        clock.beginPass()
        #expect(clock.due(1000, now: now) - now == .seconds(5))
    }

    @Test("A pass that is behind does not make the next one hurry")
    func behind() {
        var clock = PlaybackClock(speed: .factor(1))
        _ = clock.due(0, now: now)
        _ = clock.due(2000, now: now)
        clock.beginPass()
        let later = now + .seconds(60)
        #expect(clock.due(0, now: later) == later)
        #expect(clock.due(500, now: later) == later + .milliseconds(500))
    }
}
