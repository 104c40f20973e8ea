import BoboGateway
import BoboYAML
import Foundation

/// The gateways of a broker, as a person reads them: of each a few lines, then its peers, then who reads which partition.
struct StatusTable {
    private let survey: GatewaySurvey
    private static let maximumPatterns = 5
    private static let maximumPartitions = 50

    init(_ survey: GatewaySurvey) { self.survey = survey }

    var lines: [String] {
        var lines = survey.gateways.flatMap { gateway in describe(gateway) + [""] }
        if let dropped = survey.droppedByBroker {
            lines.append("broker: \(count(dropped, "message", "messages")) dropped since its start")
        }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    private func describe(_ gateway: GatewaySurvey.Gateway) -> [String] {
        let state = gateway.isOnline.map { $0 ? "online" : "offline" } ?? "without a status"
        guard let figures = gateway.figures else {
            let reason =
                gateway.isOnline == true
                ? gateway.isUnreadable ? ", with figures that can't be read" : ", no figures yet" : ""
            return ["\(gateway.id): \(state)\(reason)"]
        }
        var head = "\(gateway.id): \(state)"
        if let uptime = figures.uptime { head += ", up \(Self.time(uptime))" }
        if let version = figures.version { head += ", version \(shortened(harmless(version), to: 20))" }
        if gateway.isUnreadable { head += "; its last figures can't be read" }
        if let at = gateway.figuresAt, ContinuousClock.now - at > .seconds(15) {
            head += "; figures \((ContinuousClock.now - at).components.seconds) s old"
        }
        return [head] + counters(figures) + patterns(figures) + peers(figures) + partitions(figures)
    }

    private func counters(_ figures: GatewayFigures) -> [String] {
        var lines: [String] = []
        if let messages = figures.messages {
            let rate = messages.perSecond.map { " (\(Self.number($0))/s)" } ?? ""
            lines.append(
                "  messages  \(Self.number(messages.received)) received\(rate), "
                    + "\(Self.number(messages.events)) events, \(Self.number(messages.late)) late, "
                    + "\(Self.number(messages.dropped)) dropped, \(Self.number(messages.failed)) failed, "
                    + "\(Self.number(figures.queue)) waiting"
                    + (messages.readElsewhere.map { $0 > 0 ? ", \($0) old and read elsewhere" : "" } ?? ""))
        }
        if let runs = figures.runs {
            lines.append(
                "  runs      \(Self.number(runs.active)) active, \(Self.number(runs.started)) started, "
                    + "\(Self.number(runs.completed)) completed, \(Self.number(runs.halted)) halted"
                    + (runs.resting.map { $0 > 0 ? ", \($0) keys at rest" : "" } ?? "") + "; "
                    + "\(Self.number(figures.eventsPublished)) events published")
        }
        // A gateway without actions has nothing to say of them.
        if let actions = figures.actions, (actions.succeeded ?? 0) + (actions.failed ?? 0) + (actions.running ?? 0) > 0
        {
            lines.append(
                "  actions   \(Self.number(actions.succeeded)) succeeded, \(Self.number(actions.failed)) failed, "
                    + "\(Self.number(actions.running)) running, \(Self.number(actions.waiting)) waiting"
                    + (actions.dropped.map { $0 > 0 ? ", \($0) dropped" : "" } ?? ""))
        }
        if let memory = figures.memory { lines.append("  memory    \(memory >> 20) MiB") }
        return lines
    }

    /// Active runs by pattern, of those that have the most.
    private func patterns(_ figures: GatewayFigures) -> [String] {
        let patterns = figures.runs?.patterns ?? []
        guard !patterns.isEmpty else { return [] }
        let rows = patterns.prefix(Self.maximumPatterns).map { pattern in
            [shortened(harmless("\(pattern.phenomenon)/\(pattern.pattern)"), to: 60), "\(pattern.active)"]
        }
        let more = patterns.count - rows.count
        return Self.columns([["PATTERN", "ACTIVE RUNS"]] + rows)
            + (more > 0 ? ["  and \(more)\(patterns.count >= 20 ? " or more" : "") others"] : [])
    }

    private func peers(_ figures: GatewayFigures) -> [String] {
        let peers = (figures.peers ?? [:]).sorted { $0.key < $1.key }
        guard !peers.isEmpty else { return [] }
        let rows = peers.prefix(Self.maximumPartitions).map { id, peer in
            [
                shortened(harmless(id), to: 30), shortened(harmless(peer.period ?? "-"), to: 10),
                peer.live == true ? peer.ready == true ? "ready" : "live" : "away",
                peer.since.map { "\(Self.time($0)) ago" } ?? "never", Self.number(peer.stash), Self.lag(peer),
                peer.clockDifference.map { String(format: "%+.3f s", $0) } ?? "-",
                peer.digestAgrees.map { $0 ? "agrees" : "DIFFERS" } ?? "-",
            ]
        }
        return Self.columns([["PEER", "PERIOD", "STATE", "LAST SUCCESS", "STASH", "LAG", "CLOCK", "DIGEST"]] + rows)
    }

    /// How long changes take to the peer: those that wait now, and most of those of the last minutes.
    private static func lag(_ peer: GatewayFigures.Peer) -> String {
        let now = peer.lag.map(lag) ?? "-"
        return peer.delay?.p99.map { "\(now), 99% \(lag($0))" } ?? now
    }

    private static func lag(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "-" }
        return seconds < 1 ? "\(Int((seconds * 1000).rounded()))ms" : time(seconds)
    }

    private func partitions(_ figures: GatewayFigures) -> [String] {
        let partitions = (figures.partitions ?? [:]).sorted { $0.key < $1.key }
        guard !partitions.isEmpty else { return [] }
        let rows = partitions.prefix(Self.maximumPartitions).map { name, readers in
            let texts = readers.prefix(8).map { reader in
                let since = figures.reading?[name]?[reader].map { " for \(Self.time($0))" } ?? ""
                return shortened(harmless(reader), to: 30) + since
            }
            return [shortened(harmless(name), to: 60), texts.isEmpty ? "nobody" : texts.joined(separator: ", ")]
        }
        let more = partitions.count - rows.count
        return Self.columns([["PARTITION", "READ BY"]] + rows)
            + (more > 0 ? ["  and \(count(more, "partition", "partitions")) more"] : [])
    }

    // MARK: Texts

    /// Rows whose columns stand under each other, indented.
    private static func columns(_ rows: [[String]]) -> [String] {
        var widths: [Int] = []
        for row in rows {
            for (column, text) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], text.count)
            }
        }
        return rows.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                line += "  " + text
                if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - text.count) }
            }
            return line
        }
    }

    private static func number(_ number: Int64?) -> String { number.map { "\($0)" } ?? "-" }

    private static func number(_ number: Double) -> String { String(format: "%.1f", number) }

    /// A gateway may say anything.
    private static func time(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "-" }
        guard seconds >= 10 else { return String(format: "%.1fs", seconds) }
        return DurationText.text(Int64(seconds) * 1000)
    }

    private func count(_ number: Int64, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }

    private func count(_ number: Int, _ one: String, _ many: String) -> String {
        count(Int64(number), one, many)
    }
}
