public import BoboEngine

/// What is done when a run completes: the `actions` of a pattern file.
///
/// The engine only prepares it; whoever owns the engine carries it out, such as a gateway, or the embedding program
/// (`Detector.takeActions`). A closure that throws fails the action, and nothing else.
public struct RunAction: Sendable {
    enum Work: Sendable {
        case publish(
            topic: @Sendable (Run) throws -> any Encodable, payload: @Sendable (Run) throws -> any Encodable, qos: Int,
            isRetained: Bool)
        case log(message: @Sendable (Run) throws -> any Encodable, level: Action.Level)
    }

    let work: Work

    /// Publishes a message.
    /// - Parameters:
    ///   - topic: of the message.
    ///   - qos: MQTT's quality of service, from 0 to 2.
    ///   - isRetained: whether the broker is to store it.
    ///   - payload: a text goes out as it is, anything else as JSON.
    public static func publish(
        to topic: @escaping @Sendable (Run) throws -> String, qos: Int = 0, isRetained: Bool = false,
        payload: @escaping @Sendable (Run) throws -> any Encodable
    ) -> RunAction {
        RunAction(work: .publish(topic: topic, payload: payload, qos: qos, isRetained: isRetained))
    }

    /// Writes a line to the log.
    public static func log(
        _ level: Action.Level = .info, _ message: @escaping @Sendable (Run) throws -> String
    ) -> RunAction {
        RunAction(work: .log(message: message, level: level))
    }
}
