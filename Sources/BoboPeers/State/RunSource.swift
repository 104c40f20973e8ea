package import BoboEngine

/// The runs of the engine that the peers' protocol speaks for. What is sent of a run is made from it as it is then.
package protocol RunSource {
    /// An active run.
    func copy(of run: RunIdentifier) -> RunCopy?
    /// An active run without its first events, where these are as many and of that hash; else the whole.
    func copy(of run: RunIdentifier, after known: KnownPart) -> RunCopy?
    /// Whether an active run's history begins so.
    func holds(_ run: RunIdentifier, _ part: KnownPart) -> Bool
    /// Whether an update may be applied that has a base which it holds. Else an update is always whole.
    var takesParts: Bool { get }
    /// Of an active run.
    func rank(of run: RunIdentifier) -> RunRank?
    /// The `ts` of an active run's first event.
    func begin(of run: RunIdentifier) -> Int64?
    /// Whether the clock here halts a run of that pattern that began then.
    func isOver(first: Int64, _ pattern: PatternIdentity) -> Bool
    /// In the order in which they began or last changed.
    var activeRuns: [RunIdentifier] { get }
    var activeRunCount: Int { get }
    /// The exclusive or of the hashes of (id, rank) of the active runs of these patterns, but for those that are past their
    /// `within`.
    func digest(of patterns: Set<PatternIdentity>) -> Hash128
    /// The engine's clock, milliseconds since 1970; nil before it knows any time.
    var clock: Int64? { get }
    /// The patterns that run here.
    var patterns: [PatternIdentity] { get }
    /// Of a pattern that runs here.
    func version(phenomenon: String, pattern: String) -> Hash128?
    /// The keys that rest, and those whose rest an event has ended lately.
    var rests: [RestCopy] { get }
    /// nil where it can be no event.
    func event(from exchanged: ExchangedEvent) -> Event?
}

extension RunSource {
    package func copy(of run: RunIdentifier, after known: KnownPart) -> RunCopy? {
        copy(of: run)?.after(known.length, known.hash)
    }

    package func holds(_ run: RunIdentifier, _ part: KnownPart) -> Bool {
        guard part.length > 0, let copy = copy(of: run) else { return false }
        return copy.after(part.length, part.hash).base == part.length
    }

    package var takesParts: Bool { false }

    package func begin(of run: RunIdentifier) -> Int64? { copy(of: run)?.first }

    package func isOver(first: Int64, _ pattern: PatternIdentity) -> Bool { true }

    package var rests: [RestCopy] { [] }

    package var clock: Int64? { nil }

    package var activeRunCount: Int { activeRuns.count }

    package func rank(of run: RunIdentifier) -> RunRank? { copy(of: run)?.rank }

    package func version(phenomenon: String, pattern: String) -> Hash128? {
        patterns.first { $0.phenomenon == phenomenon && $0.pattern == pattern }?.version
    }
}
