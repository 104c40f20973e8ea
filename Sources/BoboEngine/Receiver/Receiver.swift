import BoboTopics
import CEL
import CSimdjson

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
    /// For what comes back while a message's event is under check, whose content lies in the other.
    private lazy var feedbackParser = PayloadParser(paths: paths)
    private(set) lazy var lineParser = PayloadParser(paths: paths)
    let paths: Paths
    private let options: EngineOptions
    private let scope: Scope
    /// An event that nobody holds any more.
    @exclusivity(unchecked) private var spare: Event?
    @exclusivity(unchecked) private(set) var counters = MessageCounters()

    init(paths: Paths, options: EngineOptions, counters: MessageCounters = MessageCounters()) {
        parser = PayloadParser(paths: paths)
        self.paths = paths
        self.options = options
        scope = Scope(timezone: options.timezone)
        self.counters = counters
    }

    /// The event that a sensor's message is; nil where it is none: dropped and counted, or nobody's concern. It is to be
    /// given to `release(_:)` before the next message is read.
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
        guard let content = read(message.payload, sensor?.format ?? .auto, parser) else {
            counters.notJSON += 1
            return nil
        }
        var timestamp = message.arrival
        var identifier = EventIdentifier.counted(source: options.source, number: message.number)
        if let sensor, sensor.timestamp != nil || sensor.eventIdentifier != nil {
            let draft = Event(
                identifier: identifier, timestamp: timestamp, topic: route.topic, content: content,
                isRetained: message.isRetained, paths: paths)
            timestamp = self.timestamp(of: draft, sensor)
            identifier = self.identifier(of: draft, sensor)
            scope.event = nil
        }
        if isEvent { counters.events += 1 }
        return (event(identifier, timestamp, route.topic, content, isRetained: message.isRetained), isEvent)
    }

    /// Whether a line that has been read by `lineParser`, on a topic of no sensor's, is an event: none where it is too large.
    /// - Parameter size: that of its payload, bytes.
    @inline(__always)
    func isEvent(_ size: Int) -> Bool {
        counters.received += 1
        guard size <= options.maximumPayload else {
            counters.tooLarge += 1
            return false
        }
        counters.events += 1
        return true
    }

    /// The event that it is, to be given to `release(_:)` before the next line is read.
    @inline(__always)
    func event(_ content: EventContent, number: UInt64, timestamp: Int64, _ topic: Topic) -> Event {
        event(.counted(source: options.source, number: number), timestamp, topic, content)
    }

    @inline(__always)
    private func event(
        _ identifier: EventIdentifier, _ timestamp: Int64, _ topic: Topic, _ content: EventContent,
        isRetained: Bool = false
    ) -> Event {
        guard let event = spare else {
            return Event(
                identifier: identifier, timestamp: timestamp, topic: topic, content: content, isRetained: isRetained,
                paths: paths)
        }
        spare = nil
        event.use(
            identifier: identifier, timestamp: timestamp, topic: topic, content: content, isRetained: isRetained)
        return event
    }

    /// The events of lines, settled, for benchmarks.
    func parse(
        lines: UnsafeRawBufferPointer, _ parser: PayloadParser, topic: (String) -> Topic?, _ body: (Event) -> Void
    ) {
        parser.begin(lines: lines)
        let room = FixedArray(count: LineWindow.size) { _ in bobo_scanned_line() }
        while case let count = parser.nextLines(into: room), count > 0 {
            for index in 0..<count where room[index].kind == bobo_scanned_whole.rawValue {
                let line = room[index]
                let name = UnsafeRawBufferPointer(start: line.topic, count: line.topic_length)
                guard let topic = topic(String(decoding: name, as: UTF8.self)) else { continue }
                counters.events += 1
                let event = Event(
                    identifier: .counted(source: options.source, number: UInt64(counters.events)), timestamp: line.ts,
                    topic: topic, content: EventContent(line), paths: paths)
                event.settle()
                body(event)
            }
        }
    }

    /// Takes a message's event back: it serves the next message, or its content is settled where somebody holds it.
    @inline(__always)
    func release(_ event: consuming Event) {
        if isKnownUniquelyReferenced(&event) { spare = event } else { event.settle() }
    }

    /// A complex or action event as it feeds back into the stream.
    func event(
        _ kind: Event.Kind, json: [UInt8], _ identifier: EventIdentifier, timestamp: Int64, depth: Int, _ route: Route
    ) -> Event {
        json.withUnsafeBytes { bytes in
            let event = Event(
                identifier: identifier, kind: kind, timestamp: timestamp, topic: route.topic,
                content: feedbackParser.content(of: bytes) ?? EventContent(bytes, .json), depth: depth, paths: paths)
            event.settle()
            return event
        }
    }

    /// An event of another gateway; nil where the payload is not what it is said to be.
    func event(from exchanged: ExchangedEvent, _ topic: Topic) -> Event? {
        let format: Sensor.Format =
            switch exchanged.format {
            case .json: .json
            case .text: .text
            case .bytes: .bytes
            }
        return exchanged.payload.withUnsafeBytes { bytes in
            guard let content = read(bytes, format, feedbackParser), content.format == exchanged.format else {
                return nil
            }
            let event = Event(
                identifier: exchanged.identifier, kind: exchanged.kind, timestamp: exchanged.timestamp, topic: topic,
                content: content, depth: exchanged.depth, paths: paths)
            event.settle()
            return event
        }
    }

    private func read(
        _ payload: UnsafeRawBufferPointer, _ format: Sensor.Format, _ parser: PayloadParser
    ) -> EventContent? {
        if format == .auto || format == .json {
            if let content = parser.content(of: payload) { return content }
            if format == .json { return nil }
        }
        let isText = format != .bytes && String(validating: payload, as: UTF8.self) != nil
        return EventContent(payload, isText ? .text : .bytes)
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
