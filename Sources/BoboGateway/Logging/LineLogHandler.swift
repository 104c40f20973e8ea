import BoboEngine
import Foundation
package import Logging

/// Writes log messages to standard error, one a line: as text for people, or as JSON.
package struct LineLogHandler: LogHandler {
    package enum Format: Sendable {
        case text, json
    }

    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let format: Format

    package init(level: Logger.Level, format: Format) {
        logLevel = level
        self.format = format
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        var time = JSONWriter()
        time.write(time: ArrivalClock.date)
        let line =
            switch format {
            case .text: text(event, all, time: time.text.filter { $0 != "\"" })
            case .json: json(event, all, time: time.text)
            }
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    private func text(_ event: LogEvent, _ metadata: [(key: String, value: Logger.MetadataValue)], time: String)
        -> String
    {
        let level = event.level.rawValue.padding(toLength: 7, withPad: " ", startingAt: 0)
        let facts = metadata.map { " \($0.key)=\($0.value)" }.joined()
        return "\(time) \(level) \(event.message)\(facts)"
    }

    private func json(_ event: LogEvent, _ metadata: [(key: String, value: Logger.MetadataValue)], time: String)
        -> String
    {
        var json = JSONWriter()
        json.raw("{\"time\":")
        json.raw(time)
        json.raw(",\"level\":")
        json.write(event.level.rawValue)
        json.raw(",\"message\":")
        json.write("\(event.message)")
        for (key, value) in metadata {
            json.raw(",")
            json.write(key)
            json.raw(":")
            json.write("\(value)")
        }
        json.raw("}")
        return json.text
    }
}
