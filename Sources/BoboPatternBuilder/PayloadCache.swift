import BoboEngine
import Synchronization

/// Payloads that have been decoded, so that the runs that ask of one event do not each decode it.
final class PayloadCache<Payload: Decodable & Sendable>: Sendable {
    private struct Entry {
        /// Held, so that no other event comes to its address.
        let event: Event
        let payload: Payload
    }

    private static var limit: Int { 1024 }

    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])

    /// - Throws: `PayloadMismatch`.
    func reading(_ event: Event) throws -> Reading<Payload> {
        let known = entries.withLock { $0[ObjectIdentifier(event)]?.payload }
        if let known { return Reading(payload: known, event: event) }
        let payload = try event.payload(as: Payload.self)
        entries.withLock { entries in
            if entries.count >= PayloadCache.limit { entries.removeAll(keepingCapacity: true) }
            entries[ObjectIdentifier(event)] = Entry(event: event, payload: payload)
        }
        return Reading(payload: payload, event: event)
    }
}
