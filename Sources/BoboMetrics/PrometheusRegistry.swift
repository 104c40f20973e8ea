package import CoreMetrics
import Synchronization

/// A backend of swift-metrics that writes Prometheus' text format.
///
/// Counters' names end with `_total`, timers and aggregating recorders become histograms, all others gauges. What a name
/// means, and a histogram's bounds, are told beforehand by `describe`.
package final class PrometheusRegistry: MetricsFactory {
    /// Series beyond are not kept: what labels a metric bears may come from outside.
    package static let maximumSeries = 50_000

    private struct State {
        var descriptions: [String: (help: String, bounds: [Double])] = [:]
        var families: [String: PrometheusFamily] = [:]
        var count = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// - Parameters:
    ///   - help: what it counts, in which unit.
    ///   - bounds: of a histogram's buckets, ascending, without infinity.
    package func describe(_ name: String, _ help: String, bounds: [Double] = PrometheusHistogram.seconds) {
        state.withLock { $0.descriptions[name] = (help, bounds) }
    }

    /// All series in the text format, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/), names
    /// and series in order.
    package var text: [UInt8] {
        let (families, helps) = state.withLock { state in
            (state.families.sorted { $0.key < $1.key }, state.descriptions.mapValues(\.help))
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16_384)
        for (name, family) in families where !family.series.isEmpty {
            if let help = helps[name] {
                bytes += "# HELP \(name) \(PrometheusText.escaped(help, quotes: false))\n".utf8
            }
            bytes += "# TYPE \(name) \(family.kind.rawValue)\n".utf8
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.write(name, labels: labels, to: &bytes)
            }
        }
        return bytes
    }

    private func series<Series: PrometheusSeries>(
        _ label: String, _ dimensions: [(String, String)], _ kind: PrometheusFamily.Kind, make: ([Double]) -> Series
    ) -> Series {
        let name = PrometheusText.name(label)
        let labels = PrometheusText.labels(dimensions)
        return state.withLock { state in
            var family = state.families[name] ?? PrometheusFamily(kind: kind)
            if let known = family.series[labels] as? Series { return known }
            let series = make(state.descriptions[name]?.bounds ?? PrometheusHistogram.seconds)
            // Of another kind than the family: nobody could read it.
            guard family.kind == kind, state.count < PrometheusRegistry.maximumSeries else { return series }
            state.count += 1
            family.series[labels] = series
            state.families[name] = family
            return series
        }
    }

    private func remove(_ handler: AnyObject) {
        state.withLock { state in
            for (name, family) in state.families {
                guard let labels = family.series.first(where: { $0.value === handler })?.key else { continue }
                state.families[name]?.series[labels] = nil
                state.count -= 1
                return
            }
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter) { _ in PrometheusCounter() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge) { _ in PrometheusGauge() }
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate { return series(label, dimensions, .histogram) { PrometheusHistogram($0) } }
        return series(label, dimensions, .gauge) { _ in PrometheusGauge() }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, .histogram) { PrometheusHistogram($0) }
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}

/// The series of one name.
struct PrometheusFamily {
    enum Kind: String { case counter, gauge, histogram }

    let kind: Kind
    /// By their labels as they are written.
    var series: [String: any PrometheusSeries] = [:]
}

protocol PrometheusSeries: AnyObject, Sendable {
    /// - Parameter labels: as they are written, without braces.
    func write(_ name: String, labels: String, to bytes: inout [UInt8])
}
