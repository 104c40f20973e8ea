internal import CRE2

/// A compiled expression in the syntax of RE2 (https://github.com/google/re2/wiki/Syntax), which `matches` looks for.
final class RegularExpression: Sendable {
    /// In bytes of UTF-8.
    static let lengthLimit = 10_000
    /// For the expression and what is remembered of its searches, in bytes.
    private static let memoryLimit: Int64 = 1 << 20

    // Not changed after it was made; RE2 guards by itself what a search remembers.
    private nonisolated(unsafe) let compiled: OpaquePointer

    /// - Throws: `EvaluationFailure` (`invalidArgument`) where the text is no such expression, or one too large.
    init(_ text: String) throws(EvaluationFailure) {
        guard text.utf8.count <= RegularExpression.lengthLimit else {
            let limit = RegularExpression.lengthLimit
            throw EvaluationFailure(.invalidArgument("a regular expression longer than \(limit) bytes"))
        }
        var text = text
        let made = text.withUTF8 { bytes in
            // RE2 copies the bytes, which are read only within the closure.
            bytes.withMemoryRebound(to: CChar.self) {
                bobo_re2_new($0.baseAddress, $0.count, RegularExpression.memoryLimit)
            }
        }
        guard let made else { throw EvaluationFailure(.other("no memory for a regular expression")) }
        if let error = bobo_re2_error(made) {
            let reason = String(cString: error)
            bobo_re2_free(made)
            let failure = EvaluationFailure(.invalidArgument(RegularExpression.message(text, reason)))
            throw failure
        }
        compiled = made
    }

    deinit { bobo_re2_free(compiled) }

    /// Whether some part of the text matches. Takes time in proportion to the text.
    func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in  // read only within the closure
            bytes.withMemoryRebound(to: CChar.self) { bobo_re2_matches(compiled, $0.baseAddress, $0.count) }
        }
    }

    private static func message(_ text: String, _ reason: String) -> String {
        let shown = text.unicodeScalars.count > 60 ? String(text.unicodeScalars.prefix(60)) + "…" : text
        let isBeyondRE2 =
            reason.hasPrefix("invalid perl operator: (?")
            || reason.wholeMatch(of: /invalid escape sequence: \\[1-9].*/) != nil
        let remedy = isBeyondRE2 ? "; RE2 has neither lookaround nor backreferences" : ""
        return "\(shown.quoted) is no regular expression: \(reason)\(remedy)"
    }
}
