import BoboEngine
import Crypto
import FoundationEssentials

/// Seals messages with the key that all gateways share, and opens theirs: HKDF-SHA256 (RFC 5869) and ChaCha20-Poly1305
/// (RFC 8439), whose speed does not hang on a processor's instructions.
///
/// The bytes are `BOBO`, 1, the length of the header in two bytes (the higher first), the header
/// `{"from","to","epoch","n"}`, and the sealed message with its 16 bytes of authentication at the end. Topic and header are
/// authenticated.
package struct Seal: Sendable {
    package static let keySize = 32
    private static let magic: [UInt8] = Array("BOBO".utf8) + [1]
    private static let headerLimit = 4096

    /// What stands before a sealed message.
    struct Header: Hashable {
        var from = ""
        var to = ""
        var epoch = Random128(0)
        var number: UInt64 = 0
    }

    private struct Direction: Hashable {
        let from: String
        let to: String
    }

    private let material: SymmetricKey
    private let prefix: String
    /// The last key of each direction: deriving costs more than sealing a short message.
    private var derived: [Direction: (epoch: Random128, key: SymmetricKey)] = [:]

    /// nil where the key has not 32 bytes.
    /// - Parameter prefix: the first level of the inboxes' topics.
    package init?(key: [UInt8], prefix: String) {
        guard key.count == Seal.keySize else { return nil }
        material = SymmetricKey(data: key)
        self.prefix = prefix
    }

    private mutating func key(_ header: Header) -> SymmetricKey {
        let direction = Direction(from: header.from, to: header.to)
        if let known = derived[direction], known.epoch == header.epoch { return known.key }
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: material, salt: header.epoch.bytes,
            info: Array(header.from.utf8) + [0] + Array(header.to.utf8), outputByteCount: 32)
        if derived.count > 1024 { derived.removeAll() }
        derived[direction] = (header.epoch, key)
        return key
    }

    private func authenticated(_ header: Header, _ json: [UInt8]) -> [UInt8] {
        Array("\(prefix)/peer/\(header.to)".utf8) + [0] + json
    }

    /// - Returns: nil where the header does not fit; names are bounded far below.
    mutating func seal(_ message: [UInt8], _ header: Header) -> [UInt8]? {
        let json = header.json
        guard json.count <= Seal.headerLimit, let nonce = try? ChaChaPoly.Nonce(data: header.nonce),
            let box = try? ChaChaPoly.seal(
                message, using: key(header), nonce: nonce, authenticating: authenticated(header, json))
        else { return nil }
        return Seal.magic + [UInt8(json.count >> 8), UInt8(json.count & 0xFF)] + json + Array(box.ciphertext)
            + Array(box.tag)
    }

    /// The header, whose sender may still be anyone.
    func header(_ bytes: [UInt8]) throws(MessageFault) -> (Header, json: [UInt8], start: Int) {
        let fixed = Seal.magic.count + 2
        guard bytes.count >= fixed, bytes.starts(with: Seal.magic) else { throw .sealing }
        let count = Int(bytes[fixed - 2]) << 8 | Int(bytes[fixed - 1])
        guard count <= Seal.headerLimit, bytes.count >= fixed + count + 16 else { throw .sealing }
        let json = Array(bytes[fixed..<(fixed + count)])
        return (try Header(json: json), json, fixed + count)
    }

    mutating func open(_ bytes: [UInt8]) throws(MessageFault) -> (Header, message: [UInt8]) {
        let (header, json, start) = try self.header(bytes)
        let tag = bytes.count - 16
        guard let nonce = try? ChaChaPoly.Nonce(data: header.nonce),
            let box = try? ChaChaPoly.SealedBox(nonce: nonce, ciphertext: bytes[start..<tag], tag: bytes[tag...])
        else { throw .sealing }
        guard let message = try? ChaChaPoly.open(box, using: key(header), authenticating: authenticated(header, json))
        else { throw .notAuthentic }
        return (header, Array(message))
    }
}

extension Seal.Header {
    /// Four zero bytes, and the number in eight, the highest first.
    fileprivate var nonce: [UInt8] {
        [0, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    }

    fileprivate var json: [UInt8] {
        var json = JSONWriter()
        json.raw("{\"from\":")
        json.write(from)
        json.raw(",\"to\":")
        json.write(to)
        json.raw(",\"epoch\":\"")
        json.raw(epoch.description)
        json.raw("\",\"n\":")
        json.write(Int64(clamping: number))
        json.raw("}")
        return json.bytes
    }

    fileprivate init(json: [UInt8]) throws(MessageFault) {
        self.init()
        var reader = JSONReader(json)
        var seen = 0
        try reader.object { reader, name throws(MessageFault) in
            seen += 1
            switch name {
            case "from": self.from = try reader.string(atMost: MessageLimits.name)
            case "to": self.to = try reader.string(atMost: MessageLimits.name)
            case "epoch": self.epoch = try reader.random()
            case "n": self.number = UInt64(try reader.count())
            default: throw .wrong(name)
            }
        }
        try reader.end()
        guard seen == 4 else { throw .missing("header") }
    }
}

extension Random128 {
    /// The highest first.
    fileprivate var bytes: [UInt8] { (0..<16).map { UInt8(truncatingIfNeeded: value >> (120 - 8 * $0)) } }
}
