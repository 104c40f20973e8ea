public import BoboEngine
import BoboTopics
import CEL
public import Foundation

/// Patterns at work within a program: messages go in, complex events come out. It belongs to one thread or actor at a time.
///
/// ```swift
/// let detector = Detector([fire])
/// for event in detector.take(#"{"celsius": 60}"#, on: "home/kitchen/temperature", at: .now) { print(event.data) }
/// ```
///
/// Time is what it is told: the times of messages, and of `advance`, which is to be called where the passing of time
/// matters (`Absent`, `within`) and no message comes.
public final class Detector {
    /// For all that is beyond this type: figures, warnings, changes of runs.
    public let engine: Engine
    private var number: UInt64 = 0
    private var actions: [ActionRequest] = []
    /// Of actions that nobody takes, the oldest are dropped.
    private static let actionLimit = 10_000

    /// - Parameter options: The name of the gateway, sensors, lateness and the like. A pattern that names no topic sees all
    ///   messages unless `defaultInput` says otherwise.
    public init(_ phenomena: [Phenomenon], options: EngineOptions = EngineOptions()) {
        var options = options
        if options.defaultInput.isEmpty, let all = try? TopicFilter("#") { options.defaultInput = [all] }
        engine = Engine(phenomena, paths: PathTable(), options: options)
    }

    /// Takes a message as it came.
    /// - Returns: the complex events that came of it and of the time that has passed, in order.
    public func take(_ payload: some Sequence<UInt8>, on topic: String, at time: Date) -> [ComplexEvent] {
        number += 1
        Array(payload).withUnsafeBytes { bytes in
            engine.take(
                Message(
                    topic: topic, payload: bytes, arrival: time.milliseconds, isRetained: false, number: number))
        }
        return events()
    }

    /// Takes a message that is a text.
    /// - Returns: the complex events that came of it and of the time that has passed, in order.
    public func take(_ payload: String, on topic: String, at time: Date) -> [ComplexEvent] {
        take(payload.utf8, on: topic, at: time)
    }

    /// Moves the clock, which never goes back.
    /// - Returns: the complex events that came of it, in order.
    public func advance(to time: Date) -> [ComplexEvent] {
        engine.advance(to: time.milliseconds)
        return events()
    }

    /// When something is due without a message; nil: never.
    public var nextDeadline: Date? { engine.nextDeadline.map { Date(timeIntervalSince1970: Double($0) / 1000) } }

    /// The actions of the runs that have completed since the last call, in order, for the program to carry out: of more than
    /// 10,000 the last. How one ended may be told to `engine.take(_:of:at:)`, for patterns on action events.
    public func takeActions() -> [ActionRequest] {
        defer { actions = [] }
        return actions
    }

    private func events() -> [ComplexEvent] {
        var events: [ComplexEvent] = []
        for output in engine.takeOutputs() {
            switch output {
            case .complexEvent(let event): events.append(event)
            case .action(let request): actions.append(request)
            }
        }
        if actions.count > Detector.actionLimit { actions.removeFirst(actions.count - Detector.actionLimit) }
        return events
    }
}

extension ComplexEvent {
    /// What the pattern's `data` made, as a value of this type.
    /// - Throws: `DecodingError`.
    public func data<Payload: Decodable>(as type: Payload.Type) throws -> Payload {
        try JSONDecoder().decode(type, from: Data(data.utf8))
    }
}

extension Date {
    fileprivate var milliseconds: Int64 {
        Int64(
            clamping: Int(exactly: (timeIntervalSince1970 * 1000).rounded())
                ?? (timeIntervalSince1970 < 0 ? .min : .max))
    }
}
