extension Engine {
    /// Forgets all active runs, as if it had never heard of them: this gateway was away for longer than the others keep in
    /// mind what ended. The changes that `takeChanges()` gives of it are local.
    package func dropRuns() {
        for matcher in decider.matchers { matcher.endAll(now ?? 0, &decider.state) }
    }

    /// The patterns that run here.
    package var patternVersions: [(phenomenon: String, pattern: String, version: Hash128)] {
        decider.matchers.map { ($0.compiled.phenomenon.name, $0.compiled.pattern.name, $0.compiled.pattern.version) }
    }
}
