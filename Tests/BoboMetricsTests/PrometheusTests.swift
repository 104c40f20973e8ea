import CoreMetrics
import Testing

@testable import BoboMetrics

/// The text that Prometheus reads.
@Suite struct PrometheusTests {
    let registry = PrometheusRegistry()

    private var lines: [String] {
        String(decoding: registry.text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test("Families stand in order of name, each with its help and kind, its series in order of labels")
    func order() {
        registry.describe("b_total", "What \\ it\ncounts.")
        Counter(label: "b_total", dimensions: [("k", "2")], factory: registry).increment(by: 5)
        Counter(label: "b_total", dimensions: [("k", "1")], factory: registry).increment()
        Gauge(label: "a", factory: registry).record(2.5)
        #expect(
            lines == [
                "# TYPE a gauge", "a 2.5", #"# HELP b_total What \\ it\ncounts."#, "# TYPE b_total counter",
                #"b_total{k="1"} 1"#, #"b_total{k="2"} 5"#,
            ])
    }

    @Test("Two of one name and labels are one series")
    func same() {
        for _ in 0..<2 { Counter(label: "a_total", dimensions: [("k", "v")], factory: registry).increment(by: 2) }
        #expect(lines.last == #"a_total{k="v"} 4"#)
    }

    @Test("A timer is a histogram in seconds: each bucket holds those below, too")
    func histogram() {
        registry.describe("t_seconds", "Time.", bounds: [0.1, 1])
        let timer = Timer(label: "t_seconds", dimensions: [("k", "v")], factory: registry)
        for milliseconds in [50, 100, 500, 2000] { timer.recordMilliseconds(milliseconds) }
        #expect(
            lines.dropFirst(2) == [
                #"t_seconds_bucket{k="v",le="0.1"} 2"#, #"t_seconds_bucket{k="v",le="1"} 3"#,
                #"t_seconds_bucket{k="v",le="+Inf"} 4"#, #"t_seconds_sum{k="v"} 2.65"#, #"t_seconds_count{k="v"} 4"#,
            ])
    }

    @Test("What a name may not hold is _; quotes, backslashes and line breaks of a label are escaped")
    func escapes() {
        Gauge(label: "1 a-ü.b:c", dimensions: [("a:b-c", "x\"y\\z\n")], factory: registry).record(1)
        #expect(lines.last == #"_1_a___b:c{a_b_c="x\"y\\z\n"} 1"#)
    }

    @Test(
        "Numbers as Prometheus has them",
        arguments: [
            (Double.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (3, "3"), (0.25, "0.25"), (1e300, "1e+300"),
        ])
    func numbers(_ value: Double, _ text: String) {
        #expect(PrometheusText.number(value) == text)
    }

    @Test("What is destroyed is shown no more, and begins anew")
    func destroyed() {
        let gauge = Gauge(label: "a", factory: registry)
        gauge.record(7)
        gauge.destroy()
        #expect(lines == [])
        _ = Gauge(label: "a", factory: registry)
        #expect(lines.last == "a 0")
    }

    @Test("Of a name that is taken by another kind, nothing is shown")
    func otherKind() {
        Gauge(label: "a", factory: registry).record(1)
        Counter(label: "a", dimensions: [("k", "v")], factory: registry).increment()
        #expect(lines == ["# TYPE a gauge", "a 1"])
    }

    @Test("Series have a bound")
    func bound() {
        for index in 0..<PrometheusRegistry.maximumSeries + 10 {
            Counter(label: "a_total", dimensions: [("k", "\(index)")], factory: registry).increment()
        }
        #expect(lines.count == PrometheusRegistry.maximumSeries + 1)
    }
}
