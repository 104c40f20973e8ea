package import CEL

/// A key's rest as gateways exchange it.
package struct RestCopy: Sendable {
    package let phenomenon: String
    package let pattern: String
    package let version: Hash128
    package let key: Value
    /// The run that completed.
    package let run: RunIdentifier
    /// The `ts` of the event, or the deadline of the timer, that completed it: milliseconds since 1970.
    package let timestamp: Int64
    /// The `ts` of the event that ended the rest; nil where none has. That its time is over each gateway knows by itself.
    package let ended: Int64?
    /// The completed run's, where `until` is given and the key rests; else empty.
    package let history: [HistoryEntry]

    package init(
        phenomenon: String, pattern: String, version: Hash128, key: Value, run: RunIdentifier, timestamp: Int64,
        ended: Int64?, history: [HistoryEntry]
    ) {
        self.phenomenon = phenomenon
        self.pattern = pattern
        self.version = version
        self.key = key
        self.run = run
        self.timestamp = timestamp
        self.ended = ended
        self.history = history
    }
}

extension CompiledPattern {
    func copy(of rest: KeyRest) -> RestCopy? {
        RestCopy(
            phenomenon: phenomenon.name, pattern: pattern.name, version: pattern.version, key: rest.key,
            run: rest.run, timestamp: rest.begin, ended: rest.isEndedByEvent ? rest.end : nil,
            history: rest.isEndedByEvent ? [] : rest.history.map(entries) ?? [])
    }
}
