/// How long changes took from where they were made until the peer acknowledged them, over the last one to two minutes.
/// That the peer has applied them lies before the acknowledgment, so these are upper bounds.
package struct ChangeDelays: Sendable {
    private static let window = Duration.seconds(60)
    /// Four buckets to each doubling, from 0.1 ms.
    private static let perDoubling = 4.0
    private static let least = Duration.microseconds(100)

    private struct Counts {
        var buckets: [Int] = []
        var total = 0
        var most = Duration.zero
    }

    private var present = Counts()
    private var former = Counts()
    private var since = Duration.zero

    /// - Parameters:
    ///   - delay: of the oldest of the changes.
    ///   - count: of the changes.
    mutating func note(_ delay: Duration, count: Int, now: Duration) {
        forget(now)
        let doublings = delay > Self.least ? (delay / Self.least).logarithm : 0
        let place = Int(doublings * Self.perDoubling)
        if place >= present.buckets.count {
            present.buckets += Array(repeating: 0, count: place + 1 - present.buckets.count)
        }
        present.buckets[place] += count
        present.total += count
        present.most = max(present.most, delay)
    }

    private mutating func forget(_ now: Duration) {
        guard now - since >= Self.window else { return }
        former = now - since < Self.window * 2 ? present : Counts()
        present = Counts()
        since = now
    }

    func figures(_ now: Duration) -> Figures? {
        var delays = self
        delays.forget(now)
        let total = delays.present.total + delays.former.total
        guard total > 0 else { return nil }
        let most = max(delays.present.most, delays.former.most)
        func quantile(_ share: Double) -> Double {
            var left = Int((Double(total) * share).rounded(.up))
            for place in 0..<max(delays.present.buckets.count, delays.former.buckets.count) {
                for counts in [delays.present, delays.former] where place < counts.buckets.count {
                    left -= counts.buckets[place]
                }
                // The bucket's upper end.
                if left <= 0 { return min(Self.end(of: place), most / .seconds(1)) }
            }
            return most / .seconds(1)
        }
        return Figures(changes: total, median: quantile(0.5), p99: quantile(0.99), most: most / .seconds(1))
    }

    private static func end(of place: Int) -> Double {
        var end = least / .seconds(1)
        for _ in 0..<(place + 1) { end *= 1.189_207_115_002_721 }
        return end
    }

    /// In seconds.
    package struct Figures: Sendable {
        package let changes: Int
        package let median: Double
        package let p99: Double
        package let most: Double
    }
}

extension Double {
    /// To the base of 2, of a number above 1: exact at powers of 2, linear between them.
    fileprivate var logarithm: Double { Double(exponent) + significand - 1 }
}
