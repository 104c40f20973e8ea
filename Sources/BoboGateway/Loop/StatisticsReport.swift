import BoboEngine
import BoboPeers
import Foundation

/// The figures that a gateway publishes every few seconds (`<prefix>/stats/<instance>`).
struct StatisticsReport {
    struct Figures {
        let engine: Statistics
        let received: UInt64
        let dropped: Int
        let queue: Int
        let publishedEvents: Int
        /// Messages that the broker has refused.
        let refused: Int
        /// nil: a lone gateway.
        let peers: PeersReport?
        /// Messages that waited while the gateway did not read, and that another gateway had read.
        let readElsewhere: Int
        let actions: ActionFigures
    }

    private var last: (received: UInt64, uptime: Duration) = (0, .zero)
    private var warned: [String: Int] = [:]

    mutating func json(_ figures: Figures, date: Int64, uptime: Duration) -> [UInt8] {
        let seconds = Double((uptime - last.uptime).wholeMilliseconds) / 1000
        let rate = seconds > 0 ? Double(figures.received - last.received) / seconds : 0
        last = (figures.received, uptime)
        let messages = figures.engine.messages
        var json = JSONWriter()
        json.raw("{\"ts\":")
        json.write(date)
        json.raw(",\"version\":\"")
        json.raw(Gateway.version)
        json.raw("\",\"uptime\":")
        json.write(Double(uptime.wholeMilliseconds) / 1000)
        json.raw(",\"messages\":{\"received\":")
        json.write(Int64(clamping: figures.received))
        json.raw(",\"events\":")
        json.write(Int64(messages.events))
        json.raw(",\"late\":")
        json.write(Int64(figures.engine.late))
        json.raw(",\"dropped\":")
        json.write(Int64(figures.dropped + messages.tooLarge + messages.notJSON))
        json.raw(",\"failed\":")
        json.write(Int64(messages.timestampFailed + messages.identifierFailed))
        json.raw(",\"read_elsewhere\":")
        json.write(Int64(figures.readElsewhere))
        json.raw(",\"per_second\":")
        json.write((rate * 10).rounded() / 10)
        json.raw("},\"runs\":{\"active\":")
        json.write(Int64(figures.engine.activeRuns))
        json.raw(",\"started\":")
        json.write(Int64(figures.engine.startedRuns))
        json.raw(",\"completed\":")
        json.write(Int64(figures.engine.completedRuns))
        json.raw(",\"halted\":")
        json.write(Int64(figures.engine.haltedRuns.values.reduce(0, +)))
        json.raw(",\"resting\":")
        json.write(Int64(figures.engine.restingKeys))
        json.raw(",\"patterns\":[")
        for (index, figures) in figures.engine.busiestPatterns.enumerated() {
            json.raw(index > 0 ? ",{\"phenomenon\":" : "{\"phenomenon\":")
            json.write(figures.phenomenon)
            json.raw(",\"pattern\":")
            json.write(figures.pattern)
            json.raw(",\"active\":")
            json.write(Int64(figures.activeRuns))
            json.raw("}")
        }
        json.raw("]},\"events_published\":")
        json.write(Int64(figures.publishedEvents))
        json.raw(",")
        if let peers = figures.peers { peers.write(to: &json) } else { json.raw("\"peers\":{},\"partitions\":{}") }
        json.raw(",\"actions\":")
        figures.actions.write(to: &json)
        json.raw(",\"queue\":")
        json.write(Int64(figures.queue))
        json.raw(",\"memory\":")
        json.write(Int64(StatisticsReport.residentBytes()))
        json.raw("}")
        return json.bytes
    }

    /// What has been lost or not believed since the last call, in words.
    mutating func warnings(_ figures: Figures) -> [String] {
        let messages = figures.engine.messages
        let production = figures.engine.production
        let counts = [
            ("messages were dropped: the queue was full or they were too large", figures.dropped + messages.tooLarge),
            ("messages could not be published", figures.refused),
            ("actions were dropped: too many waited", figures.actions.dropped),
            ("actions failed", figures.actions.failed),
            ("messages were dropped: no JSON where `sensors` says JSON", messages.notJSON),
            ("events came late", figures.engine.late),
            ("timestamps could not be read; the arrival counts", messages.timestampFailed),
            ("timestamps lay too far ahead; the arrival counts", messages.ahead),
            ("`event_id`s could not be read", messages.identifierFailed),
            ("complex events were dropped: they stem from too many others", production.tooDeep),
            ("`emit` data failed", production.dataFailed), ("`emit` topics failed", production.topicFailed),
            (
                "runs were halted at max_runs",
                (figures.engine.haltedRuns[.maximumRuns] ?? 0) - figures.engine.droppedRests
            ),
            ("keys rest no more, before their time, at max_runs", figures.engine.droppedRests),
            ("runs were halted at max_history", figures.engine.haltedRuns[.maximumHistory] ?? 0),
        ]
        var lines: [String] = []
        for (text, count) in counts where count > warned[text] ?? 0 {
            lines.append("\(count - (warned[text] ?? 0)) \(text) (\(count) in all)")
            warned[text] = count
        }
        return lines
    }

    static func residentBytes() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
