import BoboYAML

/// The outcomes of tests in the XML that JUnit made common, as CI systems read it.
package struct JUnitReport {
    private var suites: [(file: String, tests: [(test: PatternTest, outcome: PatternTestOutcome)])] = []

    package init() {}

    package mutating func begin(file: String) { suites.append((file, [])) }

    package mutating func add(_ test: PatternTest, _ outcome: PatternTestOutcome) {
        guard !suites.isEmpty else { return }
        suites[suites.count - 1].tests.append((test, outcome))
    }

    package var xml: String {
        let all = suites.flatMap(\.tests)
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            "<testsuites name=\"bobo test\" \(JUnitReport.figures(all.map(\.outcome)))>",
        ]
        for suite in suites {
            let figures = JUnitReport.figures(suite.tests.map(\.outcome))
            lines.append("  <testsuite name=\"\(suite.file.forXML)\" \(figures)>")
            for (test, outcome) in suite.tests {
                let head =
                    "    <testcase classname=\"\(suite.file.forXML)\" name=\"\(test.name.forXML)\" "
                    + "file=\"\(suite.file.forXML)\" line=\"\(test.place.line)\" time=\"\(outcome.took.forXML)\""
                guard !outcome.hasPassed else {
                    lines.append(head + "/>")
                    continue
                }
                lines.append(head + ">")
                lines.append("      <failure message=\"other complex events than expected\">")
                lines.append(outcome.difference.map(\.forXML).joined(separator: "\n"))
                lines += ["      </failure>", "    </testcase>"]
            }
            lines.append("  </testsuite>")
        }
        return (lines + ["</testsuites>"]).joined(separator: "\n")
    }

    private static func figures(_ outcomes: [PatternTestOutcome]) -> String {
        let failures = outcomes.count { !$0.hasPassed }
        let time = outcomes.map(\.took).reduce(.zero, +)
        return "tests=\"\(outcomes.count)\" failures=\"\(failures)\" errors=\"0\" time=\"\(time.forXML)\""
    }
}

extension Duration {
    /// Seconds, with milliseconds.
    fileprivate var forXML: String {
        let milliseconds = self / .milliseconds(1)
        let text = "\(Int(milliseconds.rounded()) % 1000)"
        return "\(Int(milliseconds.rounded()) / 1000)." + String(repeating: "0", count: 3 - text.count) + text
    }
}

extension String {
    /// Without what has a meaning in XML 1.0, or no place in it.
    fileprivate var forXML: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "\n": text += "&#10;"
            case "\t", "\r": text += " "
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: text += "\u{FFFD}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
