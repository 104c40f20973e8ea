import BoboEngine
import Foundation

/// What time it is: the machine's date in milliseconds since 1970, and how much time has passed, which no change of the date
/// touches.
package struct ArrivalClock {
    /// Larger differences between the date and the time that has passed are a step of the date.
    static let step: Int64 = 2000

    private let start = ContinuousClock.now
    private var lastDate: Int64
    private var lastPassed: Int64 = 0

    init() { lastDate = ArrivalClock.date }

    /// Since the clock was made.
    var passed: Duration { ContinuousClock.now - start }

    /// - Returns: the date now, and by how much it has been set since the last call, where it has.
    mutating func now() -> (date: Int64, step: Int64?) {
        let date = ArrivalClock.date
        let passed = passed.wholeMilliseconds
        let difference = (date - lastDate) - (passed - lastPassed)
        lastDate = date
        lastPassed = passed
        return (date, abs(difference) > ArrivalClock.step ? difference : nil)
    }

    /// Milliseconds since 1970.
    package static var date: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
