import BoboEngine
import BoboGateway

/// What has changed since the last message to the pages.
struct FeedChanges {
    private var edition: UInt64?
    private var runs: [[Int32]] = []
    private var lastEvent: UInt64
    private var topics = TopicRates()
    /// Of parts that change seldom, as they were last sent.
    private var sent: [String: [UInt8]] = [:]
    /// Looking through all topics costs more than all the rest: for some of the messages will do.
    private var messagesTillTopics = 0

    /// - Parameter lastEvent: The number of the last that the first message leaves out.
    init(since lastEvent: UInt64) { self.lastEvent = lastEvent }

    /// What the snapshot for the next message is to have.
    var wish: GatewayObservation.Wish { messagesTillTopics == 0 ? [.topics] : [] }

    /// `{"number", "gateway", "figures", …}`: of `patterns`, `runs`, `events`, `topics`, `gateways`, `peers` and `warnings`
    /// those that have changed.
    mutating func message(_ snapshot: GatewaySnapshot, _ observation: GatewayObservation) -> [UInt8] {
        var json = JSONWriter(capacity: 4096)
        json.raw("{\"number\":")
        json.write(Int64(clamping: snapshot.number))
        json.raw(",\"gateway\":")
        GatewayJSON.write(snapshot, to: &json)
        json.raw(",\"figures\":")
        FiguresJSON.write(snapshot, to: &json)
        writeRuns(snapshot, observation, to: &json)
        writeEvents(observation, to: &json)
        if let all = snapshot.topics {
            json.raw(",\"topics\":")
            TopicsJSON.write(topics.busiest(all, date: snapshot.date), of: all, to: &json)
        }
        messagesTillTopics = (messagesTillTopics + 2) % 3
        write("gateways", { GatewaysJSON.write(observation.gateways, to: &$0) }, to: &json)
        write("peers", { PeersJSON.write(snapshot.peers, to: &$0) }, to: &json)
        write("warnings", { WarningsJSON.write(observation.warnings, to: &$0) }, to: &json)
        json.raw("}")
        return json.bytes
    }

    private mutating func writeRuns(
        _ snapshot: GatewaySnapshot, _ observation: GatewayObservation, to json: inout JSONWriter
    ) {
        let patterns = observation.patterns
        defer {
            edition = patterns.edition
            runs = snapshot.runs.map(\.counts)
        }
        guard patterns.edition == edition, runs.count == snapshot.runs.count else {
            json.raw(",\"patterns\":")
            PatternsJSON.write(snapshot.runs, patterns.phenomena, to: &json)
            return
        }
        json.raw(",\"runs\":[")
        var isFirst = true
        for (index, (run, before)) in zip(snapshot.runs, runs).enumerated() where run.counts != before {
            json.raw(isFirst ? "[" : ",[")
            isFirst = false
            json.write(Int64(index))
            json.raw(",")
            PatternsJSON.write(run.counts, to: &json)
            json.raw("]")
        }
        json.raw("]")
    }

    private mutating func writeEvents(_ observation: GatewayObservation, to json: inout JSONWriter) {
        let events = observation.events(after: lastEvent)
        guard let last = events.last else { return }
        lastEvent = last.number
        json.raw(",\"events\":")
        EventsJSON.write(events.suffix(EventsJSON.maximumCount), to: &json)
    }

    private mutating func write(_ name: String, _ body: (inout JSONWriter) -> Void, to json: inout JSONWriter) {
        var part = JSONWriter()
        body(&part)
        guard sent[name] != part.bytes else { return }
        sent[name] = part.bytes
        json.raw(",\"\(name)\":")
        json.append(part.bytes)
    }
}
