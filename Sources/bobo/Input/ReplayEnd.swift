import ArgumentParser
import BoboEngine
import BoboYAML

/// How long the clock runs on after the last event.
enum ReplayEnd: ExpressibleByArgument, Sendable {
    case all
    case milliseconds(Int64)

    init?(argument: String) {
        if argument == "all" {
            self = .all
        } else if let milliseconds = try? DurationText.milliseconds(argument) {
            self = .milliseconds(milliseconds)
        } else {
            return nil
        }
    }

    func run(_ engine: Engine, _ step: () throws -> Void) throws {
        guard let now = engine.now else { return }
        switch self {
        case .milliseconds(let milliseconds):
            let latest = EventLine.timestamps.upperBound
            engine.advance(to: latest - now > milliseconds ? now + milliseconds : max(now, latest))
        case .all:
            // A pattern that sets itself off by time would go on for ever; the depth of complex events bounds it.
            while let deadline = engine.nextDeadline {
                engine.advance(to: deadline)
                try step()
            }
        }
    }
}
