package import BoboEngine

/// The runs of an engine, for the peers' protocol. It belongs to the engine's thread.
package final class EngineRuns: RunSource {
    private struct Name: Hashable {
        let phenomenon: String
        let pattern: String
    }

    package let engine: Engine
    package private(set) var patterns: [PatternIdentity] = []
    private var versions: [Name: Hash128] = [:]

    package init(_ engine: Engine) {
        self.engine = engine
        patternsChanged()
    }

    /// To be called when the engine has taken other patterns.
    package func patternsChanged() {
        patterns = engine.patternVersions.map {
            PatternIdentity(phenomenon: $0.phenomenon, pattern: $0.pattern, version: $0.version)
        }
        versions = [:]
        for pattern in patterns {
            versions[Name(phenomenon: pattern.phenomenon, pattern: pattern.pattern)] = pattern.version
        }
    }

    package func copy(of run: RunIdentifier) -> RunCopy? { engine.copy(of: run) }

    package func copy(of run: RunIdentifier, after known: KnownPart) -> RunCopy? {
        engine.copy(of: run, after: known.length, known.hash)
    }

    package func holds(_ run: RunIdentifier, _ part: KnownPart) -> Bool {
        engine.holds(run, part.length, part.hash)
    }

    package func begin(of run: RunIdentifier) -> Int64? { engine.begin(of: run) }

    package func isOver(first: Int64, _ pattern: PatternIdentity) -> Bool {
        engine.isOver(first: first, phenomenon: pattern.phenomenon, pattern: pattern.pattern)
    }

    package var takesParts: Bool { true }

    package var activeRunCount: Int { engine.activeRunCount }

    package var clock: Int64? { engine.now }

    package func rank(of run: RunIdentifier) -> RunRank? { engine.rank(of: run) }

    package var activeRuns: [RunIdentifier] { engine.activeRuns }

    package func digest(of patterns: Set<PatternIdentity>) -> Hash128 {
        Hash128(
            value: engine.digest { phenomenon, pattern, version in
                patterns.contains(PatternIdentity(phenomenon: phenomenon, pattern: pattern, version: version))
            })
    }

    package func version(phenomenon: String, pattern: String) -> Hash128? {
        versions[Name(phenomenon: phenomenon, pattern: pattern)]
    }

    package var rests: [RestCopy] { engine.rests }

    package func event(from exchanged: ExchangedEvent) -> Event? { engine.event(from: exchanged) }
}
