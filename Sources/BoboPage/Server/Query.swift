import Hummingbird

/// What stands behind `?`.
struct Query {
    private var values: [String: String] = [:]
    /// Whether each value is a text, and given once.
    private(set) var isSound = true

    init(_ request: Request) {
        for part in (request.uri.query ?? "").split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, let name = String(pair[0]).removingURLPercentEncoding(),
                let value = pair[1].replacing("+", with: "%20").removingURLPercentEncoding(), values[name] == nil
            else {
                isSound = false
                continue
            }
            values[name] = value
        }
    }

    subscript(name: String) -> String? { values[name] }

    var block: Int? { values["block"].flatMap { Int($0) }.flatMap { (0...10_000).contains($0) ? $0 : nil } }

    /// Of a picture, in pixels; nil where it is no number.
    var width: Int? { values["width"].map { Int($0) } ?? 960 }
}

extension StringProtocol {
    /// nil where it is not encoded as it should be.
    func removingURLPercentEncoding() -> String? {
        var bytes: [UInt8] = []
        var rest = utf8.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.next().flatMap(hexadecimal), let low = rest.next().flatMap(hexadecimal) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

private func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
