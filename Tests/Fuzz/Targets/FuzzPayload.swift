import BoboEngine
import BoboPatterns
import BoboTopics
import BoboYAML
import CEL
import Foundation

/// Fields of every depth and kind, so that the parser's every way is gone.
private let expressions = [
    "payload", "payload.a", "payload.a.b", "payload.a.b[0]", "payload[0]", "payload[1].c", "payload.a == 'x'",
    "payload.n + 1", "has(payload.a.b)", "size(payload)", "text", "payload.a.all(e, e > 1)", "payload['']",
    "string(payload.n)",
]

/// The payload of a message.
func fuzzPayload(_ input: [UInt8]) {
    for trial in expressions.compactMap({ try? ExpressionTrial($0) }) {
        _ = try? trial.evaluate(topic: "t", payload: input)
    }
    guard let reader = try? PayloadReader() else { return }
    let (value, format) = input.withUnsafeBytes { reader.read($0) }
    if format == .text { expect(String(validating: input, as: UTF8.self) != nil, "a text is UTF-8") }
    guard format == .json else { return }
    // What is published is JSON again, and the same.
    let json = JSONText.of(value)
    let again = Array(json.utf8).withUnsafeBytes { reader.read($0) }
    expect(again.format == .json && JSONText.of(again.value) == json, "\(json) is read as it was written")
    let other = try? JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
    expect(other != nil || json.contains("e+") || value.isDeep, "another reader takes it, too: \(json.prefix(500))")
}

private enum JSONText {
    static func of(_ value: Value) -> String {
        var json = JSONWriter()
        json.write(value)
        return json.text
    }
}

extension Value {
    /// Deeper than the other reader reads.
    fileprivate var isDeep: Bool { depth > 400 }

    private var depth: Int {
        switch self {
        case .list(let list): 1 + (list.elements.map(\.depth).max() ?? 0)
        case .map(let map): 1 + (map.keys.compactMap { map[$0]?.depth }.max() ?? 0)
        default: 0
        }
    }
}
