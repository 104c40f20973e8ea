import BoboEngine
import BoboTopics

/// A complex event, by what tells it from others whatever the gateways call it, and its history.
struct Outcome: Hashable {
    struct Name: Hashable, Comparable, CustomStringConvertible {
        let phenomenon: String
        let key: String
        /// The number of the first sensor's message that led to it.
        let first: Int

        static func < (left: Name, right: Name) -> Bool {
            (left.first, left.phenomenon, left.key) < (right.first, right.phenomenon, right.key)
        }

        var description: String { "\(phenomenon) of \(key) from \(first)" }
    }

    let name: Name
    /// Of sensors' messages the numbers; of complex events, the phenomenon and the first number.
    let history: [String]
    let timestamp: Int64

    init(_ event: ComplexEvent) {
        let history = event.history.map(Outcome.describe)
        name = Name(
            phenomenon: event.phenomenon, key: event.key, first: serial(Array(event.data.utf8)) ?? -1)
        self.history = history
        timestamp = event.timestamp
    }

    static func describe(_ event: Event) -> String {
        guard event.kind != .simple else { return "\(serial(event.body.bytes) ?? -1)" }
        return "\(event.topic.name.levels.last ?? ""):\(serial(ofComplexEvent: event.body.bytes) ?? -1)"
    }
}

/// One gateway that reads everything, at once.
struct Oracle {
    let expected: [Outcome.Name: Outcome]

    init(_ messages: [SensorMessage], engine: Engine, until end: Duration) {
        var expected: [Outcome.Name: Outcome] = [:]
        func takeOutputs() {
            for case .complexEvent(let event) in engine.takeOutputs() {
                let outcome = Outcome(event)
                expected[outcome.name] = outcome
            }
        }
        for message in messages {
            message.payload.withUnsafeBytes { bytes in
                engine.take(
                    Message(
                        topic: message.topic, payload: bytes, arrival: LocalClock.date(message.at), isRetained: false,
                        number: UInt64(message.number)))
            }
            takeOutputs()
        }
        engine.advance(to: LocalClock.date(end))
        takeOutputs()
        self.expected = expected
    }
}
