import BoboEngine
import BoboGateway
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
        let history = event.history
        self.init(
            event.timestamp, event.phenomenon, key: event.key, data: event.data, events: history.count,
            shown: history.suffix(EventLineForPeople.shownEvents).map { event in
                "\(event.topic.name) \(EventLineForPeople.text(event.body))"
            }, gateway: gateway)
    }

    init(_ event: PublishedEvent) {
        self.init(
            event.timestamp, event.phenomenon, key: event.key, data: event.data, events: event.history.count,
            shown: event.history.suffix(EventLineForPeople.shownEvents).map { event in
                "\(event.topic) \(shortened(event.payload, to: EventLineForPeople.shownCharacters))"
            })
    }

    /// - Parameters:
    ///   - key: as JSON, and so is `data`.
    ///   - events: how many have led to it, of which the last are shown.
    private init(
        _ timestamp: Int64, _ phenomenon: String, key: String, data: String, events: Int, shown: [String],
        gateway: String? = nil
    ) {
        let more = events > shown.count ? "… → " : ""
        let key = key == "null" ? "" : " \(EventLineForPeople.plain(key))"
        let data = data == "null" ? "" : "  \(data)"
        let clock = EventLineForPeople.clock(timestamp)
        let name = gateway.map { "\($0)  " } ?? ""
        let line = "\(clock)  \(name)\(phenomenon)\(key)\(data)  after \(more)\(shown.joined(separator: " → "))"
        text = harmless(line)
    }

    /// The time of day here.
    static func clock(_ timestamp: Int64) -> String {
        Date(timeIntervalSince1970: Double(timestamp) / 1000).formatted(
            Date.VerbatimFormatStyle(
                format:
                    "\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits)",
                timeZone: .current, calendar: Calendar(identifier: .gregorian)))
    }

    /// A text as it is, anything else as JSON.
    static func plain(_ json: String) -> String {
        let value = try? JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
        return value as? String ?? json
    }

    private static func text(_ body: Body) -> String {
        guard body.format != .bytes else { return "(\(body.count) bytes)" }
        let text = String(decoding: body.bytes, as: UTF8.self).filter { !$0.isNewline }
        return text.count > shownCharacters ? text.prefix(shownCharacters - 1) + "…" : text
    }
}
