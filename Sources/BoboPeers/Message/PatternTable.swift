package import BoboEngine

/// The patterns as part 1 of a RESYNC lists them: later entries name them by their place in the list.
struct PatternTable {
    private(set) var patterns: [PatternIdentity] = []
    private var places: [PatternIdentity: Int] = [:]

    init() {}

    init(_ patterns: [PatternIdentity]) {
        self.patterns = patterns
        for (place, pattern) in patterns.enumerated() where places[pattern] == nil { places[pattern] = place }
    }

    func reference(_ pattern: PatternIdentity) -> PatternReference {
        if let place = places[pattern] { return .place(place) }
        return .name(phenomenon: pattern.phenomenon, pattern: pattern.pattern, version: pattern.version)
    }

    subscript(place: Int) -> PatternIdentity? { patterns.indices.contains(place) ? patterns[place] : nil }
}

/// How an entry says what pattern its runs are of.
package enum PatternReference: Hashable, Sendable {
    /// In the sender's `patterns`.
    case place(Int)
    /// Of a brief entry, without the version.
    case name(phenomenon: String, pattern: String, version: Hash128?)
}
