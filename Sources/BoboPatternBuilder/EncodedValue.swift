import BoboEngine
import CEL
import Foundation

/// Values of the embedding program as complex events carry them.
enum EncodedValue {
    /// As JSON has it.
    static func value(_ value: any Encodable) throws -> Value {
        let encoder = JSONEncoder()
        // The same value is always the same text, whatever the order of a dictionary.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = try encoder.encode(value)
        return try json.withUnsafeBytes { try PayloadReader().read($0).value }
    }
}
