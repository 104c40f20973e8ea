/// Why a message of a peer is dropped.
package enum MessageFault: Error, Hashable, Sendable {
    /// Bytes.
    case tooLarge(Int)
    case notJSON(at: Int)
    case tooDeep
    /// More entries than a message may have.
    case tooMany
    case missing(String)
    /// A field is there and not what it should be.
    case wrong(String)
    case version(Int64)
    /// Sealed where no key is known, or not sealed where one is.
    case sealing
    /// Altered, or sealed with another key.
    case notAuthentic
    /// Heard before.
    case replayed
    /// For or from someone else, or from no configured peer.
    case stranger
}
