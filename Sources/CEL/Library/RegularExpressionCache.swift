internal import Synchronization

/// The expressions last used by `matches` that are no constants, and why those are none that are not.
final class RegularExpressionCache: Sendable {
    private typealias Outcome = Result<RegularExpression, EvaluationFailure>

    private struct Entry {
        let outcome: Outcome
        var lastUse: UInt64
    }

    private struct State {
        var entries: [ExactText: Entry] = [:]
        var uses: UInt64 = 0
    }

    /// One for all programs: expressions that come of messages are few, or of no end.
    static let shared = RegularExpressionCache(limit: 64)

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    var count: Int { state.withLock { $0.entries.count } }

    /// - Throws: `EvaluationFailure` as `RegularExpression.init`.
    func expression(_ text: String) throws(EvaluationFailure) -> RegularExpression {
        guard text.utf8.count <= RegularExpression.lengthLimit else { return try RegularExpression(text) }
        return try outcome(ExactText(text)).get()
    }

    private func outcome(_ key: ExactText) -> Outcome {
        state.withLock { state in
            state.uses += 1
            if let known = state.entries[key]?.outcome {
                state.entries[key]?.lastUse = state.uses
                return known
            }
            if state.entries.count >= limit, let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.entries[oldest.key] = nil
            }
            let outcome = Outcome { () throws(EvaluationFailure) in try RegularExpression(key.text) }
            state.entries[key] = Entry(outcome: outcome, lastUse: state.uses)
            return outcome
        }
    }
}
