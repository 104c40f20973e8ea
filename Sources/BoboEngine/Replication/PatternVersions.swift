extension Engine {
    /// The patterns that run here.
    package var patternVersions: [(phenomenon: String, pattern: String, version: Hash128)] {
        decider.matchers.map { ($0.compiled.phenomenon.name, $0.compiled.pattern.name, $0.compiled.pattern.version) }
    }
}
