public import BoboEngine
import BoboTopics
public import Foundation

/// An event with its payload as a type of the embedding program.
public struct Reading<Payload: Decodable & Sendable>: Sendable {
    public let payload: Payload
    public let event: Event

    public var topic: String { event.topic.name.text }
    /// The levels of the topic: `home/kitchen/smoke` has three.
    public var levels: [String] { event.topic.name.levels.map(String.init) }
    public var time: Date { Date(timeIntervalSince1970: Double(event.timestamp) / 1000) }
}

/// Why the payload of an event is none of a type.
public struct PayloadMismatch: Error, CustomStringConvertible {
    public let description: String
}

extension Event {
    /// The payload as a value of this type.
    ///
    /// A message that is JSON is decoded as such. One that is a text counts as a JSON text, so that `enum State: String,
    /// Decodable { case on = "ON" }` reads `ON`. Bytes that are no text can be had as `[UInt8]` or `Data`.
    /// - Throws: `PayloadMismatch`.
    public func payload<Payload: Decodable>(as type: Payload.Type) throws(PayloadMismatch) -> Payload {
        do {
            switch body.format {
            case .json: return try JSONDecoder().decode(type, from: Data(body.bytes))
            case .text:
                let text = String(decoding: body.bytes, as: UTF8.self)
                if let text = text as? Payload { return text }
                return try JSONDecoder().decode(type, from: JSONEncoder().encode(text))
            case .bytes:
                if let bytes = (body.bytes as? Payload) ?? (Data(body.bytes) as? Payload) { return bytes }
                throw PayloadMismatch(description: "the payload is no \(type): it is no text")
            }
        } catch let mismatch as PayloadMismatch {
            throw mismatch
        } catch {
            throw PayloadMismatch(description: "the payload is no \(type): \(Event.reason(error))")
        }
    }

    private static func reason(_ error: any Error) -> String {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.isEmpty ? "it" : context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        return switch error as? DecodingError {
        case .keyNotFound(let key, let context)?:
            "no such field: \((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))"
        case .typeMismatch(let type, let context)?: "\(path(context)) is no \(type)"
        case .valueNotFound(let type, let context)?: "\(path(context)) is null, not \(type)"
        case .dataCorrupted(let context)?: "\(path(context)): \(context.debugDescription)"
        default: "\(error)"
        }
    }
}
