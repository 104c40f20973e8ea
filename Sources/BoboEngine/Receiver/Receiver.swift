import BoboTopics
import CEL

/// A message as it comes from a broker or a file.
public struct Message {
    public let topic: String
    public let payload: UnsafeRawBufferPointer
    /// Milliseconds since 1970.
    public let arrival: Int64
    /// Whether the broker had stored it before this reader came.
    public let isRetained: Bool
    /// For events that bear no identifier of the sensor's.
    public let number: UInt64
    /// Whether it counts for patterns' `state` alone, since another gateway reads its topic's events.
    public let isStateOnly: Bool

    public init(
        topic: String, payload: UnsafeRawBufferPointer, arrival: Int64, isRetained: Bool,
        number: UInt64, isStateOnly: Bool = false
    ) {
        self.topic = topic
        self.payload = payload
        self.arrival = arrival
        self.isRetained = isRetained
        self.number = number
        self.isStateOnly = isStateOnly
    }
}

/// Turns messages into events.
final class Receiver {
    private let parser: PayloadParser
    private let paths: Paths
    private let options: EngineOptions
    private let scope: Scope
    private(set) var counters = MessageCounters()

    init(paths: Paths, options: EngineOptions, counters: MessageCounters = MessageCounters()) {
        parser = PayloadParser(paths: paths)
        self.paths = paths
        self.options = options
        scope = Scope(timezone: options.timezone)
        self.counters = counters
    }

    /// The event that a sensor's message is; nil where it is none: dropped and counted, or nobody's concern.
    /// - Returns: the event, and whether it is more than a message for patterns' `state`.
    func event(_ message: Message, _ route: Route) -> (event: Event, isEvent: Bool)? {
        counters.received += 1
        guard message.payload.count <= options.maximumPayload else {
            counters.tooLarge += 1
            return nil
        }
        let sensor = route.sensor
        var isEvent = !message.isStateOnly
        if message.isRetained, sensor?.takesRetained != true {
            counters.retained += 1
            isEvent = false
        }
        guard isEvent || !route.stateFilters.isEmpty else { return nil }
        guard let (body, fields) = read(message.payload, sensor?.format ?? .auto) else {
            counters.notJSON += 1
            return nil
        }
        var timestamp = message.arrival
        var identifier = EventIdentifier.counted(source: options.source, number: message.number)
        if let sensor, sensor.timestamp != nil || sensor.eventIdentifier != nil {
            let draft = event(
                identifier, .simple, timestamp, route.topic, body, fields, depth: 0, isRetained: message.isRetained)
            timestamp = self.timestamp(of: draft, sensor)
            identifier = self.identifier(of: draft, sensor)
        }
        if isEvent { counters.events += 1 }
        let event = event(
            identifier, .simple, timestamp, route.topic, body, fields, depth: 0, isRetained: message.isRetained)
        return (event, isEvent)
    }

    /// A complex or action event as it feeds back into the stream.
    func event(
        _ kind: Event.Kind, json: [UInt8], _ identifier: EventIdentifier, timestamp: Int64, depth: Int, _ route: Route
    ) -> Event {
        let fields = json.withUnsafeBytes { parser.fields(of: $0) } ?? text(nil)
        return event(identifier, kind, timestamp, route.topic, Body(bytes: json, format: .json), fields, depth: depth)
    }

    func event(
        _ identifier: EventIdentifier, _ kind: Event.Kind, _ timestamp: Int64, _ topic: Topic, _ body: Body,
        _ fields: Fields, depth: Int, isRetained: Bool = false
    ) -> Event {
        Event(
            identifier: identifier, kind: kind, timestamp: timestamp, topic: topic, body: body, depth: depth,
            isRetained: isRetained, fields: fields)
    }

    func read(_ payload: UnsafeRawBufferPointer, _ format: Sensor.Format) -> (Body, Fields)? {
        if format == .auto || format == .json {
            if let fields = parser.fields(of: payload) { return (Body(bytes: Array(payload), format: .json), fields) }
            if format == .json { return nil }
        }
        let bytes = Array(payload)
        if format != .bytes, let text = String(validating: bytes, as: UTF8.self) {
            return (Body(bytes: bytes, format: .text), self.text(.string(text)))
        }
        return (Body(bytes: bytes, format: .bytes), text(.bytes(bytes)))
    }

    private func text(_ value: Value?) -> Fields {
        Fields(found: value.map { [(paths.whole, .value($0))] } ?? [], rootIsMap: false, paths: paths)
    }

    private func timestamp(of event: Event, _ sensor: Sensor) -> Int64 {
        guard let program = sensor.timestamp else { return event.timestamp }
        scope.event = event
        guard case .timestamp(let time)? = try? program.evaluate(scope) else {
            counters.timestampFailed += 1
            return event.timestamp
        }
        guard time.milliseconds <= event.timestamp.addingClamped(options.maximumAhead) else {
            counters.ahead += 1
            return event.timestamp
        }
        return time.milliseconds
    }

    private func identifier(of event: Event, _ sensor: Sensor) -> EventIdentifier {
        guard let program = sensor.eventIdentifier else { return event.identifier }
        scope.event = event
        guard let value = try? program.evaluate(scope), KeyValue(value) != nil else {
            counters.identifierFailed += 1
            return event.identifier
        }
        var json = JSONWriter()
        json.write(value)
        var hash = Hash128()
        hash.combine(event.topic.name.text)
        hash.combine(json.text)
        return .hashed(hash)
    }
}

/// What became of the messages.
public struct MessageCounters: Sendable, Equatable {
    public var received = 0
    public var events = 0
    /// Over the largest payload; dropped.
    public var tooLarge = 0
    /// Stored by the broker before; no events.
    public var retained = 0
    /// Not JSON where the sensor's entry says JSON; dropped.
    public var notJSON = 0
    /// The `timestamp` expression failed; the arrival counted.
    public var timestampFailed = 0
    /// A timestamp too far ahead of the arrival; the arrival counted.
    public var ahead = 0
    public var identifierFailed = 0
}
