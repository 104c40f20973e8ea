import CoreMetrics
import Synchronization

/// A number that only grows.
final class PrometheusCounter: CounterHandler, PrometheusSeries {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }

    func write(_ name: String, labels: String, to bytes: inout [UInt8]) {
        bytes += "\(name)\(PrometheusText.braces(labels)) \(value.load(ordering: .relaxed))\n".utf8
    }
}

/// A number as it is now.
final class PrometheusGauge: MeterHandler, RecorderHandler, PrometheusSeries {
    private let value = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    func write(_ name: String, labels: String, to bytes: inout [UInt8]) {
        let number = PrometheusText.number(value.withLock { $0 })
        bytes += "\(name)\(PrometheusText.braces(labels)) \(number)\n".utf8
    }
}

/// How many values lay below each bound, and their sum.
package final class PrometheusHistogram: TimerHandler, RecorderHandler, PrometheusSeries {
    /// From a microsecond to ten seconds.
    package static let seconds = [
        1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25,
        0.5,
        1, 2.5, 5, 10,
    ]

    private struct Counts {
        var buckets: [Int64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let counts: Mutex<Counts>

    init(_ bounds: [Double]) {
        self.bounds = bounds
        counts = Mutex(Counts(buckets: Array(repeating: 0, count: bounds.count + 1)))
    }

    package func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    package func record(_ value: Int64) { record(Double(value)) }

    package func record(_ value: Double) {
        guard value.isFinite else { return }
        let place = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts.withLock {
            $0.buckets[place] += 1
            $0.sum += value
        }
    }

    func write(_ name: String, labels: String, to bytes: inout [UInt8]) {
        let counts = counts.withLock { $0 }
        let lead = labels.isEmpty ? "" : labels + ","
        var total: Int64 = 0
        for (index, count) in counts.buckets.enumerated() {
            total += count
            let bound = index < bounds.count ? PrometheusText.number(bounds[index]) : "+Inf"
            bytes += "\(name)_bucket{\(lead)le=\"\(bound)\"} \(total)\n".utf8
        }
        bytes += "\(name)_sum\(PrometheusText.braces(labels)) \(PrometheusText.number(counts.sum))\n".utf8
        bytes += "\(name)_count\(PrometheusText.braces(labels)) \(total)\n".utf8
    }
}
