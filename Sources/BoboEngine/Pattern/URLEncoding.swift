import CEL

/// `url_encode(text)`, for a value within a URL's path or query (RFC 3986, section 2).
enum URLEncoding {
    static let declaration = FunctionDeclaration(name: "url_encode", parameters: [.string], result: .string) {
        (arguments: [Value], _: Activation) throws(EvaluationFailure) -> Value in
        guard case .string(let text) = arguments[0] else { throw EvaluationFailure(.noMatchingOverload("url_encode")) }
        return .string(encode(text))
    }

    /// All bytes but the unreserved characters, as `%` and two digits.
    static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
