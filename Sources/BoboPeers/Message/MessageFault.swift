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

extension MessageFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge(let bytes): "it is too large, \(bytes) bytes"
        case .notJSON(let place): "it is no JSON, from byte \(place) on"
        case .tooDeep: "it is nested too deeply"
        case .tooMany: "it has too many entries"
        case .missing(let field): "it lacks \(field)"
        case .wrong(let field): "\(field) is not what it should be"
        case .version(let version): "it speaks version \(version) of the protocol"
        case .sealing: "it is sealed and no key is known here, or not sealed though one is: key_file differs"
        case .notAuthentic: "its seal does not open: another key_file, or it was altered"
        case .replayed: "it was heard before"
        case .stranger: "it is for or from a gateway that is none of peers.ids"
        }
    }
}
