import BoboEngine
import BoboGateway

/// All that the page shows, as one object.
enum StateJSON {
    /// - Parameter snapshot: with topics.
    static func whole(_ snapshot: GatewaySnapshot, _ observation: GatewayObservation) -> [UInt8] {
        var json = JSONWriter(capacity: 64 << 10)
        json.raw("{\"number\":")
        json.write(Int64(clamping: snapshot.number))
        json.raw(",\"gateway\":")
        GatewayJSON.write(snapshot, to: &json)
        json.raw(",\"figures\":")
        FiguresJSON.write(snapshot, to: &json)
        json.raw(",\"patterns\":")
        PatternsJSON.write(snapshot.runs, observation.patterns.phenomena, to: &json)
        json.raw(",\"events\":")
        EventsJSON.write(observation.events(after: 0).suffix(EventsJSON.maximumCount), to: &json)
        json.raw(",\"topics\":")
        var rates = TopicRates()
        let topics = snapshot.topics ?? TopicActivity()
        TopicsJSON.write(rates.busiest(topics, date: snapshot.date), of: topics, to: &json)
        json.raw(",\"gateways\":")
        GatewaysJSON.write(observation.gateways, to: &json)
        json.raw(",\"peers\":")
        PeersJSON.write(snapshot.peers, to: &json)
        json.raw(",\"warnings\":")
        WarningsJSON.write(observation.warnings, to: &json)
        json.raw("}")
        return json.bytes
    }
}

/// Which gateway it is, and how it is.
enum GatewayJSON {
    static func write(_ snapshot: GatewaySnapshot, to json: inout JSONWriter) {
        json.raw("{\"instance\":")
        json.write(snapshot.instance)
        json.raw(",\"version\":")
        json.write(Gateway.version)
        json.raw(",\"not_ready\":")
        if let reason = snapshot.notReady { json.write(reason) } else { json.raw("null") }
        json.raw(",\"reading\":\(snapshot.isReadingConnected),\"publishing\":\(snapshot.isPublishingConnected)")
        json.raw(",\"date\":")
        json.write(snapshot.date)
        json.raw(",\"uptime\":")
        json.write((snapshot.uptime / .milliseconds(1)).rounded() / 1000)
        json.raw("}")
    }
}

/// Numbers since the start, and those of the moment.
enum FiguresJSON {
    static func write(_ snapshot: GatewaySnapshot, to json: inout JSONWriter) {
        let engine = snapshot.engine
        let figures: [(StaticString, Int)] = [
            ("received", Int(clamping: snapshot.received)), ("events", engine.messages.events), ("late", engine.late),
            ("dropped", snapshot.dropped + engine.messages.tooLarge + engine.messages.notJSON),
            ("queue", snapshot.queue), ("waiting", snapshot.waiting), ("active", engine.activeRuns),
            ("started", engine.startedRuns), ("completed", engine.completedRuns),
            ("halted", engine.haltedRuns.values.reduce(0, +)), ("published", snapshot.publishedEvents),
            ("refused", snapshot.refused), ("timers", snapshot.timers), ("resting", engine.restingKeys),
            ("memory", snapshot.memory), ("topics", snapshot.topicCount),
        ]
        for (index, (name, value)) in figures.enumerated() {
            json.raw(index > 0 ? ",\"" : "{\"")
            json.raw(name)
            json.raw("\":")
            json.write(Int64(value))
        }
        json.raw(",\"halted_by\":{")
        for (index, (reason, count)) in engine.haltedRuns.sorted(by: { $0.key.rawValue < $1.key.rawValue }).enumerated()
        {
            json.raw(index > 0 ? ",\"" : "\"")
            json.raw(reason.rawValue)
            json.raw("\":")
            json.write(Int64(count))
        }
        json.raw("}}")
    }
}

/// Complex events as they were published.
enum EventsJSON {
    /// So many at once; whoever wants all subscribes to their topic.
    static let maximumCount = 60

    static func write(_ events: some Sequence<ObservedEvent>, to json: inout JSONWriter) {
        json.raw("[")
        for (index, event) in events.enumerated() {
            json.raw(index > 0 ? ",{\"number\":" : "{\"number\":")
            json.write(Int64(clamping: event.number))
            json.raw(",\"event\":")
            json.append(event.json)
            json.raw("}")
        }
        json.raw("]")
    }
}

/// What the gateway has warned of.
enum WarningsJSON {
    static func write(_ warnings: [ObservedWarnings.Line], to json: inout JSONWriter) {
        json.raw("[")
        for (index, warning) in warnings.enumerated() {
            json.raw(index > 0 ? ",{\"text\":" : "{\"text\":")
            json.write(warning.text)
            json.raw(",\"last\":")
            json.write(warning.last)
            json.raw(",\"count\":")
            json.write(Int64(warning.count))
            json.raw("}")
        }
        json.raw("]")
    }
}
