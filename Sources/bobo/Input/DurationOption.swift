import ArgumentParser
import BoboYAML

/// A duration on the command line, written as in configuration and pattern files: `250ms`, `30s`, `1h30m`.
struct DurationOption: ExpressibleByArgument, CustomStringConvertible {
    let milliseconds: Int64

    init(milliseconds: Int64) { self.milliseconds = milliseconds }

    init?(argument: String) {
        guard let milliseconds = try? DurationText.milliseconds(argument) else { return nil }
        self.milliseconds = milliseconds
    }

    var duration: Duration { .milliseconds(milliseconds) }
    var description: String { DurationText.text(milliseconds) }
    var defaultValueDescription: String { description }
}
