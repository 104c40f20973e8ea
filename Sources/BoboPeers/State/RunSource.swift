package import BoboEngine

/// The runs of the engine that the peers' protocol speaks for. What is sent of a run is made from it as it is then.
package protocol RunSource {
    /// An active run.
    func copy(of run: RunIdentifier) -> RunCopy?
    /// Of an active run.
    func rank(of run: RunIdentifier) -> RunRank?
    /// In the order in which they began or last changed.
    var activeRuns: [RunIdentifier] { get }
    /// The exclusive or of the hashes of (id, rank) of the active runs of these patterns, but for those that are past their
    /// `within`.
    func digest(of patterns: Set<PatternIdentity>) -> Hash128
    /// The patterns that run here.
    var patterns: [PatternIdentity] { get }
    /// Of a pattern that runs here.
    func version(phenomenon: String, pattern: String) -> Hash128?
    /// nil where it can be no event.
    func event(from exchanged: ExchangedEvent) -> Event?
}

extension RunSource {
    package func rank(of run: RunIdentifier) -> RunRank? { copy(of: run)?.rank }

    package func version(phenomenon: String, pattern: String) -> Hash128? {
        patterns.first { $0.phenomenon == phenomenon && $0.pattern == pattern }?.version
    }
}
