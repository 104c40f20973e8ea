import BoboEngine
import BoboYAML

/// The key that gateways seal their messages with, as `peers.key_file` holds it: 32 bytes in base64 (RFC 4648, section 4),
/// on one line.
enum PeerKey {
    static let length = 32

    enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
        case unreadable(FileText.ReadError)
        case notBase64
        case wrongLength(bytes: Int)

        var description: String {
            let found =
                switch self {
                case .unreadable(let error): "\(error)"
                case .notBase64: "found no base64"
                case .wrongLength(let bytes): "found \(bytes) bytes in base64"
                }
            return "\(found), expected \(PeerKey.length) bytes in base64, the same for all gateways; "
                + "a new key: head -c \(PeerKey.length) /dev/urandom | base64"
        }
    }

    static func read(path: String) throws(Fault) -> Secret {
        let bytes: [UInt8]
        do throws(FileText.ReadError) {
            // 44 characters, and room for line ends.
            bytes = try FileText.read(path: path, limit: 1024)
        } catch {
            if case .tooLarge = error { throw .notBase64 }
            throw .unreadable(error)
        }
        let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        guard let key = Base64.decode(text) else { throw .notBase64 }
        guard key.count == length else { throw .wrongLength(bytes: key.count) }
        return Secret(text)
    }

    /// The bytes of a key that `read` has found sound.
    static func bytes(_ key: Secret) -> [UInt8]? { Base64.decode(key.text) }
}
