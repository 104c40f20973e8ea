internal import Foundation

extension StandardLibrary {
    /// Base64, with or without the padding when it is read.
    static let encoders: [StandardFunction] = [
        .unary("base64.encode", [(.bytes, .string)]) { value throws(EvaluationFailure) in
            guard case .bytes(let bytes) = value else { throw EvaluationFailure(.noMatchingOverload("base64.encode")) }
            return .string(Data(bytes).base64EncodedString())
        },
        .unary("base64.decode", [(.string, .bytes)]) { value throws(EvaluationFailure) in
            guard case .string(let text) = value else { throw EvaluationFailure(.noMatchingOverload("base64.decode")) }
            let missing = text.utf8.count % 4
            let padded = text + (missing == 0 || text.hasSuffix("=") ? "" : String(repeating: "=", count: 4 - missing))
            guard let data = Data(base64Encoded: padded) else {
                throw EvaluationFailure(.invalidArgument("base64.decode of what is no base64"))
            }
            return .bytes(Array(data))
        },
    ]
}
