import BoboEngine
import BoboTopics
import Foundation

/// A complex event as a person reads it: when, what, of which key, and what led to it; of one of several gateways also who
/// publishes it.
struct EventLineForPeople {
    private static let shownEvents = 3
    private static let shownCharacters = 40

    let text: String

    /// - Parameter gateway: nil: there is only one.
    init(_ event: ComplexEvent, gateway: String? = nil) {
        let time = Date(timeIntervalSince1970: Double(event.timestamp) / 1000)
        let clock = time.formatted(
            Date.VerbatimFormatStyle(
                format:
                    "\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits)",
                timeZone: .current, calendar: Calendar(identifier: .gregorian)))
        let shown = event.history.suffix(EventLineForPeople.shownEvents).map { event in
            "\(event.topic.name) \(EventLineForPeople.shortened(event.body))"
        }
        let more = event.history.count > shown.count ? "… → " : ""
        let key = event.key == "null" ? "" : " \(EventLineForPeople.plain(event.key))"
        let data = event.data == "null" ? "" : "  \(event.data)"
        let name = gateway.map { "\($0)  " } ?? ""
        let line = "\(clock)  \(name)\(event.phenomenon)\(key)\(data)  after \(more)\(shown.joined(separator: " → "))"
        text = harmless(line)
    }

    /// A text as it is, anything else as JSON.
    private static func plain(_ json: String) -> String {
        let value = try? JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
        return value as? String ?? json
    }

    private static func shortened(_ body: Body) -> String {
        guard body.format != .bytes else { return "(\(body.bytes.count) bytes)" }
        let text = String(decoding: body.bytes, as: UTF8.self).filter { !$0.isNewline }
        return text.count > shownCharacters ? text.prefix(shownCharacters - 1) + "…" : text
    }
}
